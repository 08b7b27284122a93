import { EC2Client } from "@aws-sdk/client-ec2";
import { clientConfig } from "../lambda/cleaner/cleaner";
import type { Snapshot } from "../lambda/retention/snapshot";
import { type AwsOptions, type EmbeddedAws, startAws } from "../rehearsal/embeddedAws/aws";
import { SnapshotStore } from "../rehearsal/embeddedAws/snapshotStore";

/** Starts an embedded EC2 with these snapshots. */
export function region(snapshots: readonly Snapshot[], options: AwsOptions = {}): Promise<EmbeddedAws> {
    const store = new SnapshotStore();
    for (const { id, tags, ...rest } of snapshots) {
        store.add({ ...rest, description: "", tags: new Map(Object.entries(tags)) }, id);
    }
    return startAws({ store }, options);
}

/** Makes the client of the closure, but with the endpoint, region, credentials and config given here. */
export function client({ endpoint }: EmbeddedAws, config: ConstructorParameters<typeof EC2Client>[0] = {}): EC2Client {
    const credentials = { accessKeyId: "AKIABENCH", secretAccessKey: "bench" };
    return new EC2Client({ ...clientConfig, endpoint, region: "eu-central-1", credentials, ...config });
}
