import { DeleteSnapshotCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { compare, showsFailure } from "./backupSets";
import type { Decision } from "./plan";
import type { Snapshot } from "./snapshot";
import { DEVICE_TAG } from "./tags";

/** How many sets are deleted at once. EC2 refills 5 deletions a second; more calls under way only wait longer. */
const CONCURRENCY = 16;

/** What became of one snapshot that the plan gave up. */
export interface Outcome {
    readonly snapshot: Snapshot;
    readonly result: "deleted" | "skipped" | "failed" | "remaining";
    readonly reason: string;
    /** Whether others of its set were deleted before it could not be: what is left is no whole set any more. */
    readonly split?: boolean;
}

/**
 * Deletes sets, several at once and the oldest first. The members of a set go one after the other and stop at the first that can't be
 * deleted, so that a set which something holds stays whole. Never throws for a snapshot: its error is its outcome. Outcomes come in the
 * order of the plan.
 *
 * @param deletions sets of decisions to delete, as planned
 * @param endsAt when the last call may begin, in milliseconds on the clock of `performance.now()`
 */
export async function deleteSets(
    ec2: EC2Client,
    deletions: readonly (readonly Decision[])[],
    endsAt: number,
    abortSignal: AbortSignal,
): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const queue = deletions.values();
    const worker = async () => {
        for (const set of queue) {
            await deleteSet(ec2, set, endsAt, abortSignal, outcomes);
        }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    const order = new Map(deletions.flat().map(({ snapshot }, i) => [snapshot.id, i]));
    const place = ({ snapshot }: Outcome) => order.get(snapshot.id) as number;
    return outcomes.sort((a, b) => place(a) - place(b));
}

async function deleteSet(
    ec2: EC2Client,
    set: readonly Decision[],
    endsAt: number,
    abortSignal: AbortSignal,
    outcomes: Outcome[],
): Promise<void> {
    let stopped: Pick<Outcome, "result" | "reason"> | undefined;
    let gone = 0;
    for (const { snapshot, reason } of deletionOrder(set)) {
        if (!stopped && performance.now() >= endsAt) {
            stopped = { result: "remaining", reason: "remaining: the run had to end; the next one goes on" };
        }
        if (stopped) {
            outcomes.push({ snapshot, ...stopped });
            continue;
        }
        const { result, reason: given } = await deleteSnapshot(ec2, snapshot.id, reason, abortSignal);
        const split = gone > 0 && result !== "deleted";
        const outcome: Outcome = { snapshot, result, reason: split ? `${given}; ${gone} of its set went before` : given, split };
        outcomes.push(outcome);
        gone += result === "deleted" ? 1 : 0;
        if (outcome.result !== "deleted") {
            stopped = {
                result: outcome.result === "failed" ? "remaining" : outcome.result,
                reason: `left with its set: ${snapshot.id} could not be deleted`,
            };
        }
    }
}

/**
 * The order in which the members of a set go, so that what is left is harmless wherever the run may stop.
 *
 * Of a failed set, the member that shows the failure goes last, and before it those that started farthest from it: otherwise what is left
 * would look like a restore point, and push a real one out. Of a restore point, the boot volume's snapshot goes first: if an image holds
 * one of them, it is that, and the set stays whole.
 */
export function deletionOrder(set: readonly Decision[]): Decision[] {
    const failed = set.find(({ snapshot }) => showsFailure(snapshot));
    const place = ({ snapshot }: Decision) => {
        if (!failed) {
            return snapshot.tags[DEVICE_TAG] === "/dev/sda1" ? 0 : 1;
        }
        return showsFailure(snapshot) ? 1 : -Math.abs(snapshot.startTime - failed.snapshot.startTime);
    };
    return [...set].sort((a, b) => place(a) - place(b) || compare(a.snapshot.id, b.snapshot.id));
}

async function deleteSnapshot(
    ec2: EC2Client,
    SnapshotId: string,
    reason: string,
    abortSignal: AbortSignal,
): Promise<Pick<Outcome, "result" | "reason">> {
    try {
        await untilAborted(ec2.send(new DeleteSnapshotCommand({ SnapshotId }), { abortSignal }), abortSignal);
        return { result: "deleted", reason };
    } catch (error) {
        if (abortSignal.aborted) {
            return { result: "remaining", reason: "remaining: EC2 had not answered when the run had to end" };
        }
        return outcomeOf(error as Error, reason);
    }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
function outcomeOf({ name, message }: Error, reason: string): Pick<Outcome, "result" | "reason"> {
    if (name === "InvalidSnapshot.NotFound") {
        return { result: "deleted", reason: `${reason} (it was gone already)` };
    }
    if (name === "InvalidSnapshot.InUse") {
        // Images and fast restore both answer so; EC2's sentence tells which, and names the image.
        return { result: "skipped", reason: `left: in use by ${/\bami-\w+/.exec(message)?.[0] ?? `something else: ${message}`}` };
    }
    // EC2 documents no code of its own for these two, so the sentence has to tell.
    if (/managed by the AWS Backup service/i.test(message) || /lock/i.test(name) || /\block(ed)?\b/i.test(message)) {
        return { result: "skipped", reason: `left: ${name}: ${message}` };
    }
    return { result: "failed", reason: `failed: ${name}: ${message}` };
}

/** The SDK does not look at the signal while it waits between two attempts; it does before it sends the next one. */
async function untilAborted<T>(call: Promise<T>, abortSignal: AbortSignal): Promise<T> {
    abortSignal.throwIfAborted();
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
        stop = () => reject(abortSignal.reason);
        abortSignal.addEventListener("abort", stop);
    });
    try {
        return await Promise.race([call, aborted]);
    } finally {
        abortSignal.removeEventListener("abort", stop);
    }
}
