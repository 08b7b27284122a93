import type { Snapshot } from "../../../lambda/retention/snapshot";
import { assertRun, COMPLETE_REPORT, makeFourDays, NEEDED_IDS } from "../../support/account";
import { editXml, playAlways, playForAction } from "../../support/faults";

/** What EC2 lists, the tags of `snap-01c` in XML with more in front of them or behind. */
function withTags(edit: (tags: string) => string) {
    const own = /(<snapshotId>snap-01c<.*?<tagSet>)(.*?)(<\/tagSet>)/s;
    return playForAction(
        "DescribeSnapshots",
        playAlways(editXml((xml) => xml.replace(own, (_, before, tags, after) => `${before}${edit(tags)}${after}`))),
    );
}

function tag(key: string, value: string): string {
    return `<item><key>${key}</key><value>${value}</value></item>`;
}

/** Snapshots in which one has other tags. */
function tagged(id: string, tags: (own: Snapshot["tags"]) => Snapshot["tags"]): Snapshot[] {
    return makeFourDays().map((snapshot) => (snapshot.id === id ? { ...snapshot, tags: tags(snapshot.tags) } : snapshot));
}

const THIRD = "deleted: 3rd newest Day restore point, 2 are kept";

describe("The cleaner", () => {
    it("takes tags without a key or a value, and such as JavaScript has a meaning for, for what they are", async () => {
        const odd = "<item><value>x</value></item><item><key>k</key></item><item/>";
        await assertRun(
            makeFourDays(),
            { faults: withTags((tags) => `${odd}${tags}${tag("__proto__", "x")}${tag("constructor", "x")}`) },
            COMPLETE_REPORT,
            NEEDED_IDS,
        );
    });

    it("takes a tag that EC2 lists twice for one", async () => {
        await assertRun(makeFourDays(), { faults: withTags((tags) => tags + tags) }, COMPLETE_REPORT, NEEDED_IDS);
    });

    for (const [key, value] of [
        ["AppConsistent", "false"],
        ["SnapshotType", "Week"],
        ["AwsVssConfig", "of another run"],
        ["Name", "another"],
    ] as const) {
        it(`leaves a set alone, and does not count it, if EC2 lists the tag ${key} with two values`, async () => {
            const twice = (tags: string) => tag(key, "one") + tag(key, value) + tags;
            const why = `left: not finished, snap-01c is in state completed, with two values of the tag ${key}`;
            await assertRun(
                makeFourDays(),
                { faults: withTags(twice) },
                {
                    deleted: { "snap-29c": THIRD, "snap-29d": THIRD },
                    skipped: { "snap-01c": why, "snap-01d": why },
                    kept: {
                        "snap-30c": "kept: Day 2 of 2",
                        "snap-30d": "kept: Day 2 of 2",
                        "snap-31c": "kept: Day 1 of 2",
                        "snap-31d": "kept: Day 1 of 2",
                    },
                },
                ["snap-30c", "snap-30d", ...NEEDED_IDS],
            );
        });
    }

    it("manages with 20 tags and 50 of them", async () => {
        for (const count of [20, 50]) {
            const more = (own: Snapshot["tags"]) => ({
                ...Object.fromEntries(
                    Array.from({ length: count - Object.keys(own).length }, (_, i) => [`Cost center ${i}`, "é < & >".repeat(30)]),
                ),
                ...own,
            });
            await assertRun(tagged("snap-31d", more), {}, COMPLETE_REPORT, NEEDED_IDS);
        }
    });

    it("does not see snapshots without tags, or with those of another policy", async () => {
        const others = [
            ...tagged("snap-30c", () => ({})).filter(({ id }) => id === "snap-30c"),
            ...tagged("snap-30c", (own) => ({ ...own, VssBackupPolicy: "other" })).filter(({ id }) => id === "snap-30c"),
            ...tagged("snap-30c", (own) => ({ ...own, VssBackupPolicy: "PROD" })).filter(({ id }) => id === "snap-30c"),
        ].map((snapshot, i) => ({ ...snapshot, id: `snap-fff${i}` }));
        await assertRun([...makeFourDays(), ...others], {}, COMPLETE_REPORT, [...NEEDED_IDS, "snap-fff0", "snap-fff1", "snap-fff2"]);
    });

    it("leaves a set alone whose snapshot lacks the type", async () => {
        const { SnapshotType: _, ...rest } = makeFourDays()[4]?.tags ?? {};
        await assertRun(
            tagged("snap-31c", () => rest),
            {},
            {
                deleted: { "snap-29c": THIRD, "snap-29d": THIRD },
                skipped: {
                    "snap-31c": "left: its set has no single SnapshotType",
                    "snap-31d": "left: its set has no single SnapshotType",
                },
                kept: {
                    "snap-30c": "kept: Day 2 of 2",
                    "snap-30d": "kept: Day 2 of 2",
                    "snap-01c": "kept: Day 1 of 2",
                    "snap-01d": "kept: Day 1 of 2",
                },
            },
            ["snap-30c", "snap-30d", ...NEEDED_IDS],
        );
    });
});
