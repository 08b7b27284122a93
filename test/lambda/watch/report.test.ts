import assert from "node:assert/strict";
import stringWidth from "string-width";
import { type Finding, KINDS } from "../../../lambda/watch/finding";
import type { Health } from "../../../lambda/watch/health";
import { writeReport } from "../../../lambda/watch/report";
import { SETTINGS } from "./account";
import { arbitraryHealth, finding, findings, health, law } from "./sample";

/** A section of the report, without its title. */
function section(title: string, rest: Partial<Health>, settings = SETTINGS): string {
    const { text } = writeReport(health(rest), settings);
    const sections = text.split(/\n(?=[A-Z][A-Z ]+\n\n)|\n(?=All findings)/);
    return sections.find((one) => one.startsWith(`${title}\n\n`))?.slice(title.length + 2) ?? "";
}

function titles(rest: Partial<Health>): string[] {
    return writeReport(health(rest), SETTINGS).text.match(/^[A-Z][A-Z ]+$/gm) ?? [];
}

describe("A report", () => {
    it("has no sections for lists that are empty", () => {
        assert.deepEqual(titles({}), ["RESTORE POINTS", "CLEANER", "NEXT WINDOWS"]);
    });

    it("has problems first, and its sections in a fixed order", () => {
        const all = {
            findings: [finding("overdue"), finding("stopped", { severity: "note" })],
            recovered: [finding("failing")],
            servers: { watched: 1, ok: 0, excluded: [{ id: "i-1", name: "", reason: "" }] },
        };
        assert.deepEqual(titles(all), [
            "PROBLEMS",
            "RECOVERED SINCE THE LAST REPORT",
            "NOTES",
            "EXCLUDED SERVERS",
            "RESTORE POINTS",
            "CLEANER",
            "NEXT WINDOWS",
        ]);
    });

    it("begins with the time, the zone and the numbers", () => {
        const begin = (rest: Partial<Health>) => writeReport(health(rest), SETTINGS).text.split("\n").slice(0, 4);
        const head = ["Backups of policy prod-eu at 2027-03-05 08:00. Times are in Europe/Vienna,", "unless they say UTC."];
        assert.deepEqual(begin({}), [...head, "44 of 44 servers OK, no problems.", ""]);
        assert.deepEqual(begin({ findings: [finding("overdue")], recovered: [finding("failing")] }), [
            ...head,
            "44 of 44 servers OK, 1 problem, 1 recovered.",
            "",
        ]);
        assert.deepEqual(begin({ findings: findings(2, "overdue") }), [...head, "44 of 44 servers OK, 2 problems.", ""]);
    });

    it("names no other zone if the policy's is UTC", () => {
        const { text } = writeReport(health(), { ...SETTINGS, timezone: "UTC" });
        assert.equal(text.split("\n")[0], "Backups of policy prod-eu at 2027-03-05 07:00. Times are in UTC.");
    });

    it("ends with the place of the log", () => {
        assert.match(writeReport(health(), SETTINGS).text, /\n\nAll findings are in the log group \/vss-backup\/prod-eu\/watch\.\n$/);
    });

    it("groups problems by kind, in the order of their urgency", () => {
        const problems = [...findings(2, "overdue"), finding("window disabled"), finding("unread")];
        assert.equal(
            section("PROBLEMS", { findings: problems }),
            `unread: 1

- This is unread.
  Since 2027-03-05 07:00.
  Next: Look at unread.

overdue: 2

- This is overdue.
  Since 2027-03-05 07:00.
  Next: Look at overdue.

- This is overdue.
  Since 2027-03-05 07:00.
  Next: Look at overdue.

window disabled: 1

- This is window disabled.
  Since 2027-03-05 07:00.
  Next: Look at window disabled.
`,
        );
    });

    it("lists notes apart from problems", () => {
        const both = [finding("stopped"), finding("stopped", { severity: "note" })];
        const group = "stopped: 1\n\n- This is stopped.\n  Since 2027-03-05 07:00.\n  Next: Look at stopped.\n";
        assert.deepEqual([section("PROBLEMS", { findings: both }), section("NOTES", { findings: both })], [group, group]);
    });

    it("gives times in the policy's zone, also before a change of the clock", () => {
        const problem = finding("failing", { since: Date.parse("2027-03-28T00:59:00Z") });
        const after = finding("overdue", { since: Date.parse("2027-03-28T01:00:00Z") });
        assert.deepEqual(section("PROBLEMS", { findings: [after, problem] }).match(/Since .*/g), [
            "Since 2027-03-28 03:00.",
            "Since 2027-03-28 01:59.",
        ]);
    });

    it("shows 20 findings of a kind, and counts the others", () => {
        const count = (text: string) => [text.match(/^- /gm)?.length, text.match(/… .*/g) ?? [], /^overdue: \d+/.exec(text)?.[0]];
        assert.deepEqual(
            [20, 21, 51].map((number) => count(section("PROBLEMS", { findings: findings(number, "overdue") }))),
            [
                [20, [], "overdue: 20"],
                [20, ["… and 1 more; the log has all"], "overdue: 21"],
                [20, ["… and 31 more; the log has all"], "overdue: 51"],
            ],
        );
    });

    it("keeps a command in one line, and wraps words", () => {
        const cures = [
            "aws ec2 create-tags --resources i-0123456789abcdef0 --tags Key=VssBackup,Value=prod-eu Key=CostCenter,Value=4711",
            `Start it again, or find out why it was stopped, or say so: aws ec2 start-instances --instance-ids ${"i-0123456789abcdef0 ".repeat(4)}`,
            "On the server, run: Restart-Service AmazonSSMAgent",
            "Put it back with the program and the stack that made it, since both know all values: pulumi up",
        ];
        const texts = section("PROBLEMS", { findings: cures.map((cure) => finding("failing", { cure })) });
        assert.deepEqual(
            texts.split("\n\n- ").map((text) => text.split("\n").slice(2).join("\n").trimEnd()),
            [
                "",
                `  Next:
    aws ec2 create-tags --resources i-0123456789abcdef0 --tags Key=VssBackup,Value=prod-eu Key=CostCenter,Value=4711`,
                `  Next: Start it again, or find out why it was stopped, or say so:
    aws ec2 start-instances --instance-ids ${"i-0123456789abcdef0 ".repeat(4).trim()}`,
                "  Next: On the server, run: Restart-Service AmazonSSMAgent",
                `  Next: Put it back with the program and the stack that made it, since both know
  all values:
    pulumi up`,
            ],
        );
    });

    it("cuts a sentence after 600 characters", () => {
        const shown = (length: number) =>
            section("PROBLEMS", { findings: [finding("failing", { sentence: "y".repeat(length) })] }).replace(/[^y…]/g, "");
        assert.deepEqual([shown(600), shown(601)], ["y".repeat(600), `${"y".repeat(599)}…`]);
    });

    it("lists recoveries with their kind and time", () => {
        assert.equal(
            section("RECOVERED SINCE THE LAST REPORT", {
                recovered: [finding("window disabled", { sentence: "The window was disabled." })],
            }),
            "- window disabled since 2027-03-05 07:00, until now: The window was disabled.\n",
        );
    });

    it("lists excluded servers with their reasons", () => {
        const excluded = [
            { id: "i-1", name: "lab01", reason: "test server" },
            { id: "i-2", name: "", reason: " " },
            ...Array.from({ length: 20 }, (_, i) => ({ id: `i-${i + 3}`, name: "", reason: "" })),
        ];
        assert.deepEqual(section("EXCLUDED SERVERS", { servers: { watched: 1, ok: 1, excluded } }).split("\n"), [
            "- lab01 (i-1): test server",
            ...Array.from({ length: 19 }, (_, i) => `- i-${i + 2}: no reason given`),
            "… and 2 more",
            "",
        ]);
    });

    it("gives the newest restore point of each type, and how many servers have one", () => {
        const types = [...(health().types ?? []), { type: "Week", servers: 0 }];
        assert.equal(section("RESTORE POINTS", { types }), "Day: newest 2027-03-05 01:00, 44 of 44 servers\nWeek: none\n440 in all.\n");
    });

    it("says that restore points and cleaner are unknown if they could not be read", () => {
        const { types, restorePoints, cleaner, ...rest } = health({ findings: [finding("unread", { about: "cleanerRuns" })] });
        assert.equal(
            writeReport(rest, SETTINGS).text.split("Next: Look at unread.\n")[1],
            `
RESTORE POINTS

Unknown, because the servers or the snapshots could not be read.

CLEANER

Unknown, because its log could not be read.

All findings are in the log group /vss-backup/prod-eu/watch.
`,
        );
    });

    it("says that the cleaner has not run", () => {
        const { cleaner, ...rest } = health();
        assert.match(writeReport(rest, SETTINGS).text, /\nCLEANER\n\nIts log has no run\.\n\nNEXT/);
    });

    it("counts the snapshots of the cleaner's last run, and lists its errors", () => {
        const cleaner = {
            time: Date.parse("2027-03-05T06:00:00Z"),
            status: "FAILED" as const,
            errors: ["the listing broke off", "no time"],
            kept: 1,
            deleted: 2,
            failed: 3,
            remaining: 4,
            failedIds: ["snap-1"],
        };
        assert.equal(
            section("CLEANER", { cleaner }, { ...SETTINGS, reportOnly: true }),
            `Run of 2027-03-05 07:00: FAILED, 1 kept, 2 deleted, 3 refused, 4 left for the
next run.
It deletes nothing, because reportOnly is true.
- the listing broke off
- no time
`,
        );
    });

    it("says nothing of reportOnly if the cleaner may delete", () => {
        assert.equal(section("CLEANER", {}), "Run of 2027-03-05 07:00: OK, 880 kept, 88 deleted, 0 refused, 0 left for the\nnext run.\n");
    });

    it("gives the next windows", () => {
        const types = [
            ...(health().types ?? []),
            { type: "Hour", servers: 0 },
            { type: "Once", servers: 0 },
            { type: "__proto__", servers: 0 },
        ];
        const settings = { ...SETTINGS, schedules: { Hour: "rate(1 hour)", Once: "cron(0 1 1 1 ? 2026)" } };
        assert.equal(
            section("NEXT WINDOWS", { types }, settings),
            "Day: 2027-03-06 01:00\nHour: only AWS knows, because its schedule is a rate\nOnce: none\n__proto__: none\n",
        );
    });

    it("leaves out the last findings if it is too long for a mail, and keeps its end", () => {
        const problems = KINDS.flatMap((kind) =>
            findings(20, kind, { sentence: "バックアップ".repeat(100), cure: "バックアップ".repeat(100) }),
        );
        const { text } = writeReport(health({ findings: problems }), SETTINGS);
        const [head = "", end = ""] = text.split("\nThe report is too long for a mail, and is cut here; the log has all.\n\n");
        assert.deepEqual(
            [Buffer.byteLength(text) <= 240 * 1024, Buffer.byteLength(text) > 235 * 1024, head.endsWith("プ\n"), end.slice(0, 14)],
            [true, true, true, "RESTORE POINTS"],
        );
    });

    const isCommand = (line: string) => /^ {4}(aws|pulumi) /.test(line);
    law("has at most 80 columns, but for commands", arbitraryHealth, (one) => {
        const tooWide = writeReport(one, SETTINGS)
            .text.split("\n")
            .filter((line) => stringWidth(line) > 80 && !isCommand(line));
        assert.deepEqual(tooWide, []);
    });

    law("is shorter than 240 KiB, and has no half characters or control characters", arbitraryHealth, (one) => {
        const { text } = writeReport(one, SETTINGS);
        assert.equal(Buffer.byteLength(text) <= 240 * 1024, true);
        assert.doesNotMatch(text.replaceAll("\n", ""), /\p{C}/u);
    });

    law("is the same for the same health", arbitraryHealth, (one) => {
        assert.deepEqual(writeReport(structuredClone(one), SETTINGS), writeReport(one, SETTINGS));
    });

    law("names every kind of finding with its number", arbitraryHealth, (one) => {
        const { text } = writeReport(one, SETTINGS);
        const groupsOf = (all: readonly Finding[]) =>
            KINDS.map((kind) => [kind, all.filter((found) => found.kind === kind).length] as const).filter(([, count]) => count > 0);
        const expected = ["problem", "note"].flatMap((severity) => groupsOf(one.findings.filter((found) => found.severity === severity)));
        const shown = [...text.matchAll(/^([a-z][A-Za-z ]+): (\d+)$/gm)].map(([, kind, count]) => [kind, Number(count)]);
        assert.deepEqual(shown, expected);
    });
});
