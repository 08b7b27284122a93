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
            for (let quarter = 0; quarter < 40; quarter++) {
                // An account of its own for each quarter of a year, so that the look at it stays fast. It begins with two Months before.
                const begin = Date.UTC(2027, 3 * quarter, 1);
                const account = new WatchedAccount(timezone, 1, begin - 62 * DAY, Date.UTC(2027, 3 * quarter + 3, 1), []);
                for (let day = begin; day < account.end; day += DAY) {
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
