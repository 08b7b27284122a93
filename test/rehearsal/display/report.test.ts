import assert from "node:assert/strict";
import stringWidth from "string-width";
import { writeText } from "../../../rehearsal/display/report";
import { DEPLOYMENT, makeResource, makeRestorePoint, makeRun, OPTIONS, REHEARSAL, splitLines } from "./sample";

describe("The report of a rehearsal", () => {
    it("fits 80 columns, with long names too", () => {
        const types = ["Day", "Week".repeat(30), "毎週のバックアップ".repeat(5)];
        const timezone = "America/Argentina/ComodRivadavia";
        const arn = `arn:aws:iam::123456789012:role/${"r".repeat(64)}`;
        const runs = types.map((type) => makeRun(type, "2027-02-01T01:00", "i-1", `User: ${arn} may not call ssm:SendCommand on ${arn}`));
        const restorable = types.map((type) => ({ ...makeRestorePoint(type, "2027-01-31T01:00", "i-1"), standsInFor: types }));
        const broken = [`${arn} and ${arn} were deleted`];
        const resources = [...DEPLOYMENT.resources, makeResource(`aws:${"a".repeat(60)}:Topic`, `prod-email-${"b".repeat(200)}`)];
        const text = writeText(
            { ...DEPLOYMENT, stack: "s".repeat(100), resources },
            { ...REHEARSAL, types, timezone, runs, restorable, broken },
            { ...OPTIONS, start: Date.UTC(2027, 0, 1), days: 365, servers: 1000, volumes: 127, unmounted: 126 },
        );
        assert.deepEqual(
            splitLines(text).filter((line) => stringWidth(line) > 80),
            [],
        );
    });
});
