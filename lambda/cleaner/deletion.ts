import { setMaxListeners } from "node:events";
import { DeleteSnapshotCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Decision } from "../retention/plan";
import type { Snapshot } from "../retention/snapshot";
import { type Pace, rateLimiter } from "./rateLimiter";

/** How many sets are deleted at once: enough for EC2's rate, even if its responses are slow. */
const CONCURRENCY = 16;

/** The outcome for one snapshot that the plan deletes. */
export interface Outcome {
    readonly snapshot: Snapshot;
    readonly result: "deleted" | "skipped" | "failed" | "remaining";
    readonly reason: string;
    /** Whether other snapshots of its set were deleted before EC2 refused this one. Then the set is no longer whole. */
    readonly split?: boolean;
}

/** The limits of a run's deletions. */
export interface DeletionLimits {
    /** How many snapshots may be deleted. Whole sets: if the first is larger, it is deleted alone. */
    readonly most: number;
    readonly pace: Pace;
    /** When the last set may begin, in milliseconds on the clock of `performance.now()`. */
    readonly endsAt: number;
    /** Aborted when the run must wait for no response any longer. */
    readonly abortSignal: AbortSignal;
}

/**
 * Deletes sets, several at once and the oldest first. The snapshots of a set are deleted one after the other. The first one that EC2
 * refuses ends its set. If an image holds the boot volume's snapshot, the set stays whole. Never throws for a snapshot: its error is its
 * outcome.
 *
 * @param deletions sets of decisions to delete, as planned
 * @returns outcomes in the order of the plan
 */
export async function deleteSets(ec2: EC2Client, deletions: readonly (readonly Decision[])[], limits: DeletionLimits): Promise<Outcome[]> {
    const waitForTurn = rateLimiter(limits.pace);
    // Each deletion under way listens to the signal. Node would take more than ten for a leak, and write a warning to the log.
    setMaxListeners(0, limits.abortSignal);
    const outcomes: Promise<Outcome[]>[] = [];
    const underWay = new Set<Promise<unknown>>();
    let room = limits.most;
    const fits = (set: readonly Decision[]) => set.length <= room || room === limits.most;
    let limitReached = false;
    for (const set of deletions) {
        // Deletions that EC2 refuses give their room back, so a set that does not fit yet may still fit.
        while (underWay.size === CONCURRENCY || (underWay.size > 0 && !limitReached && !fits(set))) {
            await Promise.race(underWay);
        }
        limitReached ||= !fits(set);
        if (limitReached) {
            outcomes.push(
                Promise.resolve(remainingOutcomes(set, `${limits.most} deletions are the most of one run; the next one goes on`)),
            );
            continue;
        }
        room -= set.length;
        const deletion = deleteSet(ec2, set, waitForTurn, limits);
        outcomes.push(deletion);
        const ended = deletion.then((results) => {
            room += results.filter(({ result }) => result !== "deleted").length;
            underWay.delete(ended);
        });
        underWay.add(ended);
    }
    return (await Promise.all(outcomes)).flat();
}

function remainingOutcomes(set: readonly Decision[], reason: string): Outcome[] {
    return set.map(({ snapshot }) => ({ snapshot, result: "remaining", reason: `remaining: ${reason}` }));
}

async function deleteSet(
    ec2: EC2Client,
    set: readonly Decision[],
    waitForTurn: () => Promise<void>,
    { endsAt, abortSignal }: DeletionLimits,
): Promise<Outcome[]> {
    if (performance.now() >= endsAt) {
        return remainingOutcomes(set, "the run had to end; the next one goes on");
    }
    const outcomes: Outcome[] = [];
    for (const { snapshot, reason } of set) {
        await waitForTurn();
        const outcome = await deleteSnapshot(ec2, snapshot.id, reason, abortSignal);
        if (outcome.result !== "deleted") {
            const rest = set.slice(outcomes.length + 1).map((decision) => decision.snapshot);
            return [...outcomes, ...outcomesAfterRefusal({ snapshot, ...outcome }, outcomes.length, rest)];
        }
        outcomes.push({ snapshot, ...outcome });
    }
    return outcomes;
}

/** Makes the outcomes of a snapshot that EC2 refused to delete, and of the rest of its set. `deletedBefore` others were deleted. */
function outcomesAfterRefusal({ snapshot, result, reason }: Outcome, deletedBefore: number, rest: readonly Snapshot[]): Outcome[] {
    const isSplit = deletedBefore > 0;
    return [
        { snapshot, result, reason: isSplit ? `${reason}; ${deletedBefore} of its set went before` : reason, split: isSplit },
        ...rest.map(
            (other): Outcome => ({
                snapshot: other,
                result: result === "failed" ? "remaining" : result,
                reason: `left with its set: ${snapshot.id} could not be deleted`,
            }),
        ),
    ];
}

async function deleteSnapshot(
    ec2: EC2Client,
    SnapshotId: string,
    reason: string,
    abortSignal: AbortSignal,
): Promise<Pick<Outcome, "result" | "reason">> {
    try {
        await ec2.send(new DeleteSnapshotCommand({ SnapshotId }), { abortSignal });
        return { result: "deleted", reason };
    } catch (error) {
        if (abortSignal.aborted) {
            return { result: "remaining", reason: "remaining: EC2 had not confirmed it when the run had to end" };
        }
        return outcomeOf(error as Error, reason);
    }
}

/** Whether AWS Backup or a lock protects a snapshot. EC2 documents no code for these two. "Blocked" is a code of accounts. */
function isProtected(name: string, message: string): boolean {
    return /managed by the AWS Backup service/i.test(message) || /Lock/.test(name) || /\bsnapshot\b.*\block(ed)?\b/is.test(message);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
function outcomeOf({ name, message }: Error, reason: string): Pick<Outcome, "result" | "reason"> {
    if (name === "InvalidSnapshot.NotFound") {
        return { result: "deleted", reason: `${reason} (it was gone already)` };
    }
    if (name === "InvalidSnapshot.InUse") {
        // Images and fast restore have the same code. EC2's message says which one, and names the image.
        return { result: "skipped", reason: `left: in use by ${/\bami-\w+/.exec(message)?.[0] ?? `something else: ${message}`}` };
    }
    if (name === "UnauthorizedOperation") {
        // First, since the message contains names that the user chose, such as the name of a role.
        return { result: "failed", reason: `failed: ${name}: ${message}` };
    }
    if (isProtected(name, message)) {
        return { result: "skipped", reason: `left: ${name}: ${message}` };
    }
    return { result: "failed", reason: `failed: ${name}: ${message}` };
}
