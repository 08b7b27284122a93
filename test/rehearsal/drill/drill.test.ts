import assert from "node:assert/strict";
import { type RecordedServer, recordName } from "../../../lambda/recordedServer";
import { type Account, makeAccount } from "../../../rehearsal/account";
import { FILE } from "../../../rehearsal/contents";
import { compare, type Drill, planDrill, playDrill } from "../../../rehearsal/drill/drill";
import { findLosses, type Loss } from "../../../rehearsal/drill/loss";
import type { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import { Ledger } from "../../../rehearsal/ledger";
import { openWindows } from "../../../rehearsal/openWindows";
import { installPackages } from "../../../rehearsal/vssPackage";
import { deployPolicy } from "../../support/policies";

const MINUTE = 60_000;
const START = Date.UTC(2027, 0, 5);
const SERVER = "i-00000000000000001";

interface Played {
    readonly account: Account;
    readonly ledger: Ledger;
    /** The loss of the first server. */
    readonly loss: Loss;
}

/** Plays two days with two servers, of which each has these volumes. The watch may have recorded the first one. */
async function playDays(volumes: number, recorded?: RecordedServer): Promise<Played> {
    const account = makeAccount(await deployPolicy(), { start: START, days: 2, servers: 2, volumes });
    const ledger = new Ledger();
    installPackages(account);
    openWindows(account, { failures: 0, seed: 1 }, (run) => ledger.record(run));
    await account.timeline.play(account.end);
    if (recorded) {
        account.aws.parameters.set(recordName("prod", SERVER), JSON.stringify(recorded));
    }
    const [loss] = findLosses(account, ledger.restorePoints(account.store));
    return { account, ledger, loss: loss as Loss };
}

const volume = { type: "gp3", sizeGib: 100, encrypted: false, tags: {} };

/** The first server, as the watch records it. */
const RECORD: RecordedServer = {
    version: 1,
    id: SERVER,
    instanceType: "m7i.large",
    zone: "eu-central-1a",
    subnet: "subnet-0123456789abcdef0",
    securityGroups: ["sg-0123456789abcdef0"],
    imageId: "ami-0123456789abcdef0",
    platformDetails: "Windows",
    rootDevice: "/dev/sda1",
    tags: { VssBackup: "prod" },
    volumes: [
        { ...volume, id: "vol-00000000000000001", device: "/dev/sda1", deleteOnTermination: true },
        { ...volume, id: "vol-00000000000000002", device: "xvdac", deleteOnTermination: false },
    ],
    formerVolumes: [],
};

/** Puts another text into a snapshot. */
function damage(store: SnapshotStore, id: string): void {
    const { id: _, ...snapshot } = store.get(id) ?? assert.fail();
    store.add({ ...snapshot, disk: { signature: "0", files: { [FILE]: "damaged" } } }, id);
}

const LAST_DAY = Date.UTC(2027, 0, 6, 1);
const LOST_AT = Date.UTC(2027, 0, 6, 20, 15);

function drillOf(rest: Pick<Drill, "loss" | "mode" | "steps" | "disks"> & Partial<Drill>): Drill {
    return { server: SERVER, lostAt: LOST_AT, point: { type: "Day", time: LAST_DAY }, faults: [], ...rest };
}

const BOOT = { device: "/dev/sda1", isEqual: true };
const DATA = { device: "xvdac", isEqual: true };

describe("A drill", () => {
    it("brings back a server that the watch has recorded", async () => {
        const { account, loss } = await playDays(2, RECORD);
        const drill = await playDrill(account, loss, LOST_AT);
        assert.deepEqual(drill, drillOf({ loss: "server", mode: "server", steps: 11, disks: [BOOT, DATA] }));
    });

    it("brings back the data disks of a server without a record", async () => {
        const { account, loss } = await playDays(2);
        const drill = await playDrill(account, loss, LOST_AT);
        assert.deepEqual(drill, drillOf({ loss: "data disks", mode: "volumes", steps: 9, disks: [BOOT, DATA] }));
    });

    it("brings back the boot disk of a server without other disks", async () => {
        const { account, loss } = await playDays(1);
        const drill = await playDrill(account, loss, LOST_AT);
        assert.deepEqual(drill, drillOf({ loss: "boot disk", mode: "root", steps: 6, disks: [BOOT] }));
    });

    it("leaves the account as it is", async () => {
        const { account, loss } = await playDays(2, RECORD);
        const look = () => JSON.stringify([account.servers, account.store.all(), [...account.store.volumes], [...account.aws.parameters]]);
        const before = look();
        await playDrill(account, loss, LOST_AT);
        assert.equal(look(), before);
    });

    it("finds a disk with other contents than at the time of the restore point", async () => {
        const { account, loss } = await playDays(2);
        damage(account.store, loss.point.members[1]?.id ?? "");
        const { disks, faults } = await playDrill(account, loss, LOST_AT);
        assert.deepEqual(disks, [BOOT, { ...DATA, isEqual: false }]);
        assert.deepEqual(faults, [`after the restore, ${SERVER} has damaged at xvdac, and not vol-00000000000000002 2027-01-06T01:00`]);
    });

    it("finds that the restore took another restore point than the newest", async () => {
        const { account, ledger, loss } = await playDays(2);
        const [first] = ledger.restorePoints(account.store).filter(({ server }) => server === SERVER);
        const { faults } = await playDrill(account, { ...loss, point: first ?? loss.point }, LOST_AT);
        // The command line names a set by its last snapshot.
        const newest = loss.point.members.at(-1)?.id;
        assert.deepEqual(faults, [`the restore of ${SERVER} took ${newest}, which is not of its newest restore point`]);
    });

    it("tells why the restore failed", async () => {
        const { account, loss } = await playDays(2, { ...RECORD, imageId: "ami-0000000000000dead" });
        const { steps, disks, faults } = await playDrill(account, loss, LOST_AT);
        assert.deepEqual(
            [steps, disks, faults],
            [0, [], [`the restore of ${SERVER} failed: The restore is refused. The image ami-0000000000000dead no longer exists.`]],
        );
    });

    it("finds disks that are missing, and disks too many", () => {
        const { disks, faults } = compare("i-1", new Map([["xvdb", "old"]]), new Map([["xvdc", "new"]]));
        assert.deepEqual(
            [disks.map(({ isEqual }) => isEqual), faults],
            [
                [false, false],
                ["after the restore, i-1 has no disk at xvdb, and not old", "after the restore, i-1 has new at xvdc, and not no disk"],
            ],
        );
    });
});

describe("The plan of a drill", () => {
    /** Plans a drill in a week whose first restore point comes at this time. Returns when the drill was, and the breaches. */
    async function plan(seed: number, firstPoint: number) {
        const { account: played, ledger } = await playDays(2);
        const account = { ...makeAccount(played.deployment, { start: START, days: 7, servers: 2, volumes: 2 }), store: played.store };
        Object.assign(account.aws, { store: played.store });
        const { timeline, end } = account;
        const points = () => (timeline.now < firstPoint ? [] : ledger.restorePoints(played.store));
        const planned = planDrill(account, seed, points);
        await timeline.play(end);
        return { at: planned.drill && new Date(planned.drill.lostAt).toISOString(), broken: planned.broken };
    }

    it("depends on the seed", async () => {
        const days = [await plan(1, START), await plan(2, START), await plan(1, START)];
        assert.notEqual(days[0]?.at, days[1]?.at);
        assert.deepEqual(days[2], days[0]);
    });

    it("waits for a restore point until the last minute", async () => {
        const { at } = await plan(1, START + 7 * 24 * 60 * MINUTE - MINUTE);
        assert.equal(at, "2027-01-11T23:59:00.000Z");
    });

    it("has no drill if there is nothing to restore", async () => {
        assert.deepEqual(await plan(1, Number.POSITIVE_INFINITY), { at: undefined, broken: [] });
    });
});
