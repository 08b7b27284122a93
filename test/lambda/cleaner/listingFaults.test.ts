import assert from "node:assert/strict";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { ALL_IDS, assertRun, COMPLETE_REPORT, DELETED_LINES, makeFourDays, NEEDED_IDS } from "../../support/account";
import { storeSnapshots } from "../../support/cleaning";
import {
    editXml,
    emptyPage,
    expiredToken,
    listOtherState,
    playAfterFirstPage,
    playAlways,
    playForAction,
    playInOrder,
    refuse,
    repeatedFirstPage,
} from "../../support/faults";

/** The embedded EC2 lists the eight snapshots of `makeFourDays` as 01c 01d 29c 29d 30c, 30d 31c 31d. */
const PAGES = { pageSize: 5 };

const LISTING = "DescribeSnapshots";

function countPages(calls: readonly { readonly action: string }[]): number {
    return calls.filter(({ action }) => action === LISTING).length;
}

/** Changes values of one snapshot. */
function changeSnapshot(snapshots: readonly Snapshot[], id: string, values: Partial<Snapshot>): Snapshot[] {
    return snapshots.map((snapshot) => (snapshot.id === id ? { ...snapshot, ...values } : snapshot));
}

describe("The cleaner's listing", () => {
    it("continues after empty pages with a token, even if they are the first", async () => {
        const { calls } = await assertRun(
            makeFourDays(),
            { ...PAGES, faults: playForAction(LISTING, playInOrder(emptyPage, emptyPage)) },
            COMPLETE_REPORT,
            NEEDED_IDS,
        );
        assert.equal(countPages(calls), 4);
    });

    it("continues after an empty page in the middle", async () => {
        const { calls } = await assertRun(
            makeFourDays(),
            { ...PAGES, faults: playAfterFirstPage(playInOrder(emptyPage)) },
            COMPLETE_REPORT,
            NEEDED_IDS,
        );
        assert.equal(countPages(calls), 3);
    });

    it("counts a snapshot once if two pages list it", async () => {
        const { calls } = await assertRun(
            makeFourDays(),
            { ...PAGES, faults: playAfterFirstPage(playInOrder(repeatedFirstPage)) },
            COMPLETE_REPORT,
            NEEDED_IDS,
        );
        assert.equal(countPages(calls), 3);
    });

    it("fails if EC2 repeats a page token", async () => {
        const circle = { DescribeSnapshotsResponse: { snapshotSet: "", nextToken: "again" } };
        const Errors = [
            "the listing of snapshots broke off: Error: EC2 gave the same page token twice; the listing has no end; nothing was deleted",
        ];
        await assertRun(makeFourDays(), { intercept: () => circle }, { Status: "FAILED", Errors }, ALL_IDS);
    });

    for (const [title, fault] of [
        ["has expired", expiredToken],
        ["is invalid", refuse("InvalidParameterValue", "Invalid value 'c25hcA' for nextToken.")],
        ["is an invalid pagination token", refuse("InvalidPaginationToken", "The pagination token is not valid.")],
    ] as const) {
        it(`starts again if EC2 says that the page token ${title}`, async () => {
            const { calls } = await assertRun(
                makeFourDays(),
                { ...PAGES, faults: playAfterFirstPage(playInOrder(fault, fault)) },
                COMPLETE_REPORT,
                NEEDED_IDS,
            );
            assert.equal(countPages(calls), 6);
        });
    }

    it("fails and deletes nothing if each token expires", async () => {
        const Errors = ["the listing of snapshots broke off: InvalidNextToken: The token has expired.; nothing was deleted"];
        const faults = playAfterFirstPage(playAlways(expiredToken));
        const { calls } = await assertRun(makeFourDays(), { ...PAGES, faults }, { Status: "FAILED", Errors }, ALL_IDS);
        assert.equal(calls.length, 6);
    });

    it("may list a deleted snapshot, which counts as deleted", async () => {
        const [before, store] = [storeSnapshots(makeFourDays()), storeSnapshots(makeFourDays())];
        store.delete("snap-29c");
        const missing = "deleted: 4th newest Day restore point, 2 are kept (it was gone already)";
        await assertRun(
            store,
            { faults: playForAction(LISTING, playAlways(listOtherState(before))) },
            { ...COMPLETE_REPORT, deleted: { ...DELETED_LINES, "snap-29c": missing } },
            NEEDED_IDS,
        );
    });

    it("keeps an older set if EC2 does not list a new set yet, or only half of it", async () => {
        const store = storeSnapshots(makeFourDays());
        const seen = (missing: string[]) =>
            playForAction(LISTING, playAlways(listOtherState(storeSnapshots(makeFourDays().filter(({ id }) => !missing.includes(id))))));
        const { "snap-29c": c, "snap-29d": d } = { ...DELETED_LINES };
        const third = "deleted: 3rd newest Day restore point, 2 are kept";
        assert.ok(c && d);
        await assertRun(
            store,
            { faults: seen(["snap-01d"]) },
            {
                deleted: { "snap-29c": c, "snap-29d": third },
                kept: {
                    "snap-30c": "kept with its set: vol-d still needs it",
                    "snap-30d": "kept: Day 2 of 2",
                    "snap-31c": "kept: Day 2 of 2",
                    "snap-31d": "kept: Day 1 of 2",
                    "snap-01c": "kept: Day 1 of 2",
                },
            },
            ["snap-30c", "snap-30d", ...NEEDED_IDS],
        );
        await assertRun(
            store,
            { faults: seen(["snap-29c", "snap-29d", "snap-01c", "snap-01d"]) },
            {
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

    it("leaves a set with a snapshot without a start time alone, and does not count it", async () => {
        await assertRun(
            changeSnapshot(makeFourDays(), "snap-31c", { startTime: Number.NaN }),
            {},
            {
                deleted: {
                    "snap-29c": "deleted: 3rd newest Day restore point, 2 are kept",
                    "snap-29d": "deleted: 3rd newest Day restore point, 2 are kept",
                },
                skipped: {
                    "snap-31c": "left: not finished, snap-31c has no start time",
                    "snap-31d": "left: not finished, snap-31c has no start time",
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

    it("fails and deletes nothing if EC2 lists a snapshot without an id", async () => {
        const faults = playForAction(LISTING, playAlways(editXml((xml) => xml.replace("<snapshotId>snap-31d</snapshotId>", ""))));
        const Errors = ["the listing of snapshots broke off: Error: EC2 listed a snapshot without an id; nothing was deleted"];
        await assertRun(makeFourDays(), { faults }, { Status: "FAILED", Errors }, ALL_IDS);
    });

    for (const time of ["", "yesterday", "2027-01-31", "1800000000", "2027-13-45T01:00:00.000Z"]) {
        it(`fails and deletes nothing if a start time is "${time}"`, async () => {
            const faults = playForAction(LISTING, playAlways(editXml((xml) => xml.replace("2027-01-31T01:00:00.000Z", time))));
            const cause = time.startsWith("2027-13") ? "Value 13 out of range [1, 12]" : `Invalid RFC3339 timestamp format ${time}`;
            const Errors = [`the listing of snapshots broke off: UnreadableAnswer: ${cause}; nothing was deleted`];
            await assertRun(makeFourDays(), { faults, config: { maxAttempts: 2 } }, { Status: "FAILED", Errors }, ALL_IDS);
        });
    }
});
