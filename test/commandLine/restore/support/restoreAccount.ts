import type { AwsOptions } from "../../../../rehearsal/embeddedAws/aws";
import { Ec2State } from "../../../../rehearsal/embeddedAws/ec2State";
import type { Server } from "../../../../rehearsal/embeddedAws/ssm";
import type { Disk } from "../../../../rehearsal/embeddedAws/volumeStore";
import { addSet, healthyAccount, makeServer, type TestAccount } from "../../support/account";
import { withRuns } from "../../support/liveRuns";

/** When the restore point was taken. */
const POINT_TIME = Date.parse("2027-03-05T03:00:00Z");

export const WEB = "i-0a1b2c3d4e5f00001";
export const RESCUE = "i-0a1b2c3d4e5f00009";
export const ROOT = "vol-0c0c0c0c0c0c00001";
export const DATA = "vol-0d0d0d0d0d0d00001";

/** An account with a restore point whose disks have other files than the server has now. */
export interface RestoreAccount extends TestAccount {
    readonly ec2: Ec2State;
    readonly servers: Server[];
    /** The snapshots of the restore point, by their volumes. */
    readonly point: Readonly<Record<string, string>>;
}

/** Makes the account of `web01`, and of the server `rescue01`, which comes from another image and has no backups. */
export function restoreAccount(): RestoreAccount {
    const web = makeServer(1, "web01");
    const rescue = makeServer(9, "rescue01", { tags: new Map([["Name", "rescue01"]]), launch: { imageId: "ami-0000000000000000b" } });
    const account = healthyAccount([web]);
    const { store } = account;
    store.volumes.add(ROOT, { sizeGib: 50, type: "gp3", tags: new Map([["Name", "web01 C"]]), disk: diskOf("AAAA0001", "then") });
    store.volumes.add(DATA, {
        sizeGib: 100,
        type: "io2",
        iops: 4000,
        encrypted: true,
        kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
        tags: new Map([["Name", "web01 D"]]),
        disk: diskOf("AAAA0002", "then"),
    });
    const ids = addSet(store, web, "Day", POINT_TIME, { SnapshotType: "Day" });
    for (const [id, signature] of [
        [ROOT, "AAAA0001"],
        [DATA, "AAAA0002"],
    ] as const) {
        const volume = store.volumes.get(id);
        if (volume) {
            volume.disk = diskOf(signature, "now");
        }
    }
    return {
        ...account,
        ec2: new Ec2State(),
        servers: [web, rescue],
        point: { [ROOT]: ids[0] ?? "", [DATA]: ids[1] ?? "" },
    };
}

function diskOf(signature: string, time: string): Disk {
    return { signature, files: { "orders.txt": time } };
}

/** The device, the text of its file, and whether Windows uses it, of each disk of a server. */
export function filesOf({ store, servers }: RestoreAccount, serverId: string): Record<string, string | undefined> {
    const server = servers.find(({ id }) => id === serverId);
    const disks = server?.volumes.map(({ id, device }) => [device, store.volumes.get(id)?.disk?.files["orders.txt"]] as const) ?? [];
    return Object.fromEntries(disks.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function stateOf({ servers }: RestoreAccount, serverId: string): string | undefined {
    const server = servers.find(({ id }) => id === serverId);
    return server && (server.state ?? "running");
}

/** Lets commands of backups run. */
export function withBackups(account: RestoreAccount): { readonly state: RestoreAccount; readonly aws: AwsOptions } {
    const { state, aws } = withRuns(account);
    return { state: { ...account, ...state }, aws };
}
