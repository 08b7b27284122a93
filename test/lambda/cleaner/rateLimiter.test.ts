import assert from "node:assert/strict";
import timers from "node:timers/promises";
import { DELETION_PACE, rateLimiter } from "../../../lambda/cleaner/rateLimiter";

/** On a clock of its own, the pauses that calls wait for, in milliseconds; `idle` comes before the call of that number. */
async function pauses(calls: number, idle: Readonly<Record<number, number>> = {}): Promise<number[]> {
    const [now, setTimeout] = [performance.now, timers.setTimeout];
    let clock = 5000;
    const waited: number[] = [];
    performance.now = () => clock;
    timers.setTimeout = (async (ms: number) => {
        waited.push(Math.round(ms));
        clock += ms;
    }) as typeof timers.setTimeout;
    try {
        const turn = rateLimiter({ burst: 3, perSecond: 10 });
        const before: number[] = [];
        for (let i = 0; i < calls; i++) {
            clock += idle[i] ?? 0;
            const pausesSoFar = waited.length;
            await turn();
            before.push(waited.length > pausesSoFar ? (waited.at(-1) as number) : 0);
        }
        return before;
    } finally {
        performance.now = now;
        timers.setTimeout = setTimeout;
    }
}

describe("The pace of calls", () => {
    it("lets a burst go at once, and then so many a second", async () => {
        assert.deepEqual(await pauses(6), [0, 0, 0, 100, 100, 100]);
    });

    it("gives back what was not used, but no more than a burst", async () => {
        assert.deepEqual(await pauses(7, { 4: 200 }), [0, 0, 0, 100, 0, 0, 100]);
        assert.deepEqual(await pauses(8, { 4: 60_000 }), [0, 0, 0, 100, 0, 0, 0, 100]);
    });

    it("makes no pause of nothing", async () => {
        assert.deepEqual(await pauses(4, { 3: 100 }), [0, 0, 0, 0]);
    });

    it("of deletions is just below what EC2 permits", () => {
        assert.deepEqual(DELETION_PACE, { burst: 90, perSecond: 4.85 });
    });
});
