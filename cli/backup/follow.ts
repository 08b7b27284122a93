import { setTimeout as pause } from "node:timers/promises";
import { type CommandInvocation, paginateListCommandInvocations } from "@aws-sdk/client-ssm";
import { listSnapshots } from "../../lambda/cleaner/listing";
import type { BackupSet } from "../../lambda/retention/backupSets";
import { invocationOf } from "../../lambda/watch/reading/invocations";
import type { Invocation, Server } from "../../lambda/watch/signals";
import { backupsOf } from "../account";
import type { Session } from "../session";
import { type RunState, runState } from "./runState";

const POLL_MS = 15_000;

/** A command that was sent to servers. */
export interface SentCommand {
    readonly id: string;
    readonly type: string;
    readonly servers: readonly Server[];
    /** The ids of the policy's snapshots before it was sent. */
    readonly before: ReadonlySet<string>;
}

/** Follows a command until the backup of each server is a restore point, or has failed. Returns the states by the servers' ids. */
export async function follow(session: Session, command: SentCommand): Promise<ReadonlyMap<string, RunState>> {
    const steps = new Map<string, { readonly step: string; readonly since: number }>();
    let shown = "";
    for (;;) {
        const states = await readStates(session, command, steps);
        const line = progressLine(command, [...states.values()]);
        if (line !== shown) {
            session.screen.progress(line);
            shown = line;
        }
        if ([...states.values()].every(({ kind }) => kind !== "running")) {
            return states;
        }
        await pause(POLL_MS, undefined, { signal: session.abortSignal });
    }
}

async function readStates(
    session: Session,
    { id, type, servers, before }: SentCommand,
    steps: Map<string, { readonly step: string; readonly since: number }>,
): Promise<Map<string, RunState>> {
    const { policy, clients, abortSignal } = session;
    const [invocations, snapshots] = await Promise.all([
        listRuns(session, id),
        listSnapshots(clients.ec2, policy.settings.name, abortSignal),
    ]);
    const now = Date.now();
    const { sets, serversOf } = backupsOf({ ...session, now }, servers, snapshots);
    const isOf = (set: BackupSet, server: Server) =>
        serversOf(set).includes(server) &&
        set.snapshots.some((snapshot) => !before.has(snapshot.id) && server.volumes.some((volume) => volume.id === snapshot.volumeId));
    return new Map(
        servers.map((server) => {
            const set = sets.find((one) => one.type === type && isOf(one, server));
            const invocation = invocations.find(({ serverId }) => serverId === server.id);
            const step = `${invocation?.status} ${set?.status.kind} ${set?.snapshots.map(({ state }) => state).join()}`;
            const known = steps.get(server.id);
            const since = known?.step === step ? known.since : now;
            steps.set(server.id, { step, since });
            return [server.id, runState({ commandId: id, server, invocation, set, waited: now - since })];
        }),
    );
}

async function listRuns({ policy, clients, abortSignal }: Session, CommandId: string): Promise<Invocation[]> {
    const found: CommandInvocation[] = [];
    const pages = paginateListCommandInvocations({ client: clients.ssm, pageSize: 50 }, { CommandId, Details: true }, { abortSignal });
    for await (const { CommandInvocations = [] } of pages) {
        found.push(...CommandInvocations);
    }
    return found.map((invocation) => invocationOf(invocation, policy.settings));
}

function progressLine({ type, servers }: SentCommand, states: readonly RunState[]): string {
    const count = (kind: string, step?: string) =>
        states.filter((state) => state.kind === kind && (step === undefined || (state.kind === "running" && state.step === step))).length;
    const parts = [
        [count("running", "command"), "taking snapshots"],
        [count("running", "copy"), "EC2 copies"],
        [count("running", "mark"), "waiting for the mark"],
        [count("failed"), "failed"],
    ] as const;
    return [
        `${type} backup: ${count("done")} of ${servers.length} done`,
        ...parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
    ].join(", ");
}
