import assert from "node:assert/strict";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { ALL, assertRun, DELETED, DONE, fourDays, NEEDED } from "../../support/account";
import { stored } from "../../support/cleaning";
import { afterFirstPage, altered, always, emptyPage, first, firstPageAgain, on, refused, seenAs, tokenExpired } from "../../support/faults";

/** The embedded EC2 lists the eight snapshots of `fourDays` as 01c 01d 29c 29d 30c, 30d 31c 31d. */
const PAGES = { pageSize: 5 };

const LISTING = "DescribeSnapshots";

function pagesAsked(calls: readonly { readonly action: string }[]): number {
    return calls.filter(({ action }) => action === LISTING).length;
}

/** Snapshots in which one has other values. */
function changed(snapshots: readonly Snapshot[], id: string, values: Partial<Snapshot>): Snapshot[] {
    return snapshots.map((snapshot) => (snapshot.id === id ? { ...snapshot, ...values } : snapshot));
}

describe("The cleaner's listing", () => {
    it("goes on after pages that are empty and have a token, be they the first", async () => {
        const { calls } = await assertRun(fourDays(), { ...PAGES, faults: on(LISTING, first(emptyPage, emptyPage)) }, DONE, NEEDED);
        assert.equal(pagesAsked(calls), 4);
    });

    it("goes on after an empty page in the middle", async () => {
        const { calls } = await assertRun(fourDays(), { ...PAGES, faults: afterFirstPage(first(emptyPage)) }, DONE, NEEDED);
        assert.equal(pagesAsked(calls), 3);
    });

    it("counts a snapshot once that two pages show", async () => {
        const { calls } = await assertRun(fourDays(), { ...PAGES, faults: afterFirstPage(first(firstPageAgain)) }, DONE, NEEDED);
        assert.equal(pagesAsked(calls), 3);
    });

    it("fails if empty pages repeat in a circle", async () => {
        const circle = { DescribeSnapshotsResponse: { snapshotSet: "", nextToken: "again" } };
        const Errors = [
            "the listing of snapshots broke off: Error: EC2 gave the same page token twice; the listing has no end; nothing was deleted",
        ];
        await assertRun(fourDays(), { intercept: () => circle }, { Status: "FAILED", Errors }, ALL);
    });

    for (const [what, fault] of [
        ["has expired", tokenExpired],
        ["is invalid", refused("InvalidParameterValue", "Invalid value 'c25hcA' for nextToken.")],
        ["is an invalid pagination token", refused("InvalidPaginationToken", "The pagination token is not valid.")],
    ] as const) {
        it(`begins anew when EC2 says that its own token ${what}`, async () => {
            const { calls } = await assertRun(fourDays(), { ...PAGES, faults: afterFirstPage(first(fault, fault)) }, DONE, NEEDED);
            assert.equal(pagesAsked(calls), 6);
        });
    }

    it("fails, and nothing is deleted, when the token always expires", async () => {
        const Errors = ["the listing of snapshots broke off: InvalidNextToken: The token has expired.; nothing was deleted"];
        const faults = afterFirstPage(always(tokenExpired));
        const { calls } = await assertRun(fourDays(), { ...PAGES, faults }, { Status: "FAILED", Errors }, ALL);
        assert.equal(calls.length, 6);
    });

    it("may show what was deleted before: it counts as deleted", async () => {
        const [before, store] = [stored(fourDays()), stored(fourDays())];
        store.delete("snap-29c");
        const gone = "deleted: 4th newest Day restore point, 2 are kept (it was gone already)";
        await assertRun(
            store,
            { faults: on(LISTING, always(seenAs(before))) },
            { ...DONE, deleted: { ...DELETED, "snap-29c": gone } },
            NEEDED,
        );
    });

    it("may not show a new set yet, or half of it: an older one is kept for it", async () => {
        const store = stored(fourDays());
        const seen = (missing: string[]) => on(LISTING, always(seenAs(stored(fourDays().filter(({ id }) => !missing.includes(id))))));
        const { "snap-29c": c, "snap-29d": d } = { ...DELETED };
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
            ["snap-30c", "snap-30d", ...NEEDED],
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
            ["snap-30c", "snap-30d", ...NEEDED],
        );
    });

    it("leaves the set of a snapshot without a start time alone, which counts for nothing", async () => {
        await assertRun(
            changed(fourDays(), "snap-31c", { startTime: Number.NaN }),
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
            ["snap-30c", "snap-30d", ...NEEDED],
        );
    });

    it("fails, and nothing is deleted, when EC2 lists a snapshot without an id", async () => {
        const faults = on(LISTING, always(altered((xml) => xml.replace("<snapshotId>snap-31d</snapshotId>", ""))));
        const Errors = ["the listing of snapshots broke off: Error: EC2 listed a snapshot without an id; nothing was deleted"];
        await assertRun(fourDays(), { faults }, { Status: "FAILED", Errors }, ALL);
    });

    for (const time of ["", "yesterday", "2027-01-31", "1800000000", "2027-13-45T01:00:00.000Z"]) {
        it(`fails, and nothing is deleted, when EC2 gives "${time}" for a start time`, async () => {
            const faults = on(LISTING, always(altered((xml) => xml.replace("2027-01-31T01:00:00.000Z", time))));
            const cause = time.startsWith("2027-13") ? "Value 13 out of range [1, 12]" : `Invalid RFC3339 timestamp format ${time}`;
            const Errors = [`the listing of snapshots broke off: UnreadableAnswer: ${cause}; nothing was deleted`];
            await assertRun(fourDays(), { faults, config: { maxAttempts: 2 } }, { Status: "FAILED", Errors }, ALL);
        });
    }
});
