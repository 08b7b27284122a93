import assert from "node:assert/strict";
import timers from "node:timers/promises";
import { DELETION_PACE, rateLimiter } from "../../../lambda/cleaner/rateLimiter";

/**
 * Measures the pauses before calls on a simulated clock, in milliseconds.
 *
 * @param idle the milliseconds without a call before the call of each number
 */
async function measurePauses(calls: number, idle: Readonly<Record<number, number>> = {}): Promise<number[]> {
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

describe("The rate limiter", () => {
    it("lets a burst pass at once, and then limits the rate", async () => {
        assert.deepEqual(await measurePauses(6), [0, 0, 0, 100, 100, 100]);
    });

    it("refills while no call comes, up to a burst", async () => {
        assert.deepEqual(await measurePauses(7, { 4: 200 }), [0, 0, 0, 100, 0, 0, 100]);
        assert.deepEqual(await measurePauses(8, { 4: 60_000 }), [0, 0, 0, 100, 0, 0, 0, 100]);
    });

    it("makes no pause of zero milliseconds", async () => {
        assert.deepEqual(await measurePauses(4, { 3: 100 }), [0, 0, 0, 0]);
    });

    it("keeps deletions just below EC2's limit", () => {
        assert.deepEqual(DELETION_PACE, { burst: 90, perSecond: 4.85 });
    });
});
