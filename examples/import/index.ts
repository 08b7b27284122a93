import * as aws from "@pulumi/aws";
import { VssBackupPolicy } from "pulumi-vss-backup";

// A topic and a server role that this project has anyway.
const operations = new aws.sns.Topic("operations");
const sqlServers = new aws.iam.Role("sql-servers", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
});

const nightly = new VssBackupPolicy("sql", {
    timezone: "Europe/Vienna",
    retention: { Day: 7, Year: 3 },
    schedules: { Year: "cron(0 6 2 1 ? *)" },
    serverTag: { key: "Role", value: "sql" },
    serverRoles: [sqlServers.name],
    topicArn: operations.arn,
    notificationEvents: ["TimedOut", "Cancelled", "Failed"],
    // SQL Server's own differential backups go on undisturbed.
    copyOnly: true,
    tags: { CostCenter: "4711" },
});

export const backUpNow = nightly.backUpNow;
