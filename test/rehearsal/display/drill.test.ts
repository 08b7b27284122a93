import assert from "node:assert/strict";
import { showDrill } from "../../../rehearsal/display/drill";
import type { Drill } from "../../../rehearsal/drill/drill";
import { splitLines } from "./sample";

const DRILL: Drill = {
    loss: "server",
    server: "i-00000000000000001",
    lostAt: Date.parse("2027-02-01T20:15Z"),
    point: { type: "Week", time: Date.parse("2027-01-31T03:00Z") },
    mode: "server",
    steps: 11,
    disks: [
        { device: "/dev/sda1", isEqual: true },
        { device: "xvdb", isEqual: true },
    ],
    faults: [],
};

describe("The section of the drill", () => {
    it("shows what was lost, and what came back, in the policy's time zone", () => {
        assert.deepEqual(splitLines(showDrill(DRILL, "Asia/Tokyo")), [
            "2027-02-02 05:15  i-00000000000000001 is lost, with all its volumes",
            "2027-01-31 12:00  its newest restore point, of type Week",
            "11 steps          of vss-backup restore, with --mode server",
            "2 disks           with equal contents: /dev/sda1, xvdb",
        ]);
    });

    it("shows the disks with other contents", () => {
        const disks = DRILL.disks.map((disk, i) => ({ ...disk, isEqual: i === 0 }));
        assert.deepEqual(splitLines(showDrill({ ...DRILL, disks }, "UTC")).slice(3), [
            "1 disk            with equal contents: /dev/sda1",
            "1 disk            with other contents: xvdb",
        ]);
    });

    it("breaks lines with many disks", () => {
        const disks = Array.from({ length: 9 }, (_, i) => ({ device: `xvda${i}`, isEqual: true }));
        assert.deepEqual(splitLines(showDrill({ ...DRILL, disks }, "UTC")).slice(3), [
            "9 disks           with equal contents: xvda0, xvda1, xvda2, xvda3, xvda4, xvda5,",
            "                  xvda6, xvda7, xvda8",
        ]);
    });

    it("says that there was nothing to lose", () => {
        assert.equal(showDrill(undefined, "UTC"), "Nothing was lost: no running server ever had a restore point.");
    });
});
