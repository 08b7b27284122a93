import assert from "node:assert/strict";
import { dueRunsOf } from "../../../lambda/watch/dueRuns";
import { DAY, HOUR, SETTINGS } from "../../support/watchedAccount";
import { at, NOW } from "./healthOf";

function runsOf(schedule: string) {
    return dueRunsOf({ ...SETTINGS, schedules: { Day: schedule } }, NOW).map(({ from, between, ...runs }) => ({
        ...runs,
        next: from(NOW),
        ofTwoDays: between(NOW - 2 * DAY, NOW),
    }));
}

describe("The due runs of a type", () => {
    it("follow its schedule, which may have seconds", () => {
        assert.deepEqual(runsOf("cron(30 0 1 ? * * *)"), [
            {
                type: "Day",
                schedule: "cron(30 0 1 ? * * *)",
                patience: 3 * HOUR,
                judged: at("2027-03-20T01:00:30"),
                next: at("2027-03-21T01:00:30"),
                ofTwoDays: [at("2027-03-19T01:00:30"), at("2027-03-20T01:00:30")],
            },
        ]);
    });

    it("are unknown if it has a rate", () => {
        assert.deepEqual(runsOf("rate(2 hours)"), [
            {
                type: "Day",
                schedule: "rate(2 hours)",
                every: 2 * HOUR,
                patience: 3 * HOUR,
                judged: undefined,
                next: undefined,
                ofTwoDays: [],
            },
        ]);
    });
});
