import assert from "node:assert/strict";
import type { Finding } from "../../../lambda/watch/finding";
import { type Health, health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import type { Invocation, Server, Signals, WatchSignals } from "../../../lambda/watch/signals";
import type { WatchSettings, WatchTargets } from "../../../lambda/watch/watchSettings";
import { DAY, HOUR, SETTINGS, TARGETS, WatchedAccount } from "../../support/watchedAccount";

export const NOW = Date.parse("2027-03-20T12:00:00Z");
export const ACCOUNT = new WatchedAccount("UTC", 1, Date.parse("2027-02-20T12:00:00Z"), NOW + DAY, []);
export const HEALTHY = ACCOUNT.signals(NOW);
export const MEMORY = ACCOUNT.watch(NOW - HOUR, { value: undefined }).memory;
export const SERVER = read(HEALTHY.servers)[0] as Server;

/** A run that had nothing to write. */
export const RECORDED = { written: 0, failed: [], remaining: 0 };

export interface Sketch {
    readonly signals?: Partial<WatchSignals>;
    readonly settings?: Partial<WatchSettings>;
    readonly targets?: Partial<WatchTargets>;
    readonly memory?: Partial<Memory>;
}

/** Runs the watch on a healthy account with these changes. Its memory is that of a run an hour before. */
export function look({ signals, settings, targets, memory }: Sketch): Health {
    return health(
        NOW,
        { ...SETTINGS, ...settings },
        { ...TARGETS, ...targets },
        { ...HEALTHY, recording: { value: RECORDED }, ...signals },
        { value: { ...MEMORY, ...memory } },
    );
}

/** The same without a memory: this is the first run. */
export function lookFirst({ signals, settings, targets }: Omit<Sketch, "memory">): Health {
    return health(NOW, { ...SETTINGS, ...settings }, { ...TARGETS, ...targets }, { ...HEALTHY, ...signals }, { value: undefined });
}

export function read<T>(signal: { readonly value: T } | { readonly unread: string }): T {
    return (signal as { readonly value: T }).value;
}

export function server(changes: Partial<Server>): Pick<Signals, "servers"> {
    return { servers: { value: [{ ...SERVER, ...changes }] } };
}

export function at(time: string): number {
    return Date.parse(`${time}Z`);
}

/** Checks the findings of a changed account: kind, severity, since, sentence and cure of each. */
export function finds(title: string, sketch: Sketch, expected: readonly Partial<Finding>[]): void {
    it(title, () => {
        assert.deepEqual(look(sketch).findings, expected);
    });
}

export const RUNS =
    'aws ssm list-command-invocations --instance-id i-0 --filters "key=DocumentName,value=AWSEC2-CreateVssSnapshot" --details --max-items 1';

/** Without the restore points that began at a time or later. */
export function snapshotsUntil(time: number): Pick<Signals, "snapshots"> {
    return { snapshots: { value: read(HEALTHY.snapshots).filter(({ startTime }) => startTime < time) } };
}

export function invocations(...runs: Partial<Invocation>[]): Pick<Signals, "invocations"> {
    const value = runs.map((run, i) => ({
        serverId: "i-0",
        type: "Day",
        requestedAt: NOW - i * DAY - HOUR,
        status: "Failed",
        output: "",
        ...run,
    }));
    return { invocations: { value } };
}

export function window(changes: object): Pick<Signals, "windows"> {
    const [day, ...others] = read(HEALTHY.windows);
    return { windows: { value: [{ ...(day as NonNullable<typeof day>), ...changes }, ...others] } };
}
