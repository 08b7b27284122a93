import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Where the provider of a resource works, for ARNs: aws-cn and GovCloud have partitions of their own. */
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
 * A trust policy for a service that works for this account alone: without the condition, the service could be talked into using the role
 * for somebody else.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function trust(service: string, { accountId }: Placement) {
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Action: "sts:AssumeRole",
                Principal: { Service: service },
                Condition: { StringEquals: { "aws:SourceAccount": accountId } },
            },
        ],
    };
}
