import { EC2Client } from "@aws-sdk/client-ec2";
import { type CleanerContext, type CleanerSettings, clean, clientConfig } from "../../lambda/cleaner";
import type { Pace } from "../../lambda/pace";
import type { Report } from "../../lambda/report";
import type { Snapshot } from "../../lambda/snapshot";
import { type Ec2Call, type Ec2Options, startEc2 } from "../../rehearsal/embeddedAws/ec2";
import { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";
import { POLICY } from "./history";

export interface Cleaning {
    readonly settings?: Partial<CleanerSettings>;
    readonly event?: { readonly time?: unknown };
    readonly context?: CleanerContext;
    readonly intercept?: Ec2Options["intercept"];
    readonly pace?: Pace;
}

export interface Cleaned {
    readonly report: Report;
    /** What the cleaner wrote to its log. */
    readonly log: string;
    readonly calls: readonly Ec2Call[];
}

/** Snapshots in the embedded EC2; their ids must be EC2's: `snap-` and hexadecimal digits. */
export function stored(snapshots: readonly Snapshot[]): SnapshotStore {
    const store = new SnapshotStore();
    for (const { id, tags, ...rest } of snapshots) {
        store.add({ ...rest, description: "", tags: new Map(Object.entries(tags)) }, id);
    }
    return store;
}

/** The real SDK, configured as in the closure. */
export function clientOf(endpoint: string): EC2Client {
    return new EC2Client({
        ...clientConfig,
        endpoint,
        region: "eu-central-1",
        credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    });
}

/** One run of the cleaner, through the real SDK over HTTP. */
export async function cleaned(store: SnapshotStore, { settings, event, context, intercept, pace }: Cleaning = {}): Promise<Cleaned> {
    const ec2 = await startEc2(store, intercept ? { intercept } : {});
    const client = clientOf(ec2.endpoint);
    const log: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (text: string | Uint8Array) => log.push(String(text)) > 0;
    try {
        const report = await clean(client, { ...POLICY, ...settings }, event ?? { time: "2027-02-01T07:00:00Z" }, context, pace);
        return { report, log: log.join(""), calls: ec2.calls };
    } finally {
        process.stdout.write = write;
        client.destroy();
        await ec2.close();
    }
}
