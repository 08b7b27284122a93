import assert from "node:assert/strict";
import type { Memory } from "../../../lambda/watch/memory";
import type { Signal } from "../../../lambda/watch/signals";
import { ZONES } from "../../support/history";
import { DAY, HOUR, WatchedAccount } from "../../support/watchedAccount";

/** Hours of each day at which the watch runs here. A missing Day restore point would be overdue in both. */
const HOURS = [4, 16];

describe("The watch of a decade without an incident", () => {
    for (const timezone of ZONES) {
        it(`finds nothing in ${timezone}`, () => {
            let memory: Signal<Memory | undefined> = { value: undefined };
            for (let year = 2027; year < 2037; year++) {
                // An account of its own for each year, so that the look at it stays fast.
                const account = new WatchedAccount(timezone, 1, Date.UTC(year - 1, 10, 1), Date.UTC(year + 1, 0, 1), []);
                for (let day = Date.UTC(year, 0, 1); day < account.end; day += DAY) {
                    for (const hour of HOURS) {
                        const now = day + hour * HOUR + (day % (59 * 60_000));
                        const found = account.watch(now, memory);
                        assert.deepEqual(found.findings, [], new Date(now).toISOString());
                        memory = { value: found.memory };
                    }
                }
            }
        });
    }
});
