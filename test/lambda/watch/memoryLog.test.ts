import assert from "node:assert/strict";
import { KINDS } from "../../../lambda/watch/finding";
import type { Memory } from "../../../lambda/watch/memory";
import { memoryLines, readMemory } from "../../../lambda/watch/memoryLog";
import { findLongLines } from "../../support/logLines";
import { HOUR, MEMORY, MORNING } from "./account";
import { arbitraryMemory, finding, findings, law, memory } from "./sample";

const LINE = 48 * 1024;

/** A memory of several lines. */
const LONG = memory({
    firstSeen: Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`i-${String(i).padStart(17, "0")}`, MORNING])),
    findings: findings(500, "overdue", { type: "Day" }),
    chatReported: findings(100, "failing"),
});

function lines(...memories: readonly Memory[]): string[] {
    return memories.flatMap((one) => memoryLines("prod-eu", one));
}

/** The line of a memory with other values. */
function changed(values: Readonly<Record<string, unknown>>, one = memory()): string {
    return JSON.stringify({ ...JSON.parse(memoryLines("prod-eu", one)[0] as string), ...values });
}

/** The memory without texts that are longer than a line can hold. */
function bounded(one: Memory): Memory {
    const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
    return JSON.parse(JSON.stringify(one), (key, value) =>
        typeof value === "string" && !["schedule", "value"].includes(key)
            ? cut(value, ["sentence", "cure"].includes(key) ? 2_000 : 300)
            : value,
    );
}

describe("The memory in the log", () => {
    it("is one line of JSON if it is short", () => {
        assert.deepEqual(
            lines(MEMORY).map((line) => JSON.parse(line)),
            [
                {
                    Watch: "prod-eu",
                    Time: "2027-03-05T06:00:00.000Z",
                    Memory: "588420bad38e9e3e",
                    Part: 1,
                    Parts: 1,
                    Since: Date.parse("2027-01-01T00:00:00Z"),
                    ReportDue: false,
                    ReportedAt: MORNING - 24 * HOUR,
                    FirstSeen: Object.entries(MEMORY.firstSeen),
                    Schedules: Object.entries(MEMORY.schedules).map(([type, { schedule, since }]) => [type, schedule, since]),
                    Excused: Object.entries(MEMORY.excused),
                    Reported: MEMORY.reported,
                },
            ],
        );
    });

    it("is read back as it was", () => {
        assert.deepEqual(readMemory(lines(MEMORY)), MEMORY);
        assert.deepEqual(readMemory(lines(LONG)), LONG);
    });

    it("is read back if the log's lines end with line breaks, are mixed with others, and come in another order", () => {
        const others = [
            "START RequestId: 1",
            "",
            "{",
            "null",
            "[]",
            '"text"',
            '{"_aws":{},"Policy":"prod-eu"}',
            '{"WatchReport":"prod-eu"}',
        ];
        assert.deepEqual(readMemory([...others, ...lines(LONG).toReversed(), ...others].map((line) => `${line}\n`)), LONG);
    });

    it("is undefined if there is none", () => {
        assert.equal(readMemory([]), undefined);
    });

    it("is the newest one, whatever the order of the lines", () => {
        const [older, newer] = [memory(), memory({ time: MORNING + HOUR })];
        assert.deepEqual([readMemory(lines(older, newer)), readMemory(lines(newer, older))], [newer, newer]);
    });

    it("of two runs at the same time is the one that knows of the later report", () => {
        const hourly = memory({ firstSeen: { "i-1": MORNING }, reportedAt: MORNING - 24 * HOUR });
        const reporting = memory({ reportedAt: MORNING });
        const first = memory({ firstSeen: { "i-1": MORNING } });
        assert.deepEqual(
            [readMemory(lines(hourly, reporting)), readMemory(lines(reporting, hourly)), readMemory(lines(reporting, first))],
            [reporting, reporting, reporting],
        );
    });

    it("has the latest report, also if the newest run does not know of it", () => {
        const chat = { chatReported: findings(1, "stopped"), chatDue: true } as const;
        const sent = memory({ reported: findings(1, "overdue"), reportedAt: MORNING, reportDue: true, ...chat });
        const before = memory({ reported: findings(1, "failing"), reportedAt: MORNING - 24 * HOUR, chatReported: [], chatDue: true });
        const newest = { ...before, time: MORNING + 5_000, firstSeen: { "i-1": MORNING }, findings: findings(2, "overdue") };
        const { time, firstSeen, findings: found } = newest;
        const expected = { ...sent, time, firstSeen, findings: found };
        assert.deepEqual([readMemory(lines(sent, newest)), readMemory(lines(newest, sent))], [expected, expected]);
    });

    it("has nothing of the report before if the latest one reached all channels", () => {
        const sent = memory({ reportedAt: MORNING });
        const newest = memory({ time: MORNING + 5_000, reportDue: true, chatReported: findings(1, "failing"), chatDue: true });
        assert.deepEqual(readMemory(lines(sent, newest)), { ...sent, time: MORNING + 5_000 });
    });

    it("has the newest state of the latest report", () => {
        const failed = memory({ reportedAt: MORNING, reportDue: true });
        const retried = memory({ time: MORNING + HOUR, reportedAt: MORNING });
        const unaware = memory({ time: MORNING + HOUR + 5_000, reportDue: true, reportedAt: MORNING - 24 * HOUR });
        const expected = { ...retried, time: unaware.time };
        assert.deepEqual([readMemory(lines(failed, retried, unaware)), readMemory(lines(unaware, retried, failed))], [expected, expected]);
    });

    it("of two runs that are equally new is the one that ended last", () => {
        const [failed, retried] = [memory({ reportedAt: MORNING, reportDue: true }), memory({ reportedAt: MORNING })];
        assert.deepEqual([readMemory(lines(failed, retried)), readMemory(lines(retried, failed))], [retried, failed]);
    });

    it("of two runs at the same time is never mixed", () => {
        const other = { ...LONG, findings: findings(500, "overdue", { type: "Week" }) };
        const [a, b] = [lines(LONG), lines(other)];
        assert.equal(a.length > 2 && b.length > 2, true);
        assert.deepEqual(readMemory([...a.slice(0, -1), ...b]), other);
        assert.deepEqual(readMemory(a.flatMap((line, i) => [b[i] as string, line])), LONG);
    });

    it("does not count if one of its lines is missing", () => {
        const before = memory({ time: MORNING - HOUR });
        const parts = lines(LONG);
        assert.deepEqual(
            parts.map((_, i) => readMemory([...lines(before), ...parts.filter((_part, other) => other !== i)])),
            parts.map(() => before),
        );
    });

    it("counts once if its lines come twice", () => {
        assert.deepEqual(readMemory([...lines(LONG), ...lines(LONG)]), LONG);
    });

    it("does not count if it is of a time after the present", () => {
        const [now, future] = [memory(), memory({ time: MORNING + 1 })];
        assert.deepEqual([readMemory(lines(now, future), MORNING), readMemory(lines(future), MORNING)], [now, undefined]);
    });

    it("does not count if a value can't be right", () => {
        const one = finding("overdue");
        const wrong: readonly Record<string, unknown>[] = [
            { Watch: 1 },
            { Time: "yesterday" },
            { Time: 1 },
            { Memory: null },
            { Part: 0 },
            { Part: 1.5 },
            { Part: "1" },
            { Part: 2 },
            { Parts: 0 },
            { Parts: 2 },
            { Since: "1" },
            { Since: null },
            { Since: 9e15 },
            { ReportDue: "false" },
            { ReportDue: undefined },
            { ReportedAt: "1" },
            { ReportedAt: null },
            { ChatDue: false },
            { FirstSeen: { "i-1": 1 } },
            { FirstSeen: [["i-1", "1"]] },
            { FirstSeen: [[1, 1]] },
            { FirstSeen: [["i-1", 1, 1]] },
            { FirstSeen: ["i1"] },
            { Schedules: [["Day", 1, 1]] },
            { Schedules: [[1, "cron(0 1 ? * * *)", 1]] },
            { Schedules: [["Day", "cron(0 1 ? * * *)"]] },
            { Schedules: [["Day", "cron(0 1 ? * * *)", "1"]] },
            { Schedules: [["Day", "cron(0 1 ? * * *)", 1, 1]] },
            { Schedules: [{ 0: "Day", 1: "cron(0 1 ? * * *)", 2: 1 }] },
            { Schedules: [{ 0: "Day", 1: "cron(0 1 ? * * *)", 2: 1, length: 3 }] },
            { Excused: [["i-1|Day", 1]] },
            { Excused: [["i-1|Day", ["1"]]] },
            { Excused: [[1, [1]]] },
            { Excused: [["i-1|Day", [1], 1]] },
            { Excused: [null] },
            { Findings: {} },
            { Findings: [null] },
            { Findings: ["overdue"] },
            { Findings: [{ ...one, kind: 1 }] },
            { Findings: [{ ...one, severity: "error" }] },
            { Findings: [{ ...one, since: "1" }] },
            { Findings: [{ ...one, sentence: undefined }] },
            { Findings: [{ ...one, cure: 1 }] },
            ...["server", "volume", "type", "about"].map((subject) => ({ Findings: [{ ...one, [subject]: 1 }] })),
            { Reported: [{ ...one, kind: undefined }] },
            { ChatReported: [1] },
        ];
        assert.deepEqual(
            wrong.filter((values) => readMemory([changed(values)]) !== undefined),
            [],
        );
    });

    it("leaves out findings of kinds that this version does not know", () => {
        const [known, unknown] = [finding("overdue"), { ...finding("overdue"), kind: "disk on fire" }];
        const mixed = changed({ Findings: [unknown, known], Reported: [unknown], ChatReported: [known, unknown] });
        assert.deepEqual(readMemory([mixed]), memory({ findings: [known], chatReported: [known] }));
    });

    it("keeps the fields of an empty report of the chat", () => {
        const one = memory({ chatReported: [], chatDue: true });
        assert.deepEqual(readMemory(lines(one)), one);
    });

    it("has lines that are nearly full", () => {
        const sizes = lines(LONG).map((line) => Buffer.byteLength(line));
        assert.deepEqual(
            sizes.slice(0, -1).filter((size) => size < LINE - 1_000 || size >= LINE),
            [],
        );
    });

    it("of 1,000 servers with problems of each kind is read back", () => {
        const all = KINDS.flatMap((kind) => findings(1_000, kind, { volume: "vol-0123456789abcdef0" }));
        const one = memory({ findings: all, reported: all });
        const written = lines(one);
        assert.deepEqual(findLongLines(written.join("\n"), LINE), []);
        assert.deepEqual(readMemory(written), one);
    });

    it("fits into lines if all characters of all findings are escaped", () => {
        const [word, text] = ["\u0001".repeat(300), "\u0001".repeat(2_000)];
        const one = finding("failing", { server: word, volume: word, type: word, about: word, sentence: text, cure: text });
        const written = lines(memory({ findings: [one, one], reported: [one] }));
        assert.deepEqual(findLongLines(written.join("\n"), LINE), []);
        assert.deepEqual([readMemory(written)?.findings, written.length], [[one, one], 3]);
    });

    it("cuts sentences and cures after 2,000 characters, and other texts after 300", () => {
        const texts = (long: number, short: number) => ({
            server: "s".repeat(short),
            volume: "v".repeat(short),
            type: "t".repeat(short),
            about: "a".repeat(short),
            sentence: "s".repeat(long),
            cure: "c".repeat(long),
        });
        const [whole, long] = [finding("failing", texts(2_000, 300)), finding("failing", texts(2_001, 301))];
        const shortened = Object.fromEntries(Object.entries(texts(1_999, 299)).map(([key, text]) => [key, `${text}…`]));
        assert.deepEqual(readMemory(lines(memory({ findings: [whole, long] })))?.findings, [whole, { ...whole, ...shortened }]);
    });

    law("is read back as it was, whatever it holds", arbitraryMemory, (one) => {
        assert.deepEqual(readMemory(lines(one)), bounded(one));
    });

    law("has lines under 48 KiB, each of them JSON with the name of the policy", arbitraryMemory, (one) => {
        const written = lines(one);
        assert.deepEqual(findLongLines(written.join("\n"), LINE), []);
        assert.deepEqual(new Set(written.map((line) => JSON.parse(line).Watch)), new Set(["prod-eu"]));
    });
});
