import assert from "node:assert/strict";
import { type Change, changedPolicy } from "../../cli/changedPolicy";
import { readCount, readSchedule } from "../../cli/commands/typeValues";
import { Failure } from "../../cli/failure";
import { policyFaults } from "../../components/argumentFaults";
import { NOW } from "../support/history";

const POLICY = {
    name: "prod",
    retention: { Day: 5, Month: 2 },
    schedules: { Day: "cron(0 1 ? * * *)", Month: "cron(0 5 1 * ? *)" },
    timezone: "Europe/Vienna",
};

function change({ retention = {}, schedules = {} }: Partial<Change>): object {
    return changedPolicy(POLICY, { retention, schedules }, NOW);
}

/** The sentence and the exit code of a refusal. */
function refusal(rest: Partial<Change>): readonly unknown[] {
    try {
        change(rest);
    } catch (error) {
        assert.ok(error instanceof Failure);
        return [error.message, error.cure, error.exitCode];
    }
    return [];
}

describe("A change of a policy", () => {
    it("replaces the values of the types that it names", () => {
        assert.deepEqual(change({ retention: { Day: 7 }, schedules: { Month: "cron(0 6 1 * ? *)" } }), {
            ...POLICY,
            retention: { Day: 7, Month: 2 },
            schedules: { Day: "cron(0 1 ? * * *)", Month: "cron(0 6 1 * ? *)" },
        });
    });

    it("adds a type", () => {
        assert.deepEqual(change({ retention: { Year: 3 }, schedules: { Year: "cron(0 8 2 1 ? *)" } }), {
            ...POLICY,
            retention: { Day: 5, Month: 2, Year: 3 },
            schedules: { ...POLICY.schedules, Year: "cron(0 8 2 1 ? *)" },
        });
    });

    it("drops a type with the schedule never", () => {
        assert.deepEqual(change({ schedules: { Month: "never" } }), {
            ...POLICY,
            retention: { Day: 5 },
            schedules: { Day: "cron(0 1 ? * * *)" },
        });
    });

    const refusals: Readonly<Record<string, readonly [change: Partial<Change>, faults: string]>> = {
        "a type without a schedule": [
            { retention: { day: 7 } },
            "day is new and needs a --schedule; the policy has Day, Month; did you mean Day?",
        ],
        "a type without a count": [
            { schedules: { Year: "cron(0 8 2 1 ? *)" } },
            "Year is new and needs a --retention; the policy has Day, Month",
        ],
        "an expression that AWS refuses": [
            { schedules: { Day: "cron(0 1 * * * *)" } },
            "schedules.Day is cron(0 1 * * * *); exactly one of day-of-month and day-of-week must be ?",
        ],
        "windows that overlap": [
            { schedules: { Month: "cron(30 1 1 * ? *)" } },
            "schedules.Day and schedules.Month overlap: Day opens at 2027-03-01 01:00 Europe/Vienna and may keep a server busy until 2027-03-01 02:00 Europe/Vienna, but Month opens at 2027-03-01 01:30 Europe/Vienna; move one of them",
        ],
        "a type that is dropped and does not exist": [
            { schedules: { Week: "never" } },
            "Week is no snapshot type of the policy, which has Day, Month",
        ],
        "a type that is dropped and counted": [
            { retention: { Month: 3 }, schedules: { Month: "never" } },
            "Month has both a retention and the schedule never",
        ],
        "a type without a schedule that has the name of a method": [
            { retention: { constructor: 3 } },
            "constructor is new and needs a --schedule; the policy has Day, Month",
        ],
        "a dropped type that has the name of a method": [
            { schedules: { toString: "never" } },
            "toString is no snapshot type of the policy, which has Day, Month",
        ],
        "a type with the resource names of another": [
            { retention: { DAY: 3 }, schedules: { DAY: "cron(0 12 ? * * *)" } },
            "schedules has Day and DAY, and their resources would have the same names; rename one",
        ],
        "a type without letters and digits": [
            { retention: { "-": 3 }, schedules: { "-": "cron(0 12 ? * * *)" } },
            `the snapshot type "-" in retention and schedules can't be used; give a snapshot type at least one letter or digit`,
        ],
        "a policy without types": [{ schedules: { Day: "never", Month: "never" } }, "it drops every snapshot type"],
    };
    for (const [title, [given, faults]] of Object.entries(refusals)) {
        it(`is refused for ${title}`, () => {
            assert.deepEqual(refusal(given), [
                `The component would refuse this change: ${faults.replace(/[^?]$/, "$&.")}`,
                "Run vss-backup plan --help.",
                2,
            ]);
        });
    }
});

/** The faults of a new type in the component. */
function faultsOfComponent(type: string): readonly string[] {
    const given = { retention: { [type]: 3 }, schedules: { [type]: "cron(0 12 ? * * *)" } };
    return policyFaults("prod", { timezone: "Europe/Vienna", ...given }, NOW);
}

describe("A name of a new snapshot type", () => {
    for (const type of ["DAY", "Ünter", "a;b", "a,b", " Year", "-", "'", "y".repeat(200), "Year", "a=b", "a/b"]) {
        it(`is refused exactly if the component refuses it: ${type.slice(0, 20)}`, () => {
            const [message = ""] = refusal({ retention: { [type]: 3 }, schedules: { [type]: "cron(0 12 ? * * *)" } });
            const faults = faultsOfComponent(type).map((fault) => `${fault}.`);
            assert.equal(String(message).replace("The component would refuse this change: ", ""), faults.join(" "));
        });
    }
});

describe("An option with a value for a snapshot type", () => {
    it("may come several times, and the last value of a type counts", () => {
        assert.deepEqual(
            [readCount("Day=2", readCount("Week=3", readCount("Day=1"))), readSchedule("a=b=rate(1 day)", { Day: "never" })],
            [
                { Day: 2, Week: 3 },
                { Day: "never", "a=b": "rate(1 day)" },
            ],
        );
    });

    for (const given of ["Day", "Day=", "=7", "Day=0", "Day=-1", "Day=1.5", "Day=x", "Day=7 ", "__proto__=7"]) {
        it(`is refused if it is "${given}"`, () => {
            assert.throws(() => readCount(given), { code: "commander.invalidArgument" });
        });
    }
});
