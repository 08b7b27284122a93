import assert from "node:assert/strict";
import { healthyAccount, makeServer, type TestAccount } from "./support/account";
import { withRuns } from "./support/liveRuns";
import { vssBackup } from "./support/vssBackup";

/** A snapshot of the Month set of sql01 of 2027-03-01. */
const SNAPSHOT = "snap-00000000000000028";
const BOTH = [
    { id: "i-0a1b2c3d4e5f00001", name: "web01" },
    { id: "i-0a1b2c3d4e5f00002", name: "sql01" },
];

/** An account whose snapshots have no ids of sets, so that the sets of two servers are found by their times, as one. */
function account(): TestAccount {
    const joined = healthyAccount([makeServer(1, "web01"), makeServer(2, "sql01"), makeServer(3, "app01", { volumes: [] })]);
    const { store } = joined;
    for (const { tags } of store.all()) {
        tags.delete("AwsVssConfig");
    }
    const add = store.add.bind(store);
    store.add = (snapshot, ...id) => {
        const tags = new Map(snapshot.tags);
        tags.delete("AwsVssConfig");
        return add({ ...snapshot, tags }, ...id);
    };
    return joined;
}

describe("A set that was found by its time, of two servers", () => {
    for (const { name } of BOTH) {
        it(`is a restore point of ${name}`, async () => {
            const { status, stdout } = await vssBackup(["points", name], account());
            const rows = stdout.split("\n").filter((line) => line.startsWith("2027"));
            assert.deepEqual([status, rows.length, rows.filter((row) => row.includes("web01, sql01")).length], [0, 10, 10]);
        });
    }

    it("is no restore point of another server", async () => {
        const { stdout } = await vssBackup(["points", "app01"], account());
        assert.equal(stdout, "There are no restore points.\n");
    });

    it("has both servers in the JSON documents", async () => {
        const { stdout } = await vssBackup(["explain", SNAPSHOT, "--json"], account());
        const { server, name, servers } = (JSON.parse(stdout) as { result: { set: Record<string, unknown> } }).result.set;
        assert.deepEqual({ server, name, servers }, { server: undefined, name: undefined, servers: BOTH });
    });

    it("is held with the names of both", async () => {
        const { status, stderr } = await vssBackup(["hold", SNAPSHOT, "--yes"], account());
        assert.deepEqual(
            [status, stderr],
            [
                0,
                `Put the tag VssBackupHold on the Month set of 2027-03-01 05:01, web01
(i-0a1b2c3d4e5f00001), sql01 (i-0a1b2c3d4e5f00002), 4 snapshots. The cleaner
will not delete it.
`,
            ],
        );
    });

    it("is explained with the names of both", async () => {
        const { stdout } = await vssBackup(["explain", SNAPSHOT], account());
        assert.equal(stdout.includes("web01\n(i-0a1b2c3d4e5f00001), sql01 (i-0a1b2c3d4e5f00002)."), true, stdout);
    });

    it("is the result of a backup of both", async () => {
        const { state, aws } = withRuns({ ...account(), servers: [makeServer(1, "web01"), makeServer(2, "sql01")] });
        const { status, stdout } = await vssBackup(["backup", "--yes"], state, { aws });
        assert.deepEqual(
            [status, stdout],
            [
                0,
                `Server                       Result
web01 (i-0a1b2c3d4e5f00001)  restore point of 2027-03-05 08:01, 4 snapshots
sql01 (i-0a1b2c3d4e5f00002)  restore point of 2027-03-05 08:01, 4 snapshots
`,
            ],
        );
    });
});
