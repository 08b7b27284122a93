import type { BackupSet } from "../../lambda/retention/backupSets";
import { reasonOf, UNFINISHED } from "../../lambda/watch/serverFindings";
import type { Invocation, Server } from "../../lambda/watch/signals";

/** How a backup of one server goes. */
export type RunState =
    | { readonly kind: "running"; readonly step: "command" | "copy" | "mark" }
    | { readonly kind: "done"; readonly set: BackupSet }
    | { readonly kind: "failed"; readonly why: string; readonly cure: string };

const MINUTE = 60_000;

/** After a run has succeeded, its snapshots are listed and marked within a minute or two. */
const SETTLE_MS = 10 * MINUTE;

/** The backup of a server, as AWS lists it. */
interface Progress {
    /** Of Systems Manager. */
    readonly commandId: string;
    readonly server: Server;
    /** Undefined if Systems Manager lists none yet. */
    readonly invocation: Invocation | undefined;
    /** Made by the run; undefined if EC2 lists none yet. */
    readonly set: BackupSet | undefined;
    /** How long the step has not changed, in milliseconds. */
    readonly waited: number;
}

/** Judges the backup of a server. */
export function runState({ commandId, server, invocation, set, waited }: Progress): RunState {
    if (set?.status.kind === "restorePoint") {
        return { kind: "done", set };
    }
    if (invocation === undefined) {
        return waited < SETTLE_MS
            ? { kind: "running", step: "command" }
            : failed(commandId, server, "Systems Manager lists no run of the command");
    }
    if (UNFINISHED.includes(invocation.status)) {
        return { kind: "running", step: "command" };
    }
    if (invocation.status !== "Success") {
        const reason = reasonOf(invocation.output);
        return failed(commandId, server, `the run ended with ${invocation.status}${reason === "" ? "" : `: ${reason}`}`);
    }
    if (set?.status.kind === "failed") {
        return failed(commandId, server, set.status.why);
    }
    if (set?.snapshots.some(({ state }) => state !== "completed")) {
        return { kind: "running", step: "copy" };
    }
    if (waited < SETTLE_MS) {
        return { kind: "running", step: "mark" };
    }
    return failed(
        commandId,
        server,
        set?.status.kind === "pending" ? set.status.why : "the run succeeded, and EC2 lists no snapshot of it",
    );
}

function failed(commandId: string, { id }: Server, why: string): RunState {
    const all = `aws ssm list-command-invocations --command-id ${commandId} --instance-id ${id} --details`;
    return { kind: "failed", why, cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${all}` };
}
