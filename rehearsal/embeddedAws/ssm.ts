import { AGENT_TAGS } from "../../components/snapshotTags";
import { type DocumentName, EXECUTION_TIMEOUT_S, parameterFaults } from "../../components/ssmDocuments";
import { CONSISTENT_TAG, DEVICE_TAG, SET_TAG } from "../../lambda/retention/tags";
import type { Timeline } from "../timeline";
import type { SnapshotStore, StoredSnapshot } from "./snapshotStore";

const MINUTE = 60_000;

/** An EBS volume that is attached to a server. */
export interface Volume {
    readonly id: string;
    readonly device: string;
    /** When it was attached, in milliseconds since 1970; with the server if left out. */
    readonly attachedAt?: number;
    /** False for a volume that is offline, raw or without an access path in Windows. */
    readonly mounted: boolean;
    /** `attached` if left out. A `busy` volume is detached when Windows releases it. */
    readonly attachment?: "attaching" | "attached" | "busy" | "detaching";
    /** True for the boot volume and false for others, if left out. */
    readonly deleteOnTermination?: boolean;
}

/** A server with its EBS volumes. By default, it runs Windows, and its agent is online. Times are milliseconds since 1970. */
export interface Server {
    readonly id: string;
    tags: ReadonlyMap<string, string>;
    volumes: readonly Volume[];
    hasVssPackage: boolean;
    /** The latest time at which its last VSS run ends. */
    busyUntil: number;
    /** EC2's state; `running` if left out. */
    state?: string;
    /** When somebody stopped it, if EC2 says so. */
    stoppedAt?: number;
    /** When it was made; in 2020 if left out. */
    readonly madeAt?: number;
    /** When it was last started; when it was made if left out. */
    launchedAt?: number;
    /** `Windows` if left out. */
    readonly platform?: "Windows" | "Linux";
    /** `m7i.large` if left out. */
    instanceType?: string;
    /** Whether it has an instance profile; true if left out. */
    hasProfile?: boolean;
    /** What Systems Manager knows of its agent; `Online` if left out. `none` means that the agent never reported. */
    agent?: "Online" | "ConnectionLost" | "none";
    /** When its agent last reported; at present if left out. */
    lastPing?: number;
    /** The result of EC2's status checks; `ok` if left out. */
    checks?: "initializing" | "ok" | "impaired";
    /** Its former boot volumes. */
    formerRoots?: readonly string[];
    /** Whether EC2 refuses to terminate it. */
    isProtected?: boolean;
    /** Where it is, and how it was launched. If left out, as `launchOf` says. */
    readonly launch?: Partial<Launch>;
}

/** Settings of a server that stay as they were when it was launched. */
export interface Launch {
    readonly zone: string;
    readonly imageId: string;
    readonly subnetId: string;
    readonly vpcId: string;
    readonly securityGroups: readonly string[];
    readonly privateIp: string;
    /** None if left out. */
    readonly keyName?: string;
    readonly profileArn: string;
    readonly platformDetails: string;
}

/** Returns whether a volume is the boot volume. The document recognizes it by its device. */
export function isBootVolume({ device }: Volume): boolean {
    return device === "/dev/sda1";
}

/** The ways in which a VSS run fails, and the snapshots that each leaves behind. */
export const MISHAPS = [
    { why: "the server was down", leaves: "nothing" },
    { why: "2005: freezing took longer than VSS allows", leaves: "untagged" },
    { why: "a VSS writer failed", leaves: "inconsistent" },
    { why: "one snapshot of the set failed", leaves: "errors" },
] as const;

export type Mishap = (typeof MISHAPS)[number];

/** One run of a VSS document on one server. */
export interface VssRun {
    readonly server: Server;
    readonly time: number;
    readonly status: "Success" | "Failed";
    /** The cause of a failure. */
    readonly why?: string;
    /** The snapshots of the run. After a success they become a restore point. */
    readonly snapshots: readonly StoredSnapshot[];
}

export interface VssCommand {
    readonly document: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly server: Server;
    readonly time: number;
    readonly mishap: Mishap | undefined;
    /** Unique to the run: the snapshot set id of VSS. */
    readonly setId: string;
    /** How long EBS takes to complete the snapshots. */
    readonly completeAfterMs: number;
}

/**
 * Runs AWSEC2-CreateVssSnapshot or AWSEC2-VssInstallAndSnapshot on a server. It checks the parameters as SSM does, and makes pending
 * snapshots with their first tags. EBS completes them later, and only then the agent tags them as consistent.
 */
export function runVssDocument(command: VssCommand, store: SnapshotStore, timeline: Timeline): VssRun {
    const { parameters, server, time, mishap } = command;
    const failed = (why: string, snapshots: readonly StoredSnapshot[] = []): VssRun => ({ server, time, status: "Failed", why, snapshots });
    const refusal = prepareRun(command);
    if (refusal) {
        return failed(refusal);
    }
    // The document includes only mounted volumes, and does not report the others.
    const volumes = server.volumes.filter((volume) => volume.mounted && !(parameters.ExcludeBootVolume === "True" && isBootVolume(volume)));
    if (volumes.length === 0) {
        return failed("1006: there is no volume to take a snapshot of");
    }
    server.busyUntil = time + EXECUTION_TIMEOUT_S * 1000;
    const snapshots = takeSnapshots(command, volumes, store, timeline);
    return mishap ? failed(mishap.why, snapshots) : { server, time, status: "Success", snapshots };
}

/** Checks the command, and installs the package if the document does. Returns the cause of a failure; undefined without a failure. */
function prepareRun({ document, parameters, server, time, mishap }: VssCommand): string | undefined {
    const faults = parameterFaults(document as DocumentName, parameters);
    if (faults.length > 0) {
        return `InvalidParameters: ${faults.join("; ")}`;
    }
    const tags = tagsOf(parameters);
    const reserved = AGENT_TAGS.find((tag) => tags.has(tag));
    if (reserved) {
        return `1007: the tag ${reserved} is reserved`;
    }
    if (mishap?.leaves === "nothing") {
        return mishap.why;
    }
    if (document === "AWSEC2-VssInstallAndSnapshot") {
        server.hasVssPackage = true;
    }
    if (!server.hasVssPackage) {
        return "1003: AwsVssComponents is not installed";
    }
    return time < server.busyUntil ? "2003: ec2-vss-agent is already running, a snapshot is already in progress" : undefined;
}

/** Takes snapshots of the volumes as one set. Puts their completion and their last tags on the timeline. */
function takeSnapshots(
    { parameters, time, mishap, setId, completeAfterMs }: VssCommand,
    volumes: readonly Volume[],
    store: SnapshotStore,
    timeline: Timeline,
): StoredSnapshot[] {
    const setTag = [SET_TAG, `{"AwsVssComponents":"2.5.1","SnapshotSetId":"{${setId}}"}`] as const;
    const snapshots = volumes.map(({ id }) =>
        store.add({
            volumeId: id,
            startTime: time + MINUTE,
            state: "pending",
            description: parameters.description ?? "",
            tags: new Map([...tagsOf(parameters), setTag]),
        }),
    );
    timeline.at(time + MINUTE + completeAfterMs, () => {
        for (const snapshot of snapshots) {
            snapshot.state = mishap?.leaves === "errors" ? "error" : "completed";
        }
    });
    if (!mishap || mishap.leaves === "inconsistent") {
        timeline.at(time + 2 * MINUTE + completeAfterMs, () => {
            snapshots.forEach((snapshot, i) => {
                snapshot.tags.set(CONSISTENT_TAG, mishap ? "False" : "True");
                snapshot.tags.set(DEVICE_TAG, volumes[i]?.device ?? "");
            });
        });
    }
    return snapshots;
}

function tagsOf({ tags = "Key=Name,Value=" }: VssCommand["parameters"]): Map<string, string> {
    return parseTags(tags);
}

/** Reads tags like the document's script: it splits at `;`, then at the first `,`, then at the first `=`, and trims. */
export function parseTags(text: string): Map<string, string> {
    const afterFirst = (part: string, separator: string) => part.slice(part.indexOf(separator) + 1).trim();
    const pairs = text.split(";").filter((pair) => pair.trim() !== "");
    return new Map(
        pairs.map((pair) => {
            const comma = pair.indexOf(",");
            return [afterFirst(pair.slice(0, comma), "="), afterFirst(pair.slice(comma + 1), "=")];
        }),
    );
}
