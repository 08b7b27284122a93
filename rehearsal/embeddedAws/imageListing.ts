import { type AwsCall, readList } from "./call";
import { findImage, iso, tagSetOf } from "./ec2Resources";
import type { ImageVolume, StoredImage } from "./ec2State";
import { choose, listingOf, pageOf, tagValues } from "./pages";
import type { Place } from "./service";

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export function describeImages(call: AwsCall, place: Place): object {
    const { accountId, pageSize, state } = place;
    const owners = readList(call.parameters, "Owner").map((owner) => (owner === "self" ? accountId : owner));
    const all = choose([...state.ec2.images.values()], call, "ImageId", (id) => findImage(place, id)).filter(
        ({ ownerId = accountId }) => owners.length === 0 || owners.includes(ownerId),
    );
    const { page, nextToken } = pageOf({ all, idOf: ({ id }) => id, valuesOf: imageValues }, call, pageSize);
    const described = page.map((image) => describeImage(image, accountId));
    return listingOf("DescribeImages", "imagesSet", described, nextToken);
}

function imageValues({ id, name, state, tags }: StoredImage, filter: string): string[] {
    switch (filter) {
        case "image-id":
            return [id];
        case "name":
            return [name];
        case "state":
            return [state];
        default:
            return tagValues(tags, filter);
    }
}

function describeImage(image: StoredImage, accountId: string): object {
    const { id, name, description, ownerId = accountId, state, platformDetails, rootDevice, createdAt, tags } = image;
    return {
        imageId: id,
        imageState: state,
        imageOwnerId: ownerId,
        name,
        description,
        architecture: "x86_64",
        imageType: "machine",
        ...(platformDetails.startsWith("Windows") && { platform: "windows" }),
        platformDetails,
        rootDeviceName: rootDevice,
        rootDeviceType: "ebs",
        virtualizationType: "hvm",
        creationDate: iso(createdAt),
        blockDeviceMapping: { item: image.volumes.map(describeVolume) },
        tagSet: tagSetOf(tags),
    };
}

function describeVolume({ device, snapshotId, sizeGib, type, deleteOnTermination }: ImageVolume): object {
    const ebs = { ...(snapshotId !== undefined && { snapshotId }), volumeSize: sizeGib, volumeType: type, deleteOnTermination };
    return { deviceName: device, ebs };
}
