import * as aws from "@pulumi/aws";
import { serverTargets } from "./backupWindows";
import type { PolicyContext } from "./policyContext";
import type { ResolvedPolicy } from "./resolvePolicy";

/**
 * Keeps AwsVssComponents installed on the servers through State Manager: at once on a new server, and weekly on all servers.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/application-consistent-snapshots-getting-started.html
 */
export function vssPackage(
    { name, parent, tags }: PolicyContext,
    { serverTag, componentsVersion, packageSchedule }: ResolvedPolicy,
): aws.ssm.Association {
    return new aws.ssm.Association(
        `${name}-vss-package`,
        {
            name: "AWS-ConfigureAWSPackage",
            associationName: `vss-backup-${name}-package`,
            parameters: componentsVersion.apply(
                (given): Record<string, string> => ({
                    action: "Install",
                    name: "AwsVssComponents",
                    ...(given !== "latest" && { version: given }),
                }),
            ),
            targets: serverTargets(serverTag),
            scheduleExpression: packageSchedule,
            // A server that comes online while more servers run than this limit waits for the next run, a week later.
            // @see https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html
            maxConcurrency: "100%",
            // Servers that can't install the package must not stop the others.
            maxErrors: "100%",
            complianceSeverity: "HIGH",
            tags,
        },
        { parent },
    );
}
