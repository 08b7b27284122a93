import { DeleteSnapshotCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { deleteSets } from "../lambda/cleaner/deletion";
import { DELETION_PACE } from "../lambda/cleaner/rateLimiter";
import { type Decision, planCleaning } from "../lambda/retention/plan";
import { type BucketSize, makeTokenBucket } from "../test/support/tokenBucket";
import { account, NOW, SETTINGS } from "./account";
import { client, region } from "./region";
import { number, progress, type Result } from "./result";

const DELETIONS = 5000;

/** EC2's token bucket for DeleteSnapshot. The bench refills it 20 times as fast, to take a minute instead of a quarter of an hour. */
const EC2: BucketSize = { burst: 100, perSecond: 5 };
const FASTER = 20;
const BUCKET = { ...EC2, perSecond: EC2.perSecond * FASTER };

/** The time limit of each way to delete. */
const TIME_LIMIT_MS = 20_000;

interface Drained {
    readonly deleted: number;
    readonly refused: number;
    readonly calls: number;
    readonly seconds: number;
    /** Deletions divided by the deletions that the bucket permitted in that time. */
    readonly share: number;
}

type Way = (ec2: EC2Client, sets: readonly (readonly Decision[])[], abortSignal: AbortSignal) => Promise<unknown>;

/** Measures deletions. The cleaner uses nearly all tokens of EC2's bucket, and EC2 throttles few of its calls. */
export async function draining(): Promise<Result[]> {
    const sets = setsToDelete();
    progress("  the cleaner");
    const cleaner = await drain(sets, {}, deleteAsCleaner);
    progress("  one at a time");
    const sequential = await drain(sets, STANDARD, oneAtATime);
    progress("  all at once");
    const unbounded = await drain(sets, STANDARD, allAtOnce);
    const line = (ratio: string, value: number, result: Drained, target?: Result["target"]): Result => ({
        subject: "draining",
        ratio,
        value,
        ...(target && { target }),
        measured: describe(result),
    });
    return [
        line("deletions to permitted deletions", cleaner.share, cleaner, { is: "at least", limit: 0.9 }),
        line("calls refused to calls", cleaner.refused / cleaner.calls, cleaner, { is: "at most", limit: 0.03 }),
        line("one at a time, standard retries: deletions to permitted deletions", sequential.share, sequential),
        line("… calls refused to calls", sequential.refused / sequential.calls, sequential),
        line("all at once, standard retries: deletions to those wanted", unbounded.deleted / DELETIONS, unbounded),
        line("… calls refused to calls", unbounded.refused / unbounded.calls, unbounded),
    ];
}

/** The SDK's defaults, with one connection for each call. */
const STANDARD = { retryMode: "standard", maxAttempts: 3, requestHandler: { httpAgent: { maxSockets: DELETIONS } } };

function setsToDelete(): (readonly Decision[])[] {
    const { deletions } = planCleaning(account(4 * DELETIONS), SETTINGS, NOW);
    const sets: (readonly Decision[])[] = [];
    let left = DELETIONS;
    for (const set of deletions) {
        if (left > 0) {
            sets.push(set.slice(0, left));
            left -= set.length;
        }
    }
    return sets;
}

async function drain(sets: readonly (readonly Decision[])[], config: Parameters<typeof client>[1], way: Way): Promise<Drained> {
    const bucket = makeTokenBucket("DeleteSnapshot", BUCKET);
    const snapshots = sets.flat().map(({ snapshot }) => snapshot);
    const { intercept } = bucket;
    const ec2 = await region(snapshots, { intercept });
    const ec2Client = client(ec2, config);
    try {
        const begin = performance.now();
        await way(ec2Client, sets, AbortSignal.timeout(TIME_LIMIT_MS));
        const seconds = (performance.now() - begin) / 1000;
        const { passed: deleted, refused } = bucket;
        const permitted = BUCKET.burst + BUCKET.perSecond * seconds;
        return { deleted, refused, calls: deleted + refused, seconds, share: deleted / permitted };
    } finally {
        ec2Client.destroy();
        await ec2.close();
    }
}

async function deleteAsCleaner(ec2: EC2Client, sets: readonly (readonly Decision[])[]): Promise<void> {
    await deleteSets(ec2, sets, {
        most: DELETIONS,
        pace: { ...DELETION_PACE, perSecond: DELETION_PACE.perSecond * FASTER },
        endsAt: Number.POSITIVE_INFINITY,
        abortSignal: new AbortController().signal,
    });
}

async function oneAtATime(ec2: EC2Client, sets: readonly (readonly Decision[])[], abortSignal: AbortSignal): Promise<void> {
    for (const { snapshot } of sets.flat()) {
        if (abortSignal.aborted) {
            return;
        }
        // If EC2 refuses all retries, the next run deletes the snapshot.
        await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot.id }), { abortSignal }).catch(() => {});
    }
}

async function allAtOnce(ec2: EC2Client, sets: readonly (readonly Decision[])[], abortSignal: AbortSignal): Promise<void> {
    await Promise.allSettled(
        sets.flat().map(({ snapshot }) => ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot.id }), { abortSignal })),
    );
}

function describe({ deleted, refused, calls, seconds }: Drained): string {
    return `${number(deleted)} of ${number(DELETIONS)} in ${number(seconds)} s; ${number(refused)} of ${number(calls)} calls refused`;
}
