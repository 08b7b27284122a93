import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import {
    type CleanerContext,
    type CleanerEvent,
    type CleanerSettings,
    CleaningFailed,
    clean,
    clientConfig,
} from "../../lambda/cleaner/cleaner";
import type { Pace } from "../../lambda/cleaner/rateLimiter";
import type { Report } from "../../lambda/cleaner/report";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { type AwsOptions, startAws } from "../../rehearsal/embeddedAws/aws";
import type { AwsCall } from "../../rehearsal/embeddedAws/call";
import { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";
import { POLICY } from "./history";

export interface CleaningOptions extends Pick<AwsOptions, "intercept" | "faults" | "pageSize"> {
    readonly settings?: Partial<CleanerSettings>;
    readonly event?: CleanerEvent;
    readonly context?: CleanerContext;
    readonly pace?: Pace;
    /** Replaces settings of the closure's client. */
    readonly config?: EC2ClientConfig;
}

export interface CleaningResult {
    readonly report: Report;
    /** The text that the cleaner wrote to its log. */
    readonly log: string;
    readonly calls: readonly AwsCall[];
}

/** Stores snapshots for the embedded EC2. Their ids must have EC2's form: `snap-` and hexadecimal digits. */
export function storeSnapshots(snapshots: readonly Snapshot[]): SnapshotStore {
    const store = new SnapshotStore();
    for (const { id, tags, ...rest } of snapshots) {
        store.add({ ...rest, description: "", tags: new Map(Object.entries(tags)) }, id);
    }
    return store;
}

/** The real SDK with the closure's configuration and `config`. It has no time-outs, since the machine may be slow. */
export function makeClient(endpoint: string, config: EC2ClientConfig = {}): EC2Client {
    return new EC2Client({
        ...clientConfig,
        requestHandler: {},
        ...config,
        endpoint,
        region: "eu-central-1",
        credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    });
}

/** Runs the cleaner once, through the real SDK over HTTP. */
export async function runCleaner(store: SnapshotStore, cleaning: CleaningOptions = {}): Promise<CleaningResult> {
    const { failure, ...run } = await tryCleaner(store, cleaning);
    if (failure) {
        throw failure;
    }
    return run;
}

/** Runs the cleaner once. Returns the failure if the run fails after its report. */
export async function tryCleaner(
    store: SnapshotStore,
    { settings, event, context, pace, config, ...options }: CleaningOptions = {},
): Promise<CleaningResult & { readonly failure?: CleaningFailed }> {
    const ec2 = await startAws({ store }, options);
    const client = makeClient(ec2.endpoint, config);
    const log: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (text: string | Uint8Array) => log.push(String(text)) > 0;
    const result = (report: Report, failure?: CleaningFailed) => ({
        report,
        log: log.join(""),
        calls: ec2.calls,
        ...(failure && { failure }),
    });
    try {
        return result(await clean(client, { ...POLICY, ...settings }, event ?? { time: "2027-02-01T07:00:00Z" }, context, pace));
    } catch (error) {
        if (error instanceof CleaningFailed) {
            return result(error.report, error);
        }
        throw error;
    } finally {
        process.stdout.write = write;
        client.destroy();
        await ec2.close();
    }
}
