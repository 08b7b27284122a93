import assert from "node:assert/strict";
import { type Account, makeAccount } from "../../../rehearsal/account";
import { type DueBackups, followDueBackups } from "../../../rehearsal/dueBackups";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import { Ledger } from "../../../rehearsal/ledger";
import { openWindows } from "../../../rehearsal/openWindows";
import type { Deployment } from "../../../rehearsal/program";
import { findTruth, LastRuns } from "../../../rehearsal/truth";
import { installPackages } from "../../../rehearsal/vssPackage";
import { deployPolicy } from "../../support/policies";

const HOUR = 3_600_000;

/** A Friday, on which Day is due at 01:00 and Month at 05:00. */
const START = Date.UTC(2027, 0, 1);
const DAY = { server: "i-00000000000000001", type: "Day", due: START + HOUR, closed: START + 2 * HOUR };
const MONTH = { ...DAY, type: "Month", due: START + 5 * HOUR, closed: START + 6 * HOUR };

let deployment: Deployment;

interface Followed {
    readonly account: Account;
    readonly backups: DueBackups;
    truth(): ReturnType<typeof findTruth>;
    /** Plays until an hour after the start, and lists the missing backups. */
    missingAt(hours: number): Promise<ReturnType<DueBackups["missing"]>>;
}

function follow(servers = 1): Followed {
    const account = makeAccount(deployment, { start: START, days: 9, servers, volumes: 1 });
    const [ledger, lastRuns] = [new Ledger(), new LastRuns()];
    installPackages(account);
    openWindows(account, { failures: 0, seed: 1 }, (run) => {
        ledger.record(run);
        lastRuns.add(run);
    });
    const backups = followDueBackups(account, ledger, { overdueGraceHours: 3 });
    return {
        account,
        backups,
        truth: () => findTruth(account, ledger, backups, lastRuns),
        async missingAt(hours) {
            account.timeline.at(START + hours * HOUR, () => {});
            await account.timeline.play(START + hours * HOUR + 1);
            return backups.missing();
        },
    };
}

describe("The backups that were due", () => {
    before(async () => {
        deployment = await deployPolicy();
    });

    it("are not missing if each run succeeds", async () => {
        const { missingAt } = follow(2);
        assert.deepEqual([await missingAt(5), await missingAt(30), await missingAt(200)], [[], [], []]);
    });

    it("are missing three hours after their window, until a later run succeeds", async () => {
        const { account, missingAt } = follow();
        account.mistakes.failingServers.add(DAY.server);
        assert.deepEqual(await missingAt(4.9), []);
        account.mistakes.failingServers.clear();
        assert.deepEqual([await missingAt(5), await missingAt(9), await missingAt(25), await missingAt(26)], [[DAY], [DAY], [DAY], []]);
    });

    it("are missing for each type and server", async () => {
        const { account, missingAt } = follow(2);
        account.mistakes.failingServers.add(DAY.server);
        assert.deepEqual(await missingAt(9), [DAY, MONTH]);
    });

    it("are not due on a server that is stopped when the window opens, or has no tag", async () => {
        for (const change of [{ state: "stopped" }, { tags: new Map() }]) {
            const { account, missingAt } = follow();
            Object.assign(account.servers[0] ?? {}, change);
            assert.deepEqual(await missingAt(9), []);
        }
    });

    it("stay missing on a server that is stopped later", async () => {
        const { account, missingAt } = follow();
        account.mistakes.failingServers.add(DAY.server);
        await missingAt(10);
        Object.assign(account.servers[0] ?? {}, { state: "stopped" });
        assert.deepEqual(await missingAt(60), [DAY, MONTH]);
    });

    it("are not missing any more on a server that has lost its tag, even if it gets it back", async () => {
        const { account, missingAt } = follow();
        account.mistakes.failingServers.add(DAY.server);
        assert.deepEqual(await missingAt(5), [DAY]);
        const tags = account.servers[0]?.tags;
        Object.assign(account.servers[0] ?? {}, { tags: new Map() });
        assert.deepEqual(await missingAt(5.5), []);
        Object.assign(account.servers[0] ?? {}, { tags });
        assert.deepEqual(await missingAt(6), []);
    });

    it("are missing if the window does not open", async () => {
        const { account, missingAt } = follow();
        account.aws.windows.splice(0);
        assert.deepEqual(await missingAt(9), [DAY, MONTH]);
    });
});

describe("The truth about an account", () => {
    const SERVER = "i-00000000000000001";

    it("is that nothing is wrong", async () => {
        const { missingAt, truth } = follow();
        await missingAt(10);
        const nothing = { missing: [], withoutPoint: ["i-00000000000000002"], failing: [], uncovered: [], watched: [SERVER] };
        assert.deepEqual(truth(), nothing);
    });

    it("is which servers have no restore point, and that the last three runs of a server failed", async () => {
        const { account, missingAt, truth } = follow();
        account.mistakes.failingServers.add(SERVER);
        await missingAt(24);
        assert.deepEqual(truth().failing, []);
        await missingAt(26);
        const both = [SERVER, "i-00000000000000002"];
        assert.deepEqual(truth(), { missing: [DAY, MONTH], withoutPoint: both, failing: [SERVER], uncovered: [], watched: [SERVER] });
    });

    it("is which servers have a volume that their newest restore point lacks", async () => {
        const { account, missingAt, truth } = follow();
        const [server] = account.servers as [Server];
        await missingAt(10);
        const disk = { id: "vol-9", device: "xvdb", attachedAt: START + 10 * HOUR, mounted: false };
        server.volumes = [...server.volumes, disk];
        assert.deepEqual(truth().uncovered, []);
        await missingAt(26);
        assert.deepEqual(truth().uncovered, [SERVER]);
        server.volumes = server.volumes.map((volume) => ({ ...volume, mounted: true }));
        await missingAt(50);
        assert.deepEqual(truth().uncovered, []);
    });
});
