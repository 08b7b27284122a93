import { type AwsCall, AwsError, readObjects } from "./call";
import { ec2Arn } from "./ec2Resources";
import type { Judged, Place } from "./service";

/** The most tags of a resource. */
export const MOST_TAGS = 50;

/** @throws AwsError if one of the keys is reserved for AWS */
export function refuseReserved(keys: Iterable<string>): void {
    const reserved = [...keys].find((key) => key.toLowerCase().startsWith("aws:"));
    if (reserved !== undefined) {
        throw new AwsError("InvalidParameterValue", `Tag keys starting with 'aws:' are reserved for internal use: ${reserved}`);
    }
}

/**
 * Reads the tags with which a call creates resources of a type.
 *
 * @throws AwsError if EC2 refuses the tags
 */
export function createdTags({ parameters }: AwsCall, type: string): Map<string, string> {
    const tags = new Map(
        readObjects(parameters, "TagSpecification")
            .filter((specification) => specification.get("ResourceType") === type)
            .flatMap((specification) => readObjects(specification, "Tag"))
            .map((tag) => [tag.get("Key") ?? "", tag.get("Value") ?? ""]),
    );
    refuseReserved(tags.keys());
    if (tags.size > MOST_TAGS) {
        throw new AwsError("TagLimitExceeded", `The maximum number of Tags for this resource is ${MOST_TAGS}`);
    }
    return tags;
}

/** A resource that a call creates, as IAM judges it: with the tags of the request, and again for the permission to create tags. */
export function judgeCreation(call: AwsCall, place: Place, type: string): Judged[] {
    const tags = createdTags(call, type);
    const resource = ec2Arn(place, type, "*");
    if (tags.size === 0) {
        return [{ resource, context: {} }];
    }
    const requested = requestContext(tags);
    return [
        { resource, context: requested },
        { action: "ec2:CreateTags", resource, context: { ...requested, "ec2:CreateAction": call.action } },
    ];
}

/** The condition keys of the tags in a request. */
export function requestContext(tags: ReadonlyMap<string, string | undefined>): Record<string, string | string[]> {
    return {
        "aws:TagKeys": [...tags.keys()],
        ...Object.fromEntries([...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value ?? ""])),
    };
}
