import fc from "fast-check";
import { type Finding, KINDS, type Kind } from "../../../lambda/watch/finding";
import type { Health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import { HISTORIES } from "../../support/sample";
import { HOUR, MORNING } from "./account";

/** A problem of a kind. */
export function finding(kind: Kind, rest: Partial<Finding> = {}): Finding {
    return { kind, severity: "problem", since: MORNING - HOUR, sentence: `This is ${kind}.`, cure: `Look at ${kind}.`, ...rest };
}

/** As many problems of a kind, each on a server of its own. */
export function findings(count: number, kind: Kind, rest: Partial<Finding> = {}): Finding[] {
    return Array.from({ length: count }, (_, i) => finding(kind, { server: `i-${String(i).padStart(17, "0")}`, ...rest }));
}

export function memory(rest: Partial<Memory> = {}): Memory {
    return {
        time: MORNING,
        since: MORNING - 48 * HOUR,
        firstSeen: {},
        options: {},
        schedules: {},
        excused: {},
        findings: [],
        reported: [],
        reportDue: false,
        ...rest,
    };
}

/** The health of 44 servers without findings. */
export function health(rest: Partial<Health> = {}): Health {
    return {
        time: MORNING,
        findings: [],
        recovered: [],
        types: [{ type: "Day", newest: MORNING - 7 * HOUR, servers: 44, nextWindow: MORNING + 17 * HOUR }],
        servers: { watched: 44, ok: 44, excluded: [] },
        restorePoints: 440,
        oldestNewestHours: 7,
        cleaner: { time: MORNING - HOUR, status: "OK", errors: [], kept: 880, deleted: 88, failed: 0, remaining: 0, failedIds: [] },
        memory: memory(),
        ...rest,
    };
}

/** Texts as in names and outputs: words, other alphabets, line breaks, long words, halves of characters. */
const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc
        .array(fc.constantFrom("backup", "バックアップ", "👩‍💻", "\n", "\t", "\ud800", "<!channel>", '"', "\u0001", "é"), { maxLength: 60 })
        .map((words) => words.join(" ")),
    fc.constantFrom("x".repeat(500), "長".repeat(700), "", " ", "aws ec2 describe-instances", "Look: aws ec2 describe-instances"),
);

const time = fc.integer({ min: Date.parse("1970-01-01"), max: Date.parse("2999-12-31") });
const id = fc.integer({ min: 0, max: 50 }).map((number) => `i-${String(number).padStart(17, "0")}`);

const arbitraryFinding: fc.Arbitrary<Finding> = fc.record(
    {
        kind: fc.constantFrom(...KINDS),
        severity: fc.constantFrom("problem", "problem", "note"),
        server: id,
        volume: id,
        type: fc.constantFrom("Day", "Week"),
        about: text,
        since: time,
        sentence: text,
        cure: text,
    },
    { requiredKeys: ["kind", "severity", "since", "sentence", "cure"] },
);

const arbitraryFindings = fc.array(arbitraryFinding, { maxLength: 60, size: "max" });

const dictionary = <T>(value: fc.Arbitrary<T>) =>
    fc.dictionary(fc.oneof(id, fc.constantFrom("Day", "2027", "__proto__")), value, { maxKeys: 50 });

export const arbitraryMemory: fc.Arbitrary<Memory> = fc.record(
    {
        time,
        since: time,
        firstSeen: dictionary(time),
        serversAt: time,
        options: dictionary(fc.record({ value: text, since: time })),
        schedules: dictionary(fc.record({ schedule: text, since: time })),
        excused: dictionary(fc.array(time, { maxLength: 5 })),
        findings: arbitraryFindings,
        reported: arbitraryFindings,
        reportDue: fc.boolean(),
        reportedAt: time,
        chatReported: arbitraryFindings,
        chatDue: fc.constant(true),
    },
    { requiredKeys: ["time", "since", "firstSeen", "options", "schedules", "excused", "findings", "reported", "reportDue"] },
);

const count = fc.integer({ min: 0, max: 100_000 });

export const arbitraryHealth: fc.Arbitrary<Health> = fc.record(
    {
        time,
        findings: arbitraryFindings,
        recovered: arbitraryFindings,
        types: fc.array(fc.record({ type: text, newest: time, servers: count, nextWindow: time }, { requiredKeys: ["type", "servers"] }), {
            maxLength: 5,
        }),
        servers: fc.record({
            watched: count,
            ok: count,
            excluded: fc.array(fc.record({ id, name: text, reason: text }), { maxLength: 30 }),
        }),
        restorePoints: count,
        oldestNewestHours: fc.double({ min: 0, max: 1e6, noNaN: true }),
        cleaner: fc.record({
            time,
            status: fc.constantFrom("OK", "PARTIAL", "FAILED"),
            errors: fc.array(text, { maxLength: 3 }),
            kept: count,
            deleted: count,
            failed: count,
            remaining: count,
            failedIds: fc.constant([]),
        }),
        memory: arbitraryMemory,
    },
    { requiredKeys: ["time", "findings", "recovered", "memory"] },
);

/** Checks a law on random values. */
export function law<T>(sentence: string, values: fc.Arbitrary<T>, holds: (value: T) => void) {
    it(sentence, () => {
        fc.assert(fc.property(values, holds), { numRuns: HISTORIES });
    });
}
