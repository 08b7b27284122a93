import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Part } from "./part";

/**
 * Keeps AwsVssComponents installed on the servers, through State Manager: at once on a server that is new, and weekly on all of them.
 *
 * @param expression in State Manager's dialect of cron, in UTC
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/application-consistent-snapshots-getting-started.html
 */
export function vssPackage(
    { name, parent, tags }: Part,
    targets: aws.types.input.ssm.AssociationTarget[],
    version: pulumi.Output<string>,
    expression: string,
): aws.ssm.Association {
    return new aws.ssm.Association(
        `${name}-vss-package`,
        {
            name: "AWS-ConfigureAWSPackage",
            associationName: `vss-backup-${name}-package`,
            parameters: version.apply(
                (given): Record<string, string> => ({
                    action: "Install",
                    name: "AwsVssComponents",
                    ...(given !== "latest" && { version: given }),
                }),
            ),
            targets,
            scheduleExpression: expression,
            maxConcurrency: "10%",
            // Some servers that can't install it must not keep it from the others.
            maxErrors: "100%",
            complianceSeverity: "HIGH",
            tags,
        },
        { parent },
    );
}
