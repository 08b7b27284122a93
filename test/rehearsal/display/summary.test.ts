import assert from "node:assert/strict";
import { showRestorePoints, showRuns, showUnprotectedVolumes } from "../../../rehearsal/display/summary";
import type { Rehearsal } from "../../../rehearsal/rehearse";
import { EMPTY_REHEARSAL, makeRestorePoint, OPTIONS, REHEARSAL, splitLines } from "./sample";

describe("The summary of a rehearsal", () => {
    it("shows the runs of each type, and why some failed", () => {
        assert.deepEqual(splitLines(showRuns(REHEARSAL, OPTIONS)), [
            "5 days, 2 servers with 1 volume each",
            "┌──────┬──────┬───────────┬────────┬─────────────────┐",
            "│ Type │ Runs │ Succeeded │ Failed │ Snapshots taken │",
            "├──────┼──────┼───────────┼────────┼─────────────────┤",
            "│ Day  │    8 │         5 │      3 │               5 │",
            "├──────┼──────┼───────────┼────────┼─────────────────┤",
            "│ Week │    2 │         2 │      0 │               2 │",
            "└──────┴──────┴───────────┴────────┴─────────────────┘",
            "7 snapshots taken, 2 deleted in 1 run of the cleaner, 5 left at the end",
            "failed 2 × the server was down",
            "failed 1 × a VSS writer failed",
        ]);
    });

    it("writes one in the singular", () => {
        assert.equal(
            splitLines(showRuns({ ...EMPTY_REHEARSAL, cleanings: 1 }, { ...OPTIONS, days: 1, servers: 1 }))[0],
            "1 day, 1 server with 1 volume each",
        );
    });

    it("says how many volumes are not mounted", () => {
        assert.equal(
            splitLines(showRuns(REHEARSAL, { ...OPTIONS, volumes: 3, unmounted: 2 }))[0],
            "5 days, 2 servers with 3 volumes each, 2 of them not mounted",
        );
    });

    it("names the volumes that are in no restore point", () => {
        const unprotected: Rehearsal["unprotected"] = [
            { server: "i-00000000000000001", volume: "vol-00000000000000001", device: "/dev/sda1", why: "boot volume, excluded" },
            { server: "i-00000000000000001", volume: "vol-00000000000000002", device: "xvdab", why: "not mounted in Windows" },
        ];
        assert.deepEqual(splitLines(showUnprotectedVolumes({ ...REHEARSAL, unprotected })), [
            "2 volumes in no restore point:",
            "i-00000000000000001  vol-00000000000000001  /dev/sda1  boot volume, excluded",
            "i-00000000000000001  vol-00000000000000002  xvdab      not mounted in Windows",
        ]);
        const many = Array(22).fill(unprotected[1]);
        assert.deepEqual(splitLines(showUnprotectedVolumes({ ...REHEARSAL, unprotected: many })).slice(20), [
            "i-00000000000000001  vol-00000000000000002  xvdab  not mounted in Windows",
            "… and 2 more; --json has all of them",
        ]);
    });

    it("says that every volume is in a restore point", () => {
        assert.equal(showUnprotectedVolumes(REHEARSAL), "Every volume is in a restore point.");
    });

    it("shows restore points in the policy's time zone, the newest first", () => {
        assert.deepEqual(splitLines(showRestorePoints({ ...REHEARSAL, timezone: "Asia/Tokyo" }, OPTIONS)), [
            "┌──────┬─────────────────────────────┬─────────┐",
            "│ Type │ Restore points (Asia/Tokyo) │ Servers │",
            "├──────┼─────────────────────────────┼─────────┤",
            "│ Day  │ Mon 2027-02-01 10:00        │ 1 of 2  │",
            "│      │ Sun 2027-01-31 10:00        │ 2 of 2  │",
            "├──────┼─────────────────────────────┼─────────┤",
            "│ Week │ Sun 2027-01-31 12:00        │ 2 of 2  │",
            "└──────┴─────────────────────────────┴─────────┘",
        ]);
    });

    it("says for which periods a restore point stands in", () => {
        const standing = { ...makeRestorePoint("Week", "2027-01-31T03:00", "i-1"), standsInFor: ["Day 2027-01-31", "Month 2027-01"] };
        const restorable = [standing, makeRestorePoint("Week", "2027-01-31T03:00", "i-2")];
        assert.deepEqual(splitLines(showRestorePoints({ ...REHEARSAL, types: ["Week"], restorable }, OPTIONS)).slice(3, 5), [
            "│ Week │ Sun 2027-01-31 03:00, stands in for Day 2027-01-31 and │ 2 of 2  │",
            "│      │ Month 2027-01                                          │         │",
        ]);
    });

    it("says that nothing can be restored", () => {
        assert.deepEqual(splitLines(showRestorePoints(EMPTY_REHEARSAL, OPTIONS)), [
            "┌──────┬──────────────────────┬─────────┐",
            "│ Type │ Restore points (UTC) │ Servers │",
            "├──────┼──────────────────────┼─────────┤",
            "│ Day  │ none                 │         │",
            "├──────┼──────────────────────┼─────────┤",
            "│ Week │ none                 │         │",
            "└──────┴──────────────────────┴─────────┘",
            "Nothing can be restored: no restore point is left at the end.",
        ]);
    });
});
