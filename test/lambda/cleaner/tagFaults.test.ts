import type { Snapshot } from "../../../lambda/retention/snapshot";
import { assertRun, COMPLETE_REPORT, makeFourDays, NEEDED_IDS } from "../../support/account";
import { editXml, playAlways, playForAction } from "../../support/faults";

/** Edits the XML of the tags of `snap-01c` in EC2's list. */
function editTags(edit: (tags: string) => string) {
    const tagsOfSnapshot = /(<snapshotId>snap-01c<.*?<tagSet>)(.*?)(<\/tagSet>)/s;
    return playForAction(
        "DescribeSnapshots",
        playAlways(editXml((xml) => xml.replace(tagsOfSnapshot, (_, before, tags, after) => `${before}${edit(tags)}${after}`))),
    );
}

function makeTag(key: string, value: string): string {
    return `<item><key>${key}</key><value>${value}</value></item>`;
}

/** Changes the tags of one snapshot of `makeFourDays`. */
function changeTags(id: string, tags: (old: Snapshot["tags"]) => Snapshot["tags"]): Snapshot[] {
    return makeFourDays().map((snapshot) => (snapshot.id === id ? { ...snapshot, tags: tags(snapshot.tags) } : snapshot));
}

const THIRD = "deleted: 3rd newest Day restore point, 2 are kept";

describe("The cleaner", () => {
    it("reads tags without a key or a value, and keys that have a meaning in JavaScript", async () => {
        const odd = "<item><value>x</value></item><item><key>k</key></item><item/>";
        await assertRun(
            makeFourDays(),
            { faults: editTags((tags) => `${odd}${tags}${makeTag("__proto__", "x")}${makeTag("constructor", "x")}`) },
            COMPLETE_REPORT,
            NEEDED_IDS,
        );
    });

    it("counts a tag once if EC2 lists it twice", async () => {
        await assertRun(makeFourDays(), { faults: editTags((tags) => tags + tags) }, COMPLETE_REPORT, NEEDED_IDS);
    });

    for (const [key, value] of [
        ["AppConsistent", "false"],
        ["SnapshotType", "Week"],
        ["AwsVssConfig", "of another run"],
        ["Name", "another"],
    ] as const) {
        it(`leaves a set alone and does not count it if EC2 lists two values of the tag ${key}`, async () => {
            const twice = (tags: string) => makeTag(key, "one") + makeTag(key, value) + tags;
            const why = `left: not finished, snap-01c is in state completed, with two values of the tag ${key}`;
            await assertRun(
                makeFourDays(),
                { faults: editTags(twice) },
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

    it("reads 20 and 50 tags of a snapshot", async () => {
        for (const count of [20, 50]) {
            const more = (old: Snapshot["tags"]) => ({
                ...Object.fromEntries(
                    Array.from({ length: count - Object.keys(old).length }, (_, i) => [`Cost center ${i}`, "é < & >".repeat(30)]),
                ),
                ...old,
            });
            await assertRun(changeTags("snap-31d", more), {}, COMPLETE_REPORT, NEEDED_IDS);
        }
    });

    it("does not list snapshots without tags, or with the tags of another policy", async () => {
        const others = [
            ...changeTags("snap-30c", () => ({})).filter(({ id }) => id === "snap-30c"),
            ...changeTags("snap-30c", (old) => ({ ...old, VssBackupPolicy: "other" })).filter(({ id }) => id === "snap-30c"),
            ...changeTags("snap-30c", (old) => ({ ...old, VssBackupPolicy: "PROD" })).filter(({ id }) => id === "snap-30c"),
        ].map((snapshot, i) => ({ ...snapshot, id: `snap-fff${i}` }));
        await assertRun([...makeFourDays(), ...others], {}, COMPLETE_REPORT, [...NEEDED_IDS, "snap-fff0", "snap-fff1", "snap-fff2"]);
    });

    it("leaves a set alone if a snapshot has no type", async () => {
        const { SnapshotType: _, ...rest } = makeFourDays()[4]?.tags ?? {};
        await assertRun(
            changeTags("snap-31c", () => rest),
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
