import assert from "node:assert/strict";
import { isOfOtherPolicy, runComment, slug, typeOfComment } from "../../../lambda/watch/runComment";

const LONG = "x".repeat(64);

describe("The comment of a run", () => {
    it("names the policy and the snapshot type", () => {
        assert.equal(runComment("prod", "Day"), "VssBackupPolicy prod: day snapshots");
    });

    it("has at most 100 characters", () => {
        assert.equal(runComment("p".repeat(40), LONG), `VssBackupPolicy ${"p".repeat(40)}: ${"x".repeat(42)}`);
    });

    it("gives the type back, also if its end is cut", () => {
        const types = ["Day", "Every hour!", LONG];
        assert.deepEqual(
            types.map((type) => typeOfComment(runComment("p".repeat(40), type), "p".repeat(40), types)),
            types,
        );
    });

    it("gives no type if it names none, or if several types have the same comment", () => {
        const types = [`${LONG}a`, `${LONG}b`];
        const policy = "p".repeat(40);
        assert.deepEqual(
            [typeOfComment(runComment(policy, `${LONG}a`), policy, types), typeOfComment("", "prod", ["Day"])],
            [undefined, undefined],
        );
    });

    it("tells commands of other policies from those by hand", () => {
        const comments = [
            "VssBackupPolicy prod: day snapshots",
            "VssBackupPolicy prod-2: day snapshots",
            "VssBackupPolicy PROD: day snapshots",
            "VssBackupPolicy by hand: day",
            "of VssBackupPolicy prod-2: day snapshots",
            "",
        ];
        assert.deepEqual(
            comments.map((comment) => isOfOtherPolicy(comment, "prod")),
            [false, true, true, false, false, false],
        );
    });
});

describe("The form of a snapshot type in names", () => {
    it("has small letters, digits and dashes, and no dash at its ends", () => {
        assert.deepEqual(["Day", "Every 6 hours!", "(a) {b}", "A--B"].map(slug), ["day", "every-6-hours", "a-b", "a-b"]);
    });
});
