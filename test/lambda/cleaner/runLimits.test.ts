import assert from "node:assert/strict";
import { deleteSets } from "../../../lambda/cleaner/deletion";
import { DELETION_PACE } from "../../../lambda/cleaner/rateLimiter";
import { report } from "../../../lambda/cleaner/report";
import { planCleaning } from "../../../lambda/retention/plan";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import { ALL, assertRun, DELETED, DONE, fourDays, ids, KEPT, NEEDED, saying } from "../../support/account";
import { type Cleaned, clientOf, ran, stored } from "../../support/cleaning";
import {
    afterFirstPage,
    always,
    answerNormally,
    type Fault,
    type Faults,
    first,
    on,
    oneOf,
    onSnapshot,
    silence,
    throttled,
} from "../../support/faults";
import { NOW, POLICY } from "../../support/history";

/** Lambda, so many milliseconds before it ends the run. */
function left(ms: number) {
    return { getRemainingTimeInMillis: () => ms };
}

const NOT_LISTED = ["the listing of snapshots had not ended when the run had to; nothing was deleted"];

/** Runs something whose time-out of an abort signal comes when EC2 meets the fault that it is given. */
async function endedBy<T>(run: (ending: (fault: Fault) => Fault) => Promise<T>): Promise<T> {
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

/** Deletes until something in EC2 says that the time is over; what a report then says, and what is left. */
async function stoppedBy(faults: (stop: () => void) => Faults, endsAt = Number.POSITIVE_INFINITY) {
    const over = new AbortController();
    const store = stored(fourDays());
    const plan = planCleaning(fourDays(), { ...POLICY, retention: { Day: 2 } }, NOW);
    const ec2 = await startAws({ store }, { faults: faults(() => over.abort()) });
    const client = clientOf(ec2.endpoint);
    const limits = { most: 1000, pace: DELETION_PACE, endsAt, abortSignal: over.signal };
    const outcomes = await deleteSets(client, plan.deletions, limits);
    client.destroy();
    await ec2.close();
    return { report: report({ policy: "prod", time: NOW, reportOnly: false }, plan, outcomes, []), left: ids(store) };
}

/** Does something when it is called for the nth time. */
function nth(n: number, act: () => void): () => void {
    let calls = 0;
    return () => {
        calls += 1;
        if (calls === n) {
            act();
        }
    };
}

describe("A run whose time is over", () => {
    it("before it lists fails, and deletes nothing", async () => {
        const faults = on("DescribeSnapshots", always(silence));
        await assertRun(fourDays(), { context: left(15_000), faults }, { Status: "FAILED", Errors: NOT_LISTED }, ALL);
    });

    for (const [when, fault] of [
        ["while it waits for a page", silence],
        ["while it waits to ask again for a page that was throttled", throttled],
    ] as const) {
        it(`${when} fails, and deletes nothing`, async () => {
            const { calls } = await endedBy((ending) => {
                const faults = afterFirstPage(always(ending(fault)));
                return assertRun(fourDays(), { faults, pageSize: 5 }, { Status: "FAILED", Errors: NOT_LISTED }, ALL);
            });
            assert.deepEqual(
                calls.map(({ attempt }) => attempt),
                [1, 1],
            );
        });
    }

    it("while it waits for volumes takes them for existing, fails, and deletes nothing more", async () => {
        const remaining = "remaining: the run had to end; the next one goes on";
        await endedBy((ending) =>
            assertRun(
                fourDays(),
                {
                    settings: { orphanDays: 1 },
                    event: { time: "2027-02-02T07:00:00Z" },
                    context: left(16_500),
                    faults: on("DescribeVolumes", always(ending(silence))),
                },
                {
                    Time: "2027-02-02T07:00:00.000Z",
                    Status: "FAILED",
                    Errors: ["the listing of volumes had not ended when the run had to"],
                    remaining: Object.fromEntries(Object.keys(DELETED).map((id) => [id, remaining])),
                    kept: KEPT,
                },
                ALL,
            ),
        );
    });

    it("before it deletes leaves all for the next one, and does not fail", async () => {
        const remaining = "remaining: the run had to end; the next one goes on";
        await assertRun(
            fourDays(),
            { context: left(45_000) },
            { Status: "PARTIAL", remaining: Object.fromEntries(Object.keys(DELETED).map((id) => [id, remaining])), kept: KEPT },
            ALL,
        );
    });

    it("while EC2 deletes ends the sets that it has begun, so that none is left in part", async () => {
        const { now } = performance;
        let time = 0;
        const late: Fault = async (exchange) => {
            time = 200;
            await answerNormally(exchange);
        };
        performance.now = () => time;
        try {
            const stopped = await stoppedBy(() => onSnapshot("snap-29c", always(late)), 100);
            assert.deepEqual(stopped, { report: saying(DONE), left: [...NEEDED].sort() });
        } finally {
            performance.now = now;
        }
    });

    for (const [when, stopping] of [
        ["while EC2 deletes", silence],
        ["while it waits to delete again what was throttled", throttled],
    ] as const) {
        it(`${when} says what it does not know, and leaves it to the next one`, async () => {
            const unknown = "remaining: EC2 had not confirmed it when the run had to end";
            const withSet = (id: string) => `left with its set: ${id} could not be deleted`;
            const { "snap-29c": c } = DELETED as Record<string, string>;
            const stopped = await stoppedBy((stop) => {
                const stopAtSecond = nth(2, stop);
                const fault: Fault = async (exchange) => {
                    await stopping(exchange);
                    stopAtSecond();
                };
                return oneOf(onSnapshot("snap-29d", always(fault)), onSnapshot("snap-30c", always(fault)));
            });
            assert.deepEqual(stopped, {
                report: saying({
                    Status: "PARTIAL",
                    deleted: { "snap-29c": c as string },
                    remaining: {
                        "snap-29d": `${unknown}; 1 of its set went before`,
                        "snap-30c": unknown,
                        "snap-30d": withSet("snap-30c"),
                    },
                    kept: KEPT,
                }),
                left: [...ALL].filter((id) => id !== "snap-29c").sort(),
            });
        });
    }

    it("is followed by one that does what it has left", async () => {
        const store = stored(fourDays());
        await ran(store, { settings: { retention: { Day: 2 } }, context: left(45_000) });
        await assertRun(store, {}, DONE, NEEDED);
    });
});

describe("A second run at the same time", () => {
    const settings = { retention: { Day: 2 } };
    const gone = (reasons: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(reasons).map(([id, reason]) => [id, `${reason} (it was gone already)`]));

    /** Has another run start, and end, before a call of the first goes on. */
    function anotherRun(store: Parameters<typeof ran>[0], runs: Cleaned[]): Fault {
        return async (exchange) => {
            const { carryOut } = exchange;
            const answer = exchange.call.action === "DescribeSnapshots" ? await carryOut() : undefined;
            runs.push(await ran(store, { settings }));
            await answerNormally({ ...exchange, carryOut: async () => answer ?? (await carryOut()) });
        };
    }

    it("deletes the same if both list before either deletes, and neither fails", async () => {
        const [store, runs] = [stored(fourDays()), [] as Cleaned[]];
        const faults = on("DescribeSnapshots", first(anotherRun(store, runs)));
        await assertRun(store, { faults }, { ...DONE, deleted: gone(DELETED) }, NEEDED);
        assert.deepEqual(
            runs.map((run) => run.report),
            [saying(DONE)],
        );
    });

    it("deletes what the first has left of a set, and neither fails", async () => {
        const [store, runs] = [stored(fourDays().slice(2)), [] as Cleaned[]];
        const third = "deleted: 3rd newest Day restore point, 2 are kept";
        const faults = onSnapshot("snap-30d", first(anotherRun(store, runs)));
        await assertRun(store, { faults }, { deleted: { "snap-30c": third, ...gone({ "snap-30d": third }) }, kept: KEPT }, NEEDED);
        assert.deepEqual(
            runs.map((run) => run.report),
            [saying({ deleted: { "snap-30d": third }, kept: KEPT })],
        );
    });
});

describe("The most deletions of a run", () => {
    const reason = (most: number) => `remaining: ${most} deletions are the most of one run; the next one goes on`;
    const { "snap-29c": c, "snap-29d": d, ...newer } = DELETED as Record<string, string>;
    const older = { "snap-29c": c as string, "snap-29d": d as string };

    for (const most of [2, 3]) {
        it(`(${most}) takes whole sets, the oldest first, and leaves the rest for the next run`, async () => {
            const store = stored(fourDays());
            await assertRun(
                store,
                { settings: { maxDeletionsPerRun: most } },
                {
                    Status: "PARTIAL",
                    deleted: older,
                    remaining: { "snap-30c": reason(most), "snap-30d": reason(most) },
                    kept: KEPT,
                },
                ["snap-30c", "snap-30d", ...NEEDED],
            );
            await assertRun(store, { settings: { maxDeletionsPerRun: most } }, { deleted: newer, kept: KEPT }, NEEDED);
        });
    }

    it("is not used up by a set that is refused", async () => {
        const store = stored(fourDays());
        Object.assign(store.get("snap-29c") as object, { heldBy: { code: "InvalidSnapshot.InUse", message: "in use by ami-1" } });
        await assertRun(
            store,
            { settings: { maxDeletionsPerRun: 2 } },
            {
                deleted: newer,
                skipped: { "snap-29c": "left: in use by ami-1", "snap-29d": "left with its set: snap-29c could not be deleted" },
                kept: KEPT,
            },
            ["snap-29c", "snap-29d", ...NEEDED],
        );
    });

    it("lets a single larger set go, alone", async () => {
        const store = stored(fourDays());
        await assertRun(
            store,
            { settings: { maxDeletionsPerRun: 1 } },
            { Status: "PARTIAL", deleted: older, remaining: { "snap-30c": reason(1), "snap-30d": reason(1) }, kept: KEPT },
            ["snap-30c", "snap-30d", ...NEEDED],
        );
    });
});
