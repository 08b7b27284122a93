import assert from "node:assert/strict";
import { healthyAccount } from "./support/account";
import { vssBackup } from "./support/vssBackup";

const HEALTHY = `Policy prod in eu-central-1 at 2027-03-05 08:00, Europe/Vienna.
2 of 2 servers OK, no problems.

Server                       Day, age  Week, age  Month, age  Problems
web01 (i-0a1b2c3d4e5f00001)  6 h       5 d 4 h    4 d 2 h     0
sql01 (i-0a1b2c3d4e5f00002)  6 h       5 d 4 h    4 d 2 h     0

NEXT WINDOWS

Day: 2027-03-06 01:00
Week: 2027-03-07 03:00
Month: 2027-04-01 05:00
`;

describe("vss-backup status", () => {
    it("shows a healthy account, and exits with 0", async () => {
        const { stdout, stderr, status } = await vssBackup(["status"], healthyAccount());
        assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: HEALTHY, stderr: "" });
    });
});
