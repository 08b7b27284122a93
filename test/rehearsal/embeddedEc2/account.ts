import type { EC2Client } from "@aws-sdk/client-ec2";
import { type EmbeddedAws, startAws } from "../../../rehearsal/embeddedAws/aws";
import { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import { makeClient } from "../../support/cleaning";

export const START = Date.parse("2027-01-31T01:00:00Z");

/** Makes snapshots with the tag `Name` of these values, and the ids `snap-00000000000000001` and so on. */
export function storeNamedSnapshots(...names: string[]): SnapshotStore {
    const store = new SnapshotStore();
    for (const name of names) {
        store.add({ volumeId: "vol-1", startTime: START, state: "completed", description: "", tags: new Map([["Name", name]]) });
    }
    return store;
}

export async function withEc2<T>(store: SnapshotStore, use: (client: EC2Client, ec2: EmbeddedAws) => Promise<T>): Promise<T> {
    const ec2 = await startAws({ store });
    const client = makeClient(ec2.endpoint);
    try {
        return await use(client, ec2);
    } finally {
        client.destroy();
        await ec2.close();
    }
}
