import type { EC2ClientConfig, EC2ServiceException } from "@aws-sdk/client-ec2";
import type { AwsOptions } from "../../../rehearsal/embeddedAws/aws";
import { type Ec2Behaviour, Ec2State } from "../../../rehearsal/embeddedAws/ec2State";
import { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import type { AwsState } from "../../../rehearsal/embeddedAws/state";
import { type Clients, withAws } from "../../support/awsClients";

export const NOW = Date.parse("2027-03-05T07:00:00Z");
export const SERVER = "i-0000000000000000a";
export const ROOT = "vol-0000000000000000c";
export const DATA = "vol-0000000000000000d";
export const ROOT_SNAPSHOT = "snap-0000000000000000c";
export const DATA_SNAPSHOT = "snap-0000000000000000d";

/** An account with one server, whose two volumes have a snapshot each. */
export interface DiskAccount extends Partial<AwsState> {
    readonly store: SnapshotStore;
    readonly ec2: Ec2State;
    readonly servers: Server[];
    readonly server: Server;
}

/** Makes the account. The snapshots have other files than the volumes have now. */
export function diskAccount(behaviour: Partial<Ec2Behaviour> = {}): DiskAccount {
    const store = new SnapshotStore();
    const settings = { zone: "eu-central-1a", createdAt: NOW - 1000 };
    const root = store.volumes.add(ROOT, { ...settings, sizeGib: 50, disk: { signature: "AAAA0001", files: { "C:\\boot.txt": "then" } } });
    const data = store.volumes.add(DATA, {
        ...settings,
        sizeGib: 200,
        type: "io2",
        iops: 4000,
        encrypted: true,
        kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
        tags: new Map([["Name", "orders"]]),
        disk: { signature: "AAAA0002", letters: ["D", "E"], files: { "D:\\orders.txt": "then" } },
    });
    const snapshot = { startTime: NOW - 500, state: "completed", description: "" };
    store.add({ ...snapshot, volumeId: ROOT, tags: new Map() }, ROOT_SNAPSHOT);
    store.add({ ...snapshot, volumeId: DATA, tags: new Map([["VssBackupPolicy", "prod"]]) }, DATA_SNAPSHOT);
    root.disk = { signature: "AAAA0001", files: { "C:\\boot.txt": "now" } };
    data.disk = { signature: "AAAA0002", letters: ["D", "E"], files: { "D:\\orders.txt": "now" } };
    const server: Server = {
        id: SERVER,
        tags: new Map([["Name", "web01"]]),
        volumes: [
            { id: ROOT, device: "/dev/sda1", mounted: true },
            { id: DATA, device: "xvdd", mounted: true },
        ],
        hasVssPackage: true,
        busyUntil: 0,
        madeAt: NOW - 1000,
    };
    return { store, server, servers: [server], ec2: new Ec2State(behaviour), now: () => NOW };
}

/** Uses an account through the real SDK. */
export function withEc2<T>(
    account: DiskAccount,
    use: (ec2: Clients["ec2"]) => Promise<T>,
    options: AwsOptions = {},
    config: EC2ClientConfig = {},
): Promise<T> {
    const { server, ...state } = account;
    return withAws(state, ({ ec2 }) => use(ec2), options, config);
}

/** Returns the code of the error with which AWS refuses a call, and its message. */
export function refusalOf(call: Promise<object>): Promise<[string, string]> {
    return call.then(
        () => ["none", ""],
        ({ name, message }: EC2ServiceException) => [name, message],
    );
}

/** Returns only the codes of the errors of calls, which are made one after another. */
export async function codesOf(...calls: readonly (() => Promise<object>)[]): Promise<string[]> {
    const codes: string[] = [];
    for (const call of calls) {
        codes.push((await refusalOf(call()))[0]);
    }
    return codes;
}
