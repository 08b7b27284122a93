import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "./refusal";

/** The partition, region and account of a resource's provider, as ARNs need them. AWS China and GovCloud have other partitions. */
export interface Placement {
    readonly partition: pulumi.Output<string>;
    readonly region: pulumi.Output<string>;
    readonly accountId: pulumi.Output<string>;
}

export function placement(parent: pulumi.Resource): Placement {
    return {
        partition: aws.getPartitionOutput({}, { parent }).partition,
        region: aws.getRegionOutput({}, { parent }).region,
        accountId: aws.getCallerIdentityOutput({}, { parent }).accountId,
    };
}

/**
 * Refuses an ARN of another partition, region or account. Accepts a value that is not an ARN.
 *
 * @param argument the argument's name for the message
 * @returns the ARN; the output fails if the ARN has another placement
 */
export function refuseOtherPlacement(
    { name, placement: { partition, region, accountId } }: { readonly name: string; readonly placement: Placement },
    argument: string,
    arn: pulumi.Output<string>,
): pulumi.Output<string> {
    return pulumi.all([arn, pulumi.isSecret(arn), partition, region, accountId]).apply(([given, secret, ...here]) => {
        const [, ofPartition, , ofRegion, ofAccount] = given.split(":");
        const isHere = !given.startsWith("arn:") || [ofPartition, ofRegion || here[1], ofAccount].every((part, i) => part === here[i]);
        const shown = secret ? "a secret" : JSON.stringify(given);
        const place = `partition ${here[0]}, region ${here[1]}, account ${here[2]}`;
        refuse(name, isHere ? [] : [`${argument} is ${shown}; give an ARN of the policy's ${place}`]);
        return given;
    });
}
