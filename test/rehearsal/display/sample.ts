import { stripVTControlCharacters } from "node:util";
import type { StoredSnapshot } from "../../../rehearsal/embeddedAws/snapshotStore";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import type { TypedRun } from "../../../rehearsal/openWindows";
import type { Deployment, Registered } from "../../../rehearsal/program";
import type { Rehearsal, RehearsalOptions, Restorable } from "../../../rehearsal/rehearse";

export const OPTIONS: RehearsalOptions = { start: Date.UTC(2027, 0, 30), days: 5, servers: 2, volumes: 1, failures: 0, seed: 1 };

function server(id: string): Server {
    return { id, tags: new Map(), volumes: [], hasVssPackage: true, busyUntil: 0 };
}

/** Makes a run at a time such as `2027-01-30T01:00`, with one snapshot. A failed run has a reason instead. */
export function makeRun(type: string, at: string, id: string, why?: string): TypedRun {
    const time = Date.parse(`${at}Z`);
    const snapshot: StoredSnapshot = { id: "", volumeId: "", startTime: time, state: "", description: "", tags: new Map() };
    return {
        type,
        time,
        server: server(id),
        ...(why === undefined ? { status: "Success", snapshots: [snapshot] } : { status: "Failed", why, snapshots: [] }),
    };
}

export function makeRestorePoint(type: string, at: string, id: string): Restorable {
    return { type, time: Date.parse(`${at}Z`), server: id, snapshots: [], standsInFor: [] };
}

/** Two servers; the second was down once, and one Day restore point was deleted. */
export const REHEARSAL: Rehearsal = {
    timezone: "UTC",
    types: ["Day", "Week"],
    runs: [
        makeRun("Day", "2027-01-30T01:00", "i-1"),
        makeRun("Day", "2027-01-30T01:00", "i-2"),
        makeRun("Day", "2027-01-31T01:00", "i-1"),
        makeRun("Day", "2027-01-31T01:00", "i-2"),
        makeRun("Week", "2027-01-31T03:00", "i-1"),
        makeRun("Week", "2027-01-31T03:00", "i-2"),
        makeRun("Day", "2027-02-01T01:00", "i-1"),
        makeRun("Day", "2027-02-01T01:00", "i-2", "the server was down"),
        makeRun("Day", "2027-02-02T01:00", "i-1", "the server was down"),
        makeRun("Day", "2027-02-02T01:00", "i-2", "a VSS writer failed"),
    ],
    cleanings: 1,
    taken: 7,
    deleted: 2,
    unprotected: [],
    restorable: [
        makeRestorePoint("Day", "2027-01-31T01:00", "i-1"),
        makeRestorePoint("Day", "2027-01-31T01:00", "i-2"),
        makeRestorePoint("Week", "2027-01-31T03:00", "i-1"),
        makeRestorePoint("Week", "2027-01-31T03:00", "i-2"),
        makeRestorePoint("Day", "2027-02-01T01:00", "i-1"),
    ],
    broken: [],
};

export const EMPTY_REHEARSAL: Rehearsal = { ...REHEARSAL, runs: [], cleanings: 0, taken: 0, deleted: 0, restorable: [] };

export function makeResource(type: string, name: string): Registered {
    return { type, name, inputs: {}, id: "", arn: undefined, provider: "" };
}

export const DEPLOYMENT: Deployment = {
    project: "vss-backup",
    stack: "dev",
    region: "eu-central-1",
    resources: [
        makeResource("vss-backup:index:VssBackupPolicy", "dev"),
        makeResource("aws:sns/topic:Topic", "dev-topic"),
        makeResource("aws:cloudwatch/logGroup:LogGroup", "dev-logs"),
    ],
    outputs: {},
};

/** Splits a text into lines, without colours and spaces at line ends. */
export function splitLines(text: string): string[] {
    return stripVTControlCharacters(text)
        .split("\n")
        .map((line) => line.trimEnd());
}
