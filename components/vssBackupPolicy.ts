import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cleanerSettings, DEFAULTS, type NotificationEvent, snapshotTypes, type VssBackupPolicyArgs } from "./arguments";
import { backupWindows, serverTargets } from "./backupWindows";
import { checkArguments, checkedLater } from "./checkArguments";
import { cleaner } from "./cleaner";
import { notifications } from "./notifications";
import { packageSchedule } from "./packageSchedule";
import type { Part } from "./part";
import { placement } from "./placement";
import { roleName, serverAccess } from "./serverAccess";
import { vssPackage } from "./vssPackage";
import { BUSY_SECONDS, typesThatMayOverlap } from "./windowOverlap";

const RUN_LOG_DAYS = 90;

/**
 * Application-consistent backups of Windows servers on EC2: VSS snapshots in maintenance windows, the last of each type kept, all else
 * deleted, and people told.
 *
 * @example
 * const policy = new VssBackupPolicy("prod", { timezone: "Europe/Vienna", notificationEmails: ["admin@example.com"] });
 */
export class VssBackupPolicy extends pulumi.ComponentResource {
    /** Instance profile for the servers; undefined where `serverRoles` were given. */
    public readonly instanceProfileName: pulumi.Output<string | undefined>;
    /** Role of that profile; undefined where `serverRoles` were given. */
    public readonly serverRoleArn: pulumi.Output<string | undefined>;
    /** The topic that is told of runs. */
    public readonly topicArn: pulumi.Output<string>;
    /** Maintenance windows, by snapshot type. */
    public readonly windowIds: pulumi.Output<Record<string, string>>;
    /** The Lambda that deletes what is no longer needed. */
    public readonly cleanerFunctionName: pulumi.Output<string>;
    /** By snapshot type, the line for a POSIX shell with which an operator takes a backup this minute. */
    public readonly backUpNow: pulumi.Output<Record<string, string>>;

    /**
     * @param name the policy's name: it is on every snapshot, and bounds what the cleaner may delete. One per account and region.
     * @throws pulumi.RunError before any resource is registered, with all that is wrong with the arguments
     */
    public constructor(name: string, args: VssBackupPolicyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        checkArguments(name, args, Date.now());
        super("vss-backup:index:VssBackupPolicy", name, {}, opts);

        const types = snapshotTypes(args);
        const timezone = args.timezone ?? DEFAULTS.timezone;
        const document = args.document ?? DEFAULTS.document;
        const later = <K extends keyof VssBackupPolicyArgs, T>(key: K, value: pulumi.Input<T>) => checkedLater(name, key, value);
        const componentsVersion = later("componentsVersion", args.componentsVersion ?? DEFAULTS.componentsVersion);
        const serverTag = {
            key: args.serverTag?.key ?? DEFAULTS.serverTagKey,
            value: later("serverTag", { value: args.serverTag?.value ?? name }).value,
        };
        const emails = args.notificationEmails ?? [];
        const part: Part = {
            name,
            parent: this,
            placement: placement(this),
            tags: checkedLater(name, "tags", args.tags ?? {}, { ...(args.hold && { hold: args.hold }) }) as pulumi.Output<
                Record<string, string>
            >,
        };

        const runLogs = new aws.cloudwatch.LogGroup(
            `${name}-run-logs`,
            { name: `/vss-backup/${name}/runs`, retentionInDays: RUN_LOG_DAYS, tags: part.tags },
            { parent: this },
        );
        const access = serverAccess(
            part,
            (args.serverRoles ?? []).map((role, i) => ({
                // Named by the role, so that taking one away leaves the others attached.
                label: typeof role === "string" ? roleName(role) : String(i),
                name: later("serverRoles", [role]).apply(([checked]) => roleName(checked as string)),
            })),
            runLogs,
        );
        const schedule = packageSchedule(types, timezone, BUSY_SECONDS);
        vssPackage(part, serverTargets(serverTag), componentsVersion, schedule.expression);
        const told = notifications(
            part,
            args.topicArn === undefined ? undefined : later("topicArn", args.topicArn),
            emails,
            emails.map((email) => later("notificationEmails", [email]).apply(([checked]) => checked as string)),
        );
        const windows = backupWindows(
            part,
            {
                types,
                timezone,
                serverTag,
                document,
                excludeBootVolume: later("excludeBootVolume", args.excludeBootVolume ?? false),
                copyOnly: later("copyOnly", args.copyOnly ?? false),
                noWriters: later("noWriters", args.noWriters ?? false),
                componentsVersion,
                notificationEvents: later(
                    "notificationEvents",
                    args.notificationEvents ?? [...DEFAULTS.notificationEvents],
                ) as pulumi.Output<NotificationEvent[]>,
            },
            told,
            runLogs,
        );
        const lambda = cleaner(part, cleanerSettings(name, args), args.cleanerSchedule ?? DEFAULTS.cleanerSchedule);

        for (const type of typesThatMayOverlap(types)) {
            pulumi.log.warn(
                `schedules.${type} is a rate: AWS alone knows when its windows open, and where one meets that of another type, the second backup fails. A cron(…) can be checked.`,
                this,
            );
        }
        if (!schedule.clear) {
            pulumi.log.warn(
                `No hour of the week is surely outside all backup windows; the VSS package is kept current at ${schedule.expression} UTC.`,
                this,
            );
        }

        this.instanceProfileName = pulumi.output(access.instanceProfile?.name);
        this.serverRoleArn = pulumi.output(access.role?.arn);
        this.topicArn = told.topicArn;
        this.windowIds = pulumi.output(windows.windowIds);
        this.cleanerFunctionName = lambda.name;
        this.backUpNow = pulumi.output(windows.backUpNow);
        this.registerOutputs({
            instanceProfileName: this.instanceProfileName,
            serverRoleArn: this.serverRoleArn,
            topicArn: this.topicArn,
            windowIds: this.windowIds,
            cleanerFunctionName: this.cleanerFunctionName,
            backUpNow: this.backUpNow,
        });
    }
}
