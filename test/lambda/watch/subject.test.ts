import assert from "node:assert/strict";
import fc from "fast-check";
import { KINDS } from "../../../lambda/watch/finding";
import type { Health } from "../../../lambda/watch/health";
import { subjectOf } from "../../../lambda/watch/subject";
import { SETTINGS } from "./account";
import { arbitraryHealth, finding, findings, health, law } from "./sample";

function subject(rest: Partial<Health> = {}, { name } = { name: "prod-eu" }): string {
    return subjectOf(health(rest), { name });
}

describe("The subject of a report", () => {
    it("says only how many servers are OK if there is no problem", () => {
        assert.equal(subject(), "[prod-eu] 44 of 44 servers OK");
    });

    it("counts problems and recoveries, the most urgent first", () => {
        const problems = [
            ...findings(2, "overdue"),
            ...findings(2, "overdue", { type: "Week" }),
            finding("volume not covered", { server: "i-1", volume: "vol-1" }),
            finding("volume not covered", { server: "i-1", volume: "vol-2" }),
            finding("unread", { about: "nodes" }),
            finding("stopped", { severity: "note", server: "i-1" }),
        ];
        assert.equal(
            subject({ findings: problems, recovered: [finding("failing")], servers: { watched: 44, ok: 41, excluded: [] } }),
            "[prod-eu] 1 signal unread, 2 overdue, 2 not covered, 1 recovered, 41 of 44 servers OK",
        );
    });

    it("says that the servers are unknown if they could not be read", () => {
        const { servers, ...rest } = health({ findings: [finding("unread", { about: "servers" })] });
        assert.equal(subjectOf(rest, SETTINGS), "[prod-eu] 1 signal unread, servers unknown");
    });

    it("has words for one and several problems of each kind", () => {
        const words = (count: number) =>
            KINDS.map((kind) => subject({ findings: findings(count, kind) }).slice("[prod-eu] ".length, -", 44 of 44 servers OK".length));
        const [one, several] = [words(1), words(2)];
        assert.deepEqual(
            KINDS.map((kind, i) => [kind, one[i], several[i]]),
            [
                ["unread", "1 signal unread", "2 signals unread"],
                ["nobody targeted", "1 tag without servers", "2 tags without servers"],
                ["tag misspelled", "1 tag misspelled", "2 tags misspelled"],
                ["tag removed", "1 tag removed", "2 tags removed"],
                ["never backed up", "1 never backed up", "2 never backed up"],
                ["overdue", "1 overdue", "2 overdue"],
                ["failing", "1 failing", "2 failing"],
                ["volume not covered", "1 not covered", "2 not covered"],
                ["window missing", "1 window missing", "2 windows missing"],
                ["window disabled", "1 window disabled", "2 windows disabled"],
                ["window changed", "1 window changed", "2 windows changed"],
                ["window failed", "1 window failed", "2 windows failed"],
                ["window skipped", "1 window skipped", "2 windows skipped"],
                ["window never executed", "1 window never executed", "2 windows never executed"],
                ["not Windows", "1 not Windows", "2 not Windows"],
                ["no role", "1 without role", "2 without role"],
                ["too small", "1 too small", "2 too small"],
                ["not managed", "1 not managed", "2 not managed"],
                ["agent offline", "1 offline", "2 offline"],
                ["package failed", "1 package failed", "2 packages failed"],
                ["package missing", "1 package missing", "2 packages missing"],
                ["cleaner failed", "1 cleaner failed", "2 cleaners failed"],
                ["cleaner late", "1 cleaner late", "2 cleaners late"],
                ["cleaner held back", "1 cleaner held back", "2 cleaners held back"],
                ["subscription unconfirmed", "1 address unconfirmed", "2 addresses unconfirmed"],
                ["not recorded", "1 record missing", "2 records missing"],
                ["restore test failed", "1 restore test failed", "2 restore tests failed"],
                ["not tested", "1 not tested", "2 not tested"],
                ["stopped", "1 stopped", "2 stopped"],
                ["missed while stopped", "1 missed while stopped", "2 missed while stopped"],
                ["snapshots aging", "1 aging", "2 aging"],
            ],
        );
    });

    it("leaves out the least urgent counts if it gets too long", () => {
        const name = "p".repeat(40);
        const all = KINDS.flatMap((kind) => findings(1_000, kind));
        assert.equal(
            subject({ findings: all, servers: { watched: 1_000, ok: 0, excluded: [] } }, { name }),
            `[${name}] 1000 signals unread, 0 of 1000 servers OK`,
        );
    });

    it("may have 99 characters", () => {
        const problems = ["never backed up", "overdue", "failing"] as const;
        const [fits, tooLong] = [36, 37].map((length) =>
            subject({ findings: problems.map((kind) => finding(kind)) }, { name: "p".repeat(length) }),
        );
        assert.deepEqual(
            [fits, fits?.length, tooLong],
            [
                `[${"p".repeat(36)}] 1 never backed up, 1 overdue, 1 failing, 44 of 44 servers OK`,
                99,
                `[${"p".repeat(37)}] 1 never backed up, 1 overdue, 44 of 44 servers OK`,
            ],
        );
    });

    const name = fc.stringMatching(/^[\w-]{1,40}$/);
    law("is ASCII, and shorter than 100 characters", fc.tuple(arbitraryHealth, name), ([one, policy]) => {
        assert.match(subjectOf(one, { name: policy }), /^\[[\x20-\x7e]{1,98}$/);
    });
});
