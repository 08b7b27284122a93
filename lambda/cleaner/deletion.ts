import { DeleteSnapshotCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Decision } from "../retention/plan";
import type { Snapshot } from "../retention/snapshot";
import { type Pace, rateLimiter } from "./rateLimiter";

/** How many sets are deleted at once: enough for EC2's pace, however long it takes to answer. */
const CONCURRENCY = 16;

/** The outcome for one snapshot that the plan deletes. */
export interface Outcome {
    readonly snapshot: Snapshot;
    readonly result: "deleted" | "skipped" | "failed" | "remaining";
    readonly reason: string;
    /** Whether others of its set were deleted before EC2 refused this one, so that the set is no longer whole. */
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
 * Deletes sets, several at once and the oldest first. The members of a set go one after the other and stop at the first that can't be
 * deleted, so that a set which something holds stays whole. Never throws for a snapshot: its error is its outcome.
 *
 * @param deletions sets of decisions to delete, as planned
 * @returns outcomes in the order of the plan
 */
export async function deleteSets(ec2: EC2Client, deletions: readonly (readonly Decision[])[], limits: DeletionLimits): Promise<Outcome[]> {
    const turn = rateLimiter(limits.pace);
    const outcomes: Promise<Outcome[]>[] = [];
    const underWay = new Set<Promise<unknown>>();
    let room = limits.most;
    let full = false;
    for (const set of deletions) {
        const fits = () => set.length <= room || room === limits.most;
        // Refused deletions give their room back.
        while (underWay.size === CONCURRENCY || (underWay.size > 0 && !full && !fits())) {
            await Promise.race(underWay);
        }
        full ||= !fits();
        if (full) {
            const reason = `remaining: ${limits.most} deletions are the most of one run; the next one goes on`;
            outcomes.push(Promise.resolve(set.map(({ snapshot }) => ({ snapshot, result: "remaining", reason }))));
            continue;
        }
        room -= set.length;
        const deletion = deleteSet(ec2, set, turn, limits);
        outcomes.push(deletion);
        const ended = deletion.then((own) => {
            room += own.filter(({ result }) => result !== "deleted").length;
            underWay.delete(ended);
        });
        underWay.add(ended);
    }
    return (await Promise.all(outcomes)).flat();
}

async function deleteSet(
    ec2: EC2Client,
    set: readonly Decision[],
    turn: () => Promise<void>,
    { endsAt, abortSignal }: DeletionLimits,
): Promise<Outcome[]> {
    if (performance.now() >= endsAt) {
        const reason = "remaining: the run had to end; the next one goes on";
        return set.map(({ snapshot }) => ({ snapshot, result: "remaining", reason }));
    }
    const outcomes: Outcome[] = [];
    let stopped: Pick<Outcome, "result" | "reason"> | undefined;
    for (const { snapshot, reason } of set) {
        if (stopped) {
            outcomes.push({ snapshot, ...stopped });
            continue;
        }
        await turn();
        const { result, reason: given } = await deleteSnapshot(ec2, snapshot.id, reason, abortSignal);
        if (result === "deleted") {
            outcomes.push({ snapshot, result, reason: given });
            continue;
        }
        const gone = outcomes.length;
        outcomes.push({ snapshot, result, reason: gone > 0 ? `${given}; ${gone} of its set went before` : given, split: gone > 0 });
        stopped = {
            result: result === "failed" ? "remaining" : result,
            reason: `left with its set: ${snapshot.id} could not be deleted`,
        };
    }
    return outcomes;
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

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
function outcomeOf({ name, message }: Error, reason: string): Pick<Outcome, "result" | "reason"> {
    if (name === "InvalidSnapshot.NotFound") {
        return { result: "deleted", reason: `${reason} (it was gone already)` };
    }
    if (name === "InvalidSnapshot.InUse") {
        // Images and fast restore both answer so; EC2's sentence tells which, and names the image.
        return { result: "skipped", reason: `left: in use by ${/\bami-\w+/.exec(message)?.[0] ?? `something else: ${message}`}` };
    }
    if (name === "UnauthorizedOperation") {
        // First, since its sentence holds names of the user's, such as a role's.
        return { result: "failed", reason: `failed: ${name}: ${message}` };
    }
    // EC2 documents no code of its own for these two, so the sentence has to tell. "Blocked" is a code of accounts.
    if (/managed by the AWS Backup service/i.test(message) || /Lock/.test(name) || /\bsnapshot\b.*\block(ed)?\b/is.test(message)) {
        return { result: "skipped", reason: `left: ${name}: ${message}` };
    }
    return { result: "failed", reason: `failed: ${name}: ${message}` };
}
