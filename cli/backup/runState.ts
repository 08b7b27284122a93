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

/**
 * Judges the backup of a server.
 *
 * @param invocation undefined if Systems Manager lists none yet
 * @param set made by the run; undefined if EC2 lists none yet
 * @param waited how long the step has not changed, in milliseconds
 */
export function runState(server: Server, invocation: Invocation | undefined, set: BackupSet | undefined, waited: number): RunState {
    if (set?.status.kind === "restorePoint") {
        return { kind: "done", set };
    }
    if (invocation === undefined) {
        return waited < SETTLE_MS ? { kind: "running", step: "command" } : failed(server, "Systems Manager lists no run of the command");
    }
    if (UNFINISHED.includes(invocation.status)) {
        return { kind: "running", step: "command" };
    }
    if (invocation.status !== "Success") {
        const reason = reasonOf(invocation.output);
        return failed(server, reason === "" ? invocation.status : `${invocation.status}: ${reason}`);
    }
    if (set?.status.kind === "failed") {
        return failed(server, set.status.why);
    }
    if (set?.snapshots.some(({ state }) => state !== "completed")) {
        return { kind: "running", step: "copy" };
    }
    if (waited < SETTLE_MS) {
        return { kind: "running", step: "mark" };
    }
    return failed(server, set?.status.kind === "pending" ? set.status.why : "the run succeeded, and EC2 lists no snapshot of it");
}

function failed({ id }: Server, why: string): RunState {
    const all = `aws ssm list-command-invocations --instance-id ${id} --details --max-items 1`;
    return { kind: "failed", why, cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${all}` };
}
