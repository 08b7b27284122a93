import assert from "node:assert/strict";
import { dataOf } from "../../../rehearsal/embeddedAws/embeddedMetrics";

const NOW = Date.UTC(2027, 0, 1, 8);

const DIRECTIVE = { Namespace: "VssBackup", Dimensions: [["Policy"]], Metrics: [{ Name: "Servers", Unit: "Count" }, { Name: "Overdue" }] };

function line(document: object, directive: object = DIRECTIVE, Timestamp: unknown = NOW - 5000): string {
    return JSON.stringify({ _aws: { Timestamp, CloudWatchMetrics: [directive] }, ...document });
}

const VALUES = { Policy: "prod", Servers: 44, Overdue: 2 };

describe("Metrics in a log", () => {
    it("are read with their namespace, dimensions and time", () => {
        const datum = { namespace: "VssBackup", dimensions: { Policy: "prod" }, time: NOW - 5000, arrival: NOW };
        assert.deepEqual(dataOf(line(VALUES), NOW), [
            { ...datum, metric: "Servers", value: 44 },
            { ...datum, metric: "Overdue", value: 2 },
        ]);
    });

    it("are read once for each set of dimensions, and once for each value of a list", () => {
        const directive = { ...DIRECTIVE, Dimensions: [["Policy"], []], Metrics: [{ Name: "Servers" }] };
        assert.deepEqual(
            dataOf(line({ Policy: "prod", Servers: [1, 2] }, directive), NOW).map(({ dimensions, value }) => [dimensions, value]),
            [
                [{ Policy: "prod" }, 1],
                [{ Policy: "prod" }, 2],
                [{}, 1],
                [{}, 2],
            ],
        );
    });

    it("may be 14 days old, and of 2 hours later", () => {
        const times = [NOW - 14 * 86_400_000, NOW + 7_200_000];
        assert.deepEqual(
            times.map((time) => dataOf(line(VALUES, DIRECTIVE, time), NOW)[0]?.time),
            times,
        );
    });

    for (const text of ["START RequestId: 1", "7", "null", "[1]", '{"Watch":"prod"}']) {
        it(`are none in the line ${text}`, () => {
            assert.deepEqual(dataOf(text, NOW), []);
        });
    }

    for (const [fault, text, says] of [
        ["without a time", line(VALUES, DIRECTIVE, "now"), /not in the embedded metric format/],
        ["of more than 14 days ago", line(VALUES, DIRECTIVE, NOW - 14 * 86_400_000 - 1), /refuses metrics of 2026-12-18T07:59:59.999Z/],
        ["of more than 2 hours later", line(VALUES, DIRECTIVE, NOW + 7_200_001), /refuses metrics of 2027-01-01T10:00:00.001Z/],
        ["without a dimension's value", line({ Servers: 1, Overdue: 1 }), /no valid Policy/],
        ["with a text as value", line({ ...VALUES, Servers: "1" }), /no valid Servers/],
        ["without dimensions", line(VALUES, { ...DIRECTIVE, Dimensions: undefined }), /not in the embedded metric format/],
        ["with 101 metrics", line(VALUES, { ...DIRECTIVE, Metrics: Array(101).fill({ Name: "Servers" }) }), /not in the embedded/],
    ] as const) {
        it(`are refused ${fault}`, () => {
            assert.throws(() => dataOf(text, NOW), says);
        });
    }
});
