import { deflateRawSync, inflateRawSync } from "node:zlib";
import { RECORDS_PATH } from "./deployedPolicy";

/**
 * What a restore must know of a server that may be gone. The watch writes it into a parameter of Systems Manager. Snapshots do not have it.
 * The same server always gives the same text: lists and maps are sorted, and there is no time in it.
 */
export interface RecordedServer {
    readonly version: 1;
    /** `i-…` */
    readonly id: string;
    /** Such as `m7i.large`. */
    readonly instanceType: string;
    /** The Availability Zone, such as `eu-central-1a`. */
    readonly zone: string;
    /** `subnet-…`, of the first network interface. */
    readonly subnet?: string;
    /** `sg-…`, sorted. */
    readonly securityGroups: readonly string[];
    /** The ARN of the instance profile; undefined without one. */
    readonly profileArn?: string;
    readonly keyName?: string;
    /** `ami-…`, from which the server was started. The image may be gone. */
    readonly imageId: string;
    /** Such as `Windows` or `Windows with SQL Server Standard`. */
    readonly platformDetails: string;
    /** Such as `/dev/sda1`. */
    readonly rootDevice: string;
    /** Without those of AWS, which begin with `aws:`. */
    readonly tags: Readonly<Record<string, string>>;
    /** The attached volumes, sorted by device. */
    readonly volumes: readonly RecordedVolume[];
    /** Volumes that were attached before, as long as the policy has snapshots of them. Sorted by device and id. */
    readonly formerVolumes: readonly RecordedVolume[];
    /** What did not fit into the parameter; undefined if all did. */
    readonly leftOut?: readonly LeftOut[];
}

/** A part of a record that is left out if the record gets too long. */
export type LeftOut = "tags of volumes" | "tags" | "former volumes";

/** A volume as it was attached. A snapshot has none of this. */
export interface RecordedVolume {
    /** `vol-…` */
    readonly id: string;
    /** Such as `/dev/sda1` or `xvdb`. */
    readonly device: string;
    /** Such as `gp3`. */
    readonly type: string;
    /** Undefined for types without it. */
    readonly iops?: number;
    /** MiB a second; undefined for types without it. */
    readonly throughput?: number;
    readonly sizeGib: number;
    readonly encrypted: boolean;
    /** The ARN of the KMS key; undefined if the volume is not encrypted. */
    readonly kmsKey?: string;
    /** Whether EC2 deletes the volume together with the server. */
    readonly deleteOnTermination: boolean;
    /** Without those of AWS. */
    readonly tags: Readonly<Record<string, string>>;
}

/** The path of the parameters with the servers of a policy. */
export function recordsPath(policy: string): string {
    return `${RECORDS_PATH}/${policy}/servers`;
}

/** The name of the parameter with a server. */
export function recordName(policy: string, serverId: string): string {
    return `${recordsPath(policy)}/${serverId}`;
}

/** A standard parameter takes 4 KB and costs nothing. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const STANDARD_BYTES = 4096;

/** Writes a text for a parameter: as it is, or deflated in Base64 if it is long. Parameter Store refuses `{{`, which a tag may hold. */
export function packed(text: string): string {
    return Buffer.byteLength(text) <= STANDARD_BYTES && !text.includes("{{")
        ? text
        : deflateRawSync(Buffer.from(text), { level: 9 }).toString("base64");
}

/** Reads a text that `packed` wrote; undefined if it is another text. */
export function unpacked(value: string): string | undefined {
    if (value.startsWith("{")) {
        return value;
    }
    try {
        return inflateRawSync(Buffer.from(value, "base64")).toString("utf8");
    } catch {
        return undefined;
    }
}

/** Reads the value of a server's parameter; undefined if it is something else, or of another version. */
export function recordedServerOf(value: string): RecordedServer | undefined {
    try {
        const record: unknown = JSON.parse(unpacked(value) ?? "");
        return isServer(record) ? record : undefined;
    } catch {
        return undefined;
    }
}

function isServer(value: unknown): value is RecordedServer {
    return (
        isRecord(value) &&
        value.version === 1 &&
        [value.id, value.instanceType, value.zone, value.imageId, value.platformDetails, value.rootDevice].every(isText) &&
        [value.subnet, value.profileArn, value.keyName].every((text) => text === undefined || isText(text)) &&
        isListOf(value.securityGroups, isText) &&
        isTags(value.tags) &&
        isListOf(value.volumes, isVolume) &&
        isListOf(value.formerVolumes, isVolume) &&
        (value.leftOut === undefined || isListOf(value.leftOut, isText))
    );
}

function isVolume(value: unknown): value is RecordedVolume {
    return (
        isRecord(value) &&
        [value.id, value.device, value.type].every(isText) &&
        [value.iops, value.throughput].every((count) => count === undefined || isCount(count)) &&
        isCount(value.sizeGib) &&
        [value.encrypted, value.deleteOnTermination].every((flag) => typeof flag === "boolean") &&
        (value.kmsKey === undefined || isText(value.kmsKey)) &&
        isTags(value.tags)
    );
}

function isListOf(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
    return Array.isArray(value) && value.every(isEntry);
}

function isTags(value: unknown): boolean {
    return isRecord(value) && !Array.isArray(value) && Object.values(value).every(isText);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
    return typeof value === "string";
}

function isCount(value: unknown): value is number {
    return typeof value === "number" && Number.isFinite(value);
}
