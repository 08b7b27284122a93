import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "./refusal";

/** Where the provider of a resource works. ARNs need it: AWS China and GovCloud have partitions of their own. */
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
 * Refuses an ARN of another partition, region or account. A value that is no ARN passes.
 *
 * @param argument the name of the value for the message
 * @returns the ARN; it fails if the ARN is of another place
 */
export function refuseElsewhere(
    { name, placement: { partition, region, accountId } }: { readonly name: string; readonly placement: Placement },
    argument: string,
    arn: pulumi.Output<string>,
): pulumi.Output<string> {
    return pulumi.all([arn, pulumi.isSecret(arn), partition, region, accountId]).apply(([given, secret, ...here]) => {
        const [, ofPartition, , ofRegion, ofAccount] = given.split(":");
        const isHere = !given.startsWith("arn:") || [ofPartition, ofRegion || here[1], ofAccount].every((part, i) => part === here[i]);
        const shown = secret ? "a secret" : JSON.stringify(given);
        const place = `partition ${here[0]}, region ${here[1]}, account ${here[2]}`;
        refuse(name, isHere ? [] : [`${argument} is ${shown}; give an ARN of the policy's own ${place}`]);
        return given;
    });
}
