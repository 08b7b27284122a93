import assert from "node:assert/strict";
import { deleteSets } from "../../../lambda/cleaner/deletion";
import { DELETION_PACE } from "../../../lambda/cleaner/rateLimiter";
import { report } from "../../../lambda/cleaner/report";
import { planCleaning } from "../../../lambda/retention/plan";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import {
    ALL_IDS,
    assertRun,
    COMPLETE_REPORT,
    DELETED_LINES,
    KEPT_LINES,
    listIds,
    makeFourDays,
    makeReport,
    NEEDED_IDS,
} from "../../support/account";
import { type CleaningResult, makeClient, storeSnapshots, tryCleaner } from "../../support/cleaning";
import {
    answerNormally,
    combineFaults,
    type Fault,
    type Faults,
    missingResponse,
    playAfterFirstPage,
    playAlways,
    playForAction,
    playForSnapshot,
    playInOrder,
    throttling,
} from "../../support/faults";
import { NOW, POLICY } from "../../support/history";

/** Makes Lambda's context at a time before the end of the run. */
function makeContext(ms: number) {
    return { getRemainingTimeInMillis: () => ms };
}

const NOT_LISTED = ["the listing of snapshots had not ended when the run had to; nothing was deleted"];

/** Runs the cleaner. Its time is over as soon as EC2 has played a fault that was given to `endAfter`. */
async function runUntilFault<T>(run: (endAfter: (fault: Fault) => Fault) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const { timeout } = AbortSignal;
    AbortSignal.timeout = () => over.signal;
    try {
        return await run((fault) => async (exchange) => {
            await fault(exchange);
            over.abort();
        });
    } finally {
        AbortSignal.timeout = timeout;
    }
}

/** Deletes until a fault calls `stop`. Returns the report and the ids of the remaining snapshots. */
async function deleteUntilStopped(faults: (stop: () => void) => Faults, endsAt = Number.POSITIVE_INFINITY) {
    const over = new AbortController();
    const store = storeSnapshots(makeFourDays());
    const plan = planCleaning(makeFourDays(), { ...POLICY, retention: { Day: 2 } }, NOW);
    const ec2 = await startAws({ store }, { faults: faults(() => over.abort()) });
    const client = makeClient(ec2.endpoint);
    const limits = { most: 1000, pace: DELETION_PACE, endsAt, abortSignal: over.signal };
    const outcomes = await deleteSets(client, plan.deletions, limits);
    client.destroy();
    await ec2.close();
    return { report: report({ policy: "prod", time: NOW, reportOnly: false }, plan, outcomes, []), left: listIds(store) };
}

/** Calls a function at the nth call. */
function atCall(n: number, act: () => void): () => void {
    let calls = 0;
    return () => {
        calls += 1;
        if (calls === n) {
            act();
        }
    };
}

describe("A run of the cleaner without remaining time", () => {
    it("fails and deletes nothing if it has no list of snapshots", async () => {
        const faults = playForAction("DescribeSnapshots", playAlways(missingResponse));
        await assertRun(makeFourDays(), { context: makeContext(15_000), faults }, { Status: "FAILED", Errors: NOT_LISTED }, ALL_IDS);
    });

    for (const [when, fault] of [
        ["while it waits for a page", missingResponse],
        ["while it waits to retry a throttled page", throttling],
    ] as const) {
        it(`fails and deletes nothing if it ends ${when}`, async () => {
            const { calls } = await runUntilFault((endAfter) => {
                const faults = playAfterFirstPage(playAlways(endAfter(fault)));
                return assertRun(makeFourDays(), { faults, pageSize: 5 }, { Status: "FAILED", Errors: NOT_LISTED }, ALL_IDS);
            });
            assert.deepEqual(
                calls.map(({ attempt }) => attempt),
                [1, 1],
            );
        });
    }

    it("fails, deletes nothing and treats volumes as existing if it waits for the list of volumes", async () => {
        const remaining = "remaining: the run had to end; the next one goes on";
        await runUntilFault((endAfter) =>
            assertRun(
                makeFourDays(),
                {
                    settings: { orphanDays: 1 },
                    event: { time: "2027-02-02T07:00:00Z" },
                    context: makeContext(16_500),
                    faults: playForAction("DescribeVolumes", playAlways(endAfter(missingResponse))),
                },
                {
                    Time: "2027-02-02T07:00:00.000Z",
                    Status: "FAILED",
                    Errors: ["the listing of volumes had not ended when the run had to"],
                    remaining: Object.fromEntries(Object.keys(DELETED_LINES).map((id) => [id, remaining])),
                    kept: KEPT_LINES,
                },
                ALL_IDS,
            ),
        );
    });

    it("leaves all deletions for the next run, and does not fail", async () => {
        const remaining = "remaining: the run had to end; the next one goes on";
        await assertRun(
            makeFourDays(),
            { context: makeContext(45_000) },
            { Status: "PARTIAL", remaining: Object.fromEntries(Object.keys(DELETED_LINES).map((id) => [id, remaining])), kept: KEPT_LINES },
            ALL_IDS,
        );
    });

    it("completes the sets that it has started to delete", async () => {
        const { now } = performance;
        let time = 0;
        const late: Fault = async (exchange) => {
            time = 200;
            await answerNormally(exchange);
        };
        performance.now = () => time;
        try {
            const stopped = await deleteUntilStopped(() => playForSnapshot("snap-29c", playAlways(late)), 100);
            assert.deepEqual(stopped, { report: makeReport(COMPLETE_REPORT), left: [...NEEDED_IDS].sort() });
        } finally {
            performance.now = now;
        }
    });

    for (const [when, stopping] of [
        ["while EC2 deletes", missingResponse],
        ["while it waits to retry a throttled deletion", throttling],
    ] as const) {
        it(`reports unconfirmed deletions if it ends ${when}`, async () => {
            const unknown = "remaining: EC2 had not confirmed it when the run had to end";
            const withSet = (id: string) => `left with its set: ${id} could not be deleted`;
            const { "snap-29c": c } = DELETED_LINES as Record<string, string>;
            const stopped = await deleteUntilStopped((stop) => {
                const stopAtSecond = atCall(2, stop);
                const fault: Fault = async (exchange) => {
                    await stopping(exchange);
                    stopAtSecond();
                };
                return combineFaults(playForSnapshot("snap-29d", playAlways(fault)), playForSnapshot("snap-30c", playAlways(fault)));
            });
            assert.deepEqual(stopped, {
                report: makeReport({
                    Status: "PARTIAL",
                    deleted: { "snap-29c": c as string },
                    remaining: {
                        "snap-29d": `${unknown}; 1 of its set went before`,
                        "snap-30c": unknown,
                        "snap-30d": withSet("snap-30c"),
                    },
                    kept: KEPT_LINES,
                }),
                left: [...ALL_IDS].filter((id) => id !== "snap-29c").sort(),
            });
        });
    }

    it("is followed by a run that deletes the rest", async () => {
        const store = storeSnapshots(makeFourDays());
        await tryCleaner(store, { settings: { retention: { Day: 2 } }, context: makeContext(45_000) });
        await assertRun(store, {}, COMPLETE_REPORT, NEEDED_IDS);
    });
});

describe("A second run at the same time", () => {
    const settings = { retention: { Day: 2 } };
    const addMissing = (reasons: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(reasons).map(([id, reason]) => [id, `${reason} (it was gone already)`]));

    /** Makes a fault that starts and ends another run before a call of the first run continues. */
    function runAnother(store: Parameters<typeof tryCleaner>[0], runs: CleaningResult[]): Fault {
        return async (exchange) => {
            const { carryOut } = exchange;
            const answer = exchange.call.action === "DescribeSnapshots" ? await carryOut() : undefined;
            runs.push(await tryCleaner(store, { settings }));
            await answerNormally({ ...exchange, carryOut: async () => answer ?? (await carryOut()) });
        };
    }

    it("deletes the same snapshots if both list before one deletes, and neither fails", async () => {
        const [store, runs] = [storeSnapshots(makeFourDays()), [] as CleaningResult[]];
        const faults = playForAction("DescribeSnapshots", playInOrder(runAnother(store, runs)));
        await assertRun(store, { faults }, { ...COMPLETE_REPORT, deleted: addMissing(DELETED_LINES) }, NEEDED_IDS);
        assert.deepEqual(
            runs.map((run) => run.report),
            [makeReport(COMPLETE_REPORT)],
        );
    });

    it("deletes the rest of a set that the first has started, and neither fails", async () => {
        const [store, runs] = [storeSnapshots(makeFourDays().slice(2)), [] as CleaningResult[]];
        const third = "deleted: 3rd newest Day restore point, 2 are kept";
        const faults = playForSnapshot("snap-30d", playInOrder(runAnother(store, runs)));
        await assertRun(
            store,
            { faults },
            { deleted: { "snap-30c": third, ...addMissing({ "snap-30d": third }) }, kept: KEPT_LINES },
            NEEDED_IDS,
        );
        assert.deepEqual(
            runs.map((run) => run.report),
            [makeReport({ deleted: { "snap-30d": third }, kept: KEPT_LINES })],
        );
    });
});

describe("The limit of deletions in a run", () => {
    const reason = (most: number) => `remaining: ${most} deletions are the most of one run; the next one goes on`;
    const { "snap-29c": c, "snap-29d": d, ...newer } = DELETED_LINES as Record<string, string>;
    const older = { "snap-29c": c as string, "snap-29d": d as string };

    for (const most of [2, 3]) {
        it(`of ${most} allows whole sets, the oldest first, and leaves the rest for the next run`, async () => {
            const store = storeSnapshots(makeFourDays());
            await assertRun(
                store,
                { settings: { maxDeletionsPerRun: most } },
                {
                    Status: "PARTIAL",
                    deleted: older,
                    remaining: { "snap-30c": reason(most), "snap-30d": reason(most) },
                    kept: KEPT_LINES,
                },
                ["snap-30c", "snap-30d", ...NEEDED_IDS],
            );
            await assertRun(store, { settings: { maxDeletionsPerRun: most } }, { deleted: newer, kept: KEPT_LINES }, NEEDED_IDS);
        });
    }

    it("does not count a set that EC2 refuses to delete", async () => {
        const store = storeSnapshots(makeFourDays());
        Object.assign(store.get("snap-29c") as object, { heldBy: { code: "InvalidSnapshot.InUse", message: "in use by ami-1" } });
        await assertRun(
            store,
            { settings: { maxDeletionsPerRun: 2 } },
            {
                deleted: newer,
                skipped: { "snap-29c": "left: in use by ami-1", "snap-29d": "left with its set: snap-29c could not be deleted" },
                kept: KEPT_LINES,
            },
            ["snap-29c", "snap-29d", ...NEEDED_IDS],
        );
    });

    it("allows a single larger set", async () => {
        const store = storeSnapshots(makeFourDays());
        await assertRun(
            store,
            { settings: { maxDeletionsPerRun: 1 } },
            { Status: "PARTIAL", deleted: older, remaining: { "snap-30c": reason(1), "snap-30d": reason(1) }, kept: KEPT_LINES },
            ["snap-30c", "snap-30d", ...NEEDED_IDS],
        );
    });
});
