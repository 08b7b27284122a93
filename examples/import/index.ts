import * as aws from "@pulumi/aws";
import { VssBackupPolicy } from "pulumi-vss-backup";

// A topic and a server role of this project.
const operations = new aws.sns.Topic("operations");
const sqlServers = new aws.iam.Role("sql-servers", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
});

const nightly = new VssBackupPolicy("sql", {
    timezone: "Europe/Vienna",
    retention: { Day: 7, Year: 3 },
    schedules: { Year: "cron(0 6 2 1 ? *)" },
    serverTag: { key: "Role", value: "sql" },
    // The role's name is not known while the program runs, so this entry needs another name.
    serverRoles: { sql: sqlServers.name },
    topicArn: operations.arn,
    notificationEmails: { admins: "windows-admins@example.com" },
    // The differential backups that SQL Server takes itself stay intact.
    copyOnly: true,
    tags: { CostCenter: "4711" },
});

export const backUpNow = nightly.backUpNow;
