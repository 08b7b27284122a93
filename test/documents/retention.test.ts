import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULTS } from "../../components/defaults";
import { report } from "../../lambda/cleaner/report";
import { periodsOf } from "../../lambda/retention/periods";
import { planCleaning } from "../../lambda/retention/plan";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { backUp, POLICY } from "../support/history";

const FILE = join(__dirname, "..", "..", "docs", "retention.md");
const TEXT = readFileSync(FILE, "utf8");
const POLICY_OF_EXAMPLES = { ...POLICY, retention: { Day: 5, Month: 2 }, standIns: true };

function blocks(language: string): string[] {
    return [...TEXT.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, given]) => given === language).map(([, , text]) => text ?? "");
}

const days = (month: string, from: number, to: number, volumes = ["c"]) =>
    Array.from({ length: to - from + 1 }, (_, i) => backUp({ at: `2027-${month}-${String(from + i).padStart(2, "0")}`, volumes })).flat();
const month = (at: string, sketch = {}) => backUp({ type: "Month", at, volumes: ["c"], ...sketch });

function plan(snapshots: readonly Snapshot[], now: string) {
    return planCleaning(snapshots, POLICY_OF_EXAMPLES, Date.parse(now));
}

describe("docs/retention.md", () => {
    it("shows reasons of the plan", () => {
        const missed = [...days("03", 31, 31), ...days("04", 1, 6)];
        const byHand = ["2027-03-10", "2027-03-11", "2027-03-12"].flatMap((at) => month(at));
        const reasons = new Set(
            [
                plan(missed, "2027-04-06T07:00Z"),
                plan([...missed, ...month("2027-03-01T05:00", { state: "pending" })], "2027-04-06T07:00Z"),
                plan([...month("2027-01-01T05:00"), ...month("2027-02-01T05:00"), ...byHand], "2027-03-12T07:00Z"),
                plan([...days("04", 1, 1, ["c", "d"]), ...days("04", 2, 6)], "2027-04-06T07:00Z"),
                plan(days("04", 1, 4), "2027-04-04T07:00Z"),
                plan([...days("04", 1, 3), ...month("2027-04-01T05:00"), ...days("04", 4, 9)], "2027-04-09T07:00Z"),
            ].flatMap(({ decisions }) => decisions.map(({ reason }) => reason)),
        );
        const [shown = ""] = blocks("text");
        assert.deepEqual(
            shown
                .trimEnd()
                .split("\n")
                .filter((line) => !reasons.has(line)),
            [],
        );
    });

    it("shows the example as the plan decides it", () => {
        const rows = [...TEXT.matchAll(/^\| (Day|Month), ([\d-]+) \| `(.*)` \|$/gm)].map(([, ...cells]) => cells.join(" "));
        const failed = month("2027-03-01T05:00", { consistent: "False" });
        const months = ["01", "02", "04"].flatMap((number) => month(`2027-${number}-01T05:00`));
        const { decisions } = plan([...days("03", 31, 31), ...days("04", 1, 7), ...months, ...failed], "2027-04-07T07:00Z");
        const lines = decisions.map(
            ({ snapshot: { tags, startTime }, reason }) =>
                `${tags.SnapshotType} ${new Date(startTime).toISOString().slice(0, 10)} ${reason}`,
        );
        assert.deepEqual(
            rows,
            lines.filter((line) => !/failed|Day \d of 5/.test(line)),
        );
        assert.equal(TEXT.includes("| Day, 2027-04-03 to 2027-04-07 | `kept: Day 5 of 5` to `kept: Day 1 of 5` |"), true);
        assert.deepEqual(
            lines.slice(-5),
            [5, 4, 3, 2, 1].map((rank) => `Day 2027-04-0${8 - rank} kept: Day ${rank} of 5`),
        );
    });

    it("shows a stand-in of the report", () => {
        const [snapshot] = backUp({ at: "2027-03-31", volumes: ["c"] });
        assert.ok(snapshot);
        const one = { ...snapshot, id: "snap-0123456789abcdef0" };
        const { StandIns } = report(
            { policy: "prod", time: 0, reportOnly: false },
            planCleaning([one], POLICY_OF_EXAMPLES, Date.parse("2027-04-06T07:00Z")),
            [],
            [],
        );
        assert.deepEqual(
            blocks("json").map((text) => JSON.parse(text)),
            StandIns,
        );
    });

    it("holds a snapshot with the policy's hold tag", () => {
        assert.deepEqual(
            blocks("sh").map((text) => /Key=(\w+)/.exec(text)?.[1]),
            [DEFAULTS.hold, DEFAULTS.hold],
        );
    });

    it("names the periods of schedules", () => {
        const rows = [...TEXT.matchAll(/^\| `(cron\(.*?\))` \| (.*?)(?:,.*)? \|$/gm)].map(([, schedule = "", period]) => {
            const found = periodsOf(schedule, "UTC")?.at(Date.parse("2027-02-10"));
            return [period, found && Math.round((found.end - found.start) / 86_400_000)];
        });
        assert.deepEqual(rows, [
            ["ISO week", 7],
            ["month", 28],
            ["half a year", 181],
            ["year", 365],
        ]);
    });

    it("names the defaults as they are", () => {
        const rows = [...TEXT.matchAll(/^\| `(\w+)` \| (\d+) \| .* at (\d\d):(\d\d) \|$/gm)];
        const { schedules } = DEFAULTS;
        assert.deepEqual(Object.fromEntries(rows.map(([, type, count]) => [type, Number(count)])), DEFAULTS.retention);
        assert.deepEqual(
            rows.map(([, , , hour, minute]) => `cron(${Number(minute)} ${Number(hour)}`),
            [schedules.Day, schedules.Week, schedules.Month].map((schedule) => schedule.split(" ").slice(0, 2).join(" ")),
        );
        assert.deepEqual(
            [/`failedSetGraceHours`: (\d+) hours by default/, /It is `(\w+)` by default/].map((value) => value.exec(TEXT)?.[1]),
            [String(DEFAULTS.failedSetGraceHours), String(DEFAULTS.standIns)],
        );
    });

    it("links to files and headings that exist", () => {
        const headings = [...TEXT.matchAll(/^#+ (.*)$/gm)].map(
            ([, text = ""]) =>
                `#${text
                    .toLowerCase()
                    .replace(/[^\w\s-]/g, "")
                    .replace(/\s/g, "-")}`,
        );
        const links = [...TEXT.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
        assert.deepEqual(
            links.filter((link) => (link.startsWith("#") ? !headings.includes(link) : !existsSync(join(dirname(FILE), link)))),
            [],
        );
    });
});
