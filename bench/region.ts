import { EC2Client } from "@aws-sdk/client-ec2";
import { clientConfig } from "../lambda/cleaner/cleaner";
import type { Snapshot } from "../lambda/retention/snapshot";
import { type Ec2Options, type EmbeddedEc2, startEc2 } from "../rehearsal/embeddedAws/ec2";
import { SnapshotStore } from "../rehearsal/embeddedAws/snapshotStore";

/** Starts an embedded EC2 with these snapshots. */
export function region(snapshots: readonly Snapshot[], options: Ec2Options = {}): Promise<EmbeddedEc2> {
    const store = new SnapshotStore();
    for (const { id, tags, ...rest } of snapshots) {
        store.add({ ...rest, description: "", tags: new Map(Object.entries(tags)) }, id);
    }
    return startEc2(store, options);
}

/** Makes the client of the closure, but with the endpoint, region, credentials and config given here. */
export function client({ endpoint }: EmbeddedEc2, config: ConstructorParameters<typeof EC2Client>[0] = {}): EC2Client {
    const credentials = { accessKeyId: "AKIABENCH", secretAccessKey: "bench" };
    return new EC2Client({ ...clientConfig, endpoint, region: "eu-central-1", credentials, ...config });
}
