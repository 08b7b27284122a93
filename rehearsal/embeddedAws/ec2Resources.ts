import { AwsError, type Json } from "./call";
import type { StoredGroup, StoredImage, StoredSubnet } from "./ec2State";
import { partitionOf } from "./partition";
import { arnOf, type Judged, type Place } from "./service";
import type { StoredSnapshot } from "./snapshotStore";
import { isBootVolume, type Launch, type Server, type Volume } from "./ssm";
import type { StoredVolume } from "./volumeStore";

/** A server, and one of its volumes. */
export interface Attachment {
    readonly server: Server;
    readonly volume: Volume;
}

/** Finds the attachment of a volume; undefined if it is not attached. */
export function attachmentOf({ state }: Place, volumeId: string): Attachment | undefined {
    for (const server of state.servers) {
        const volume = server.volumes.find(({ id }) => id === volumeId);
        if (volume) {
            return { server, volume };
        }
    }
    return undefined;
}

/** @throws AwsError if there is no such volume */
export function findVolume(place: Place, id: string): StoredVolume {
    const { volumes } = place.state.store;
    // An account may name a volume only in its server.
    const volume = volumes.get(id) ?? (attachmentOf(place, id) && volumes.add(id));
    return volume ?? missing("InvalidVolume.NotFound", `The volume '${id}' does not exist.`);
}

/** @throws AwsError if there is no such server */
export function findServer({ state }: Place, id: string): Server {
    const message = `The instance ID '${id}' does not exist`;
    return state.servers.find((server) => server.id === id) ?? missing("InvalidInstanceID.NotFound", message);
}

/** @throws AwsError if there is no such snapshot */
export function findSnapshot({ state }: Place, id: string): StoredSnapshot {
    return state.store.get(id) ?? missing("InvalidSnapshot.NotFound", `The snapshot '${id}' does not exist.`);
}

/** @throws AwsError if there is no such image */
export function findImage({ state }: Place, id: string): StoredImage {
    return state.ec2.images.get(id) ?? missing("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
}

/** @throws AwsError if there is no such security group */
export function findGroup(place: Place, id: string): StoredGroup {
    const { ec2 } = place.state;
    const user = launchesIn(place).find(({ securityGroups }) => securityGroups.includes(id));
    // An account may name a group only in its server.
    const used = user && { id, name: id, description: "", vpcId: user.vpcId, tags: new Map<string, string>(), permitsEgress: true };
    const group = ec2.groups.get(id) ?? used ?? missing("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
    ec2.groups.set(id, group);
    return group;
}

/** @throws AwsError if there is no such subnet */
export function findSubnet(place: Place, id: string): StoredSubnet {
    const { ec2 } = place.state;
    const user = launchesIn(place).find(({ subnetId }) => subnetId === id);
    const used = user && { id, vpcId: user.vpcId, zone: user.zone };
    const subnet = ec2.subnets.get(id) ?? used ?? missing("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
    ec2.subnets.set(id, subnet);
    return subnet;
}

/** The settings of all servers, and the defaults, which outlive the servers. */
function launchesIn(place: Place): Launch[] {
    return [...place.state.servers, {}].map((server) => launchOf(server, place));
}

function missing(code: string, message: string): never {
    throw new AwsError(code, message);
}

/** The settings of a server, with defaults for those that its account leaves out. */
export function launchOf({ launch, platform = "Windows" }: Pick<Server, "launch" | "platform">, place: Place): Launch {
    return {
        zone: zoneOf(place),
        imageId: "ami-0123456789abcdef0",
        subnetId: "subnet-0123456789abcdef0",
        vpcId: "vpc-0123456789abcdef0",
        securityGroups: ["sg-0123456789abcdef0"],
        privateIp: "10.0.0.10",
        profileArn: arnOf({ ...place, region: "" }, "iam", "instance-profile/web"),
        platformDetails: platform === "Windows" ? "Windows" : "Linux/UNIX",
        ...launch,
    };
}

/** The zone of what does not name one. */
export function zoneOf({ region }: Place): string {
    return `${region}a`;
}

/** The boot volume of a server; undefined if it has none. */
export function rootOf({ volumes }: Server): Volume | undefined {
    return volumes.find(isBootVolume);
}

/** Replaces the attachments of a server, except the one of a volume, which may change or go. */
export function changeAttachment(server: Server, volumeId: string, change: (volume: Volume) => Volume | undefined): void {
    server.volumes = server.volumes.flatMap((volume) => (volume.id === volumeId ? (change(volume) ?? []) : volume));
}

/** A resource of the account with its tags, as IAM judges it. */
export function judge(
    place: Place,
    type: string,
    { id, tags }: { readonly id: string; readonly tags: ReadonlyMap<string, string> },
): Judged {
    const context = Object.fromEntries([...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
    return { resource: ec2Arn(place, type, id), context };
}

/** The ARN of a resource of EC2. Snapshots and images have no account in their ARNs. */
export function ec2Arn(place: Place, type: string, id: string): string {
    const { region } = place;
    const isShared = type === "snapshot" || type === "image";
    return isShared ? `arn:${partitionOf(region)}:ec2:${region}::${type}/${id}` : arnOf(place, "ec2", `${type}/${id}`);
}

/** Makes EC2's list of tags. */
export function tagSetOf(tags: ReadonlyMap<string, string>): { readonly item: readonly Readonly<Record<string, Json>>[] } {
    return { item: [...tags].map(([key, value]) => ({ key, value })) };
}

/** Writes a time as EC2 does. */
export function iso(time: number): string {
    return new Date(time).toISOString();
}
