import assert from "node:assert/strict";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import type { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import { ALL_IDS, assertRun, COMPLETE_REPORT, DELETED_LINES, KEPT_LINES, makeFourDays, NEEDED_IDS } from "../../support/account";
import { storeSnapshots } from "../../support/cleaning";
import { accessDenied, playAlways, playForAction, playForSnapshot, refuse } from "../../support/faults";

const IN_USE = "InvalidSnapshot.InUse";
const DENIED = "UnauthorizedOperation: You are not authorized to perform this operation.";

/** Stores the snapshots of `makeFourDays`. EC2 refuses to delete one of them. */
function storeHeld(id: string, code: string, message: string): SnapshotStore {
    const store = storeSnapshots(makeFourDays());
    Object.assign(store.get(id) as object, { heldBy: { code, message } });
    return store;
}

/** Adds a tag to one snapshot of `makeFourDays`. */
function addTag(id: string, key: string, value: string): Snapshot[] {
    return makeFourDays().map((snapshot) => (snapshot.id === id ? { ...snapshot, tags: { ...snapshot.tags, [key]: value } } : snapshot));
}

/** The deleted snapshots if the older set stays. */
const { "snap-29c": _c, "snap-29d": _d, ...NEWER_DELETED } = DELETED_LINES as Record<string, string>;
const OLDEST = ["snap-29c", "snap-29d"];

describe("A snapshot that EC2 does not delete", () => {
    for (const [title, code, message, reason] of [
        [
            "in use by an image",
            IN_USE,
            "The snapshot snap-29c is currently in use by ami-0123456789abcdef0",
            "in use by ami-0123456789abcdef0",
        ],
        [
            "enabled for fast restore",
            IN_USE,
            "The snapshot snap-29c is currently enabled for fast restores in eu-central-1a",
            "in use by something else: The snapshot snap-29c is currently enabled for fast restores in eu-central-1a",
        ],
        ["locked (SnapshotLocked)", "SnapshotLocked", "It can't be deleted.", "SnapshotLocked: It can't be deleted."],
        [
            "locked (OperationNotPermitted)",
            "OperationNotPermitted",
            "The snapshot snap-29c is locked in compliance mode.",
            "OperationNotPermitted: The snapshot snap-29c is locked in compliance mode.",
        ],
        [
            "managed by AWS Backup",
            "InvalidParameterValue",
            "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs.",
            "InvalidParameterValue: This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs.",
        ],
    ] as const) {
        it(`stays with its set if it is ${title}, and the run does not fail`, async () => {
            await assertRun(
                storeHeld("snap-29c", code, message),
                {},
                {
                    deleted: NEWER_DELETED,
                    skipped: { "snap-29c": `left: ${reason}`, "snap-29d": "left with its set: snap-29c could not be deleted" },
                    kept: KEPT_LINES,
                },
                [...OLDEST, ...NEEDED_IDS],
            );
        });
    }

    it("is reported if other snapshots of its set were deleted before", async () => {
        await assertRun(
            storeHeld("snap-29d", IN_USE, "The snapshot snap-29d is currently in use by ami-1"),
            {},
            {
                Status: "PARTIAL",
                deleted: { "snap-29c": (DELETED_LINES as Record<string, string>)["snap-29c"] as string, ...NEWER_DELETED },
                skipped: { "snap-29d": "left: in use by ami-1; 1 of its set went before" },
                kept: KEPT_LINES,
            },
            ["snap-29d", ...NEEDED_IDS],
        );
    });

    it("makes the run fail after it deleted the rest, if access is denied", async () => {
        await assertRun(
            storeHeld("snap-29c", "UnauthorizedOperation", "You are not authorized to perform this operation."),
            {},
            {
                Status: "FAILED",
                Errors: [`1 of 4 deletions failed: ${DENIED}`],
                deleted: NEWER_DELETED,
                failed: { "snap-29c": `failed: ${DENIED}` },
                remaining: { "snap-29d": "left with its set: snap-29c could not be deleted" },
                kept: KEPT_LINES,
            },
            [...OLDEST, ...NEEDED_IDS],
        );
    });

    it("makes the run fail if access to all snapshots is denied", async () => {
        const withSet = (id: string) => `left with its set: ${id} could not be deleted`;
        await assertRun(
            makeFourDays(),
            { faults: playForAction("DeleteSnapshot", playAlways(accessDenied)) },
            {
                Status: "FAILED",
                Errors: [`2 of 4 deletions failed: ${DENIED}`],
                failed: { "snap-29c": `failed: ${DENIED}`, "snap-30c": `failed: ${DENIED}` },
                remaining: { "snap-29d": withSet("snap-29c"), "snap-30d": withSet("snap-30c") },
                kept: KEPT_LINES,
            },
            ALL_IDS,
        );
    });

    it("counts as deleted if it no longer exists", async () => {
        const faults = playForSnapshot(
            "snap-29c",
            playAlways(refuse("InvalidSnapshot.NotFound", "The snapshot 'snap-29c' does not exist.")),
        );
        const missing = "deleted: 4th newest Day restore point, 2 are kept (it was gone already)";
        await assertRun(makeFourDays(), { faults }, { ...COMPLETE_REPORT, deleted: { ...DELETED_LINES, "snap-29c": missing } }, [
            "snap-29c",
            ...NEEDED_IDS,
        ]);
    });
});

/** More than a day after the newest restore point of `makeFourDays`. */
const DAY_LATER = "2027-02-02T07:00:00.000Z";

describe("A run of the cleaner", () => {
    it("fails and deletes nothing if it has no permission to list snapshots", async () => {
        const Errors = [`the listing of snapshots broke off: ${DENIED}; nothing was deleted`];
        await assertRun(
            makeFourDays(),
            { faults: playForAction("DescribeSnapshots", playAlways(accessDenied)) },
            { Status: "FAILED", Errors },
            ALL_IDS,
        );
    });

    it("treats volumes as existing if it may not list them, and fails at the end", async () => {
        await assertRun(
            makeFourDays(),
            { settings: { orphanDays: 1 }, event: { time: DAY_LATER }, faults: playForAction("DescribeVolumes", playAlways(accessDenied)) },
            { ...COMPLETE_REPORT, Time: DAY_LATER, Status: "FAILED", Errors: [`the listing of volumes broke off: ${DENIED}`] },
            NEEDED_IDS,
        );
    });

    it("deletes older snapshots of volumes that are missing from the list", async () => {
        const store = storeSnapshots(makeFourDays());
        store.volumes.add("vol-c");
        const { calls } = await assertRun(
            store,
            { settings: { orphanDays: 1 }, event: { time: DAY_LATER } },
            {
                Time: DAY_LATER,
                deleted: {
                    ...DELETED_LINES,
                    "snap-29d":
                        "deleted: vol-d no longer exists, and has had no restore point since 2027-02-01 01:00 UTC; the newest one stays",
                    "snap-30d":
                        "deleted: vol-d no longer exists, and has had no restore point since 2027-02-01 01:00 UTC; the newest one stays",
                },
                kept: {
                    ...KEPT_LINES,
                    "snap-31d": "kept with its set: vol-c still needs it",
                    "snap-01d": "kept: newest restore point of vol-d, which no longer exists",
                },
            },
            NEEDED_IDS,
        );
        assert.deepEqual(
            calls.map(({ action }) => action).filter((action) => action.startsWith("Describe")),
            ["DescribeSnapshots", "DescribeVolumes"],
        );
    });

    for (const [id, key] of [
        ["snap-29c", "VssBackupHold"],
        ["snap-29d", "vssbackuphold"],
        ["snap-29c", "VSSBACKUPHOLD"],
    ] as const) {
        it(`keeps a set whole if an operator put the tag ${key} on ${id}`, async () => {
            const held = `kept: held by the tag ${key} on ${id}`;
            await assertRun(
                addTag(id, key, "Ticket 4711"),
                {},
                { deleted: NEWER_DELETED, kept: { "snap-29c": held, "snap-29d": held, ...KEPT_LINES } },
                [...OLDEST, ...NEEDED_IDS],
            );
        });
    }

    it("leaves a set in the Recycle Bin alone, and does not count it as a restore point", async () => {
        const binned = makeFourDays().map((snapshot) =>
            snapshot.id.startsWith("snap-31")
                ? { ...snapshot, state: "recoverable", tags: { ...snapshot.tags, "aws:recycle-bin:resource-in-bin": "true" } }
                : snapshot,
        );
        const third = "deleted: 3rd newest Day restore point, 2 are kept";
        const why = "left: not finished, snap-31c is in state recoverable";
        await assertRun(
            binned,
            {},
            {
                deleted: { "snap-29c": third, "snap-29d": third },
                skipped: { "snap-31c": why, "snap-31d": why },
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
