import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WatchTargets } from "../lambda/watch/watchSettings";
import { alarms } from "./alarms";
import type { VssBackupPolicyArgs } from "./arguments";
import { backupWindows } from "./backupWindows";
import { type Cleaner, cleaner } from "./cleaner";
import { dashboard } from "./dashboard";
import { notifications } from "./notifications";
import { refuseOtherPlacement } from "./placement";
import { type PolicyContext, policyContext } from "./policyContext";
import { reservedConcurrency } from "./reservedConcurrency";
import { type ResolvedPolicy, resolvePolicy } from "./resolvePolicy";
import { restorePolicyJson } from "./restorePolicy";
import { serverAccess } from "./serverAccess";
import { settingsParameter } from "./settingsParameter";
import { withShortStacks } from "./shortStacks";
import { vssPackage } from "./vssPackage";
import { type Watched, watch } from "./watch";
import { watchTargets } from "./watchTargets";

const RUN_LOG_DAYS = 90;

/**
 * Application-consistent backups of Windows servers on EC2: VSS snapshots in maintenance windows, retention per snapshot type, a cleaner
 * that deletes older snapshots, notifications, and a watch that finds missing backups.
 *
 * @example
 * const policy = new VssBackupPolicy("prod", {
 *     timezone: "Europe/Vienna",
 *     notificationEmails: { admins: "windows-admins@example.com" },
 * });
 */
export class VssBackupPolicy extends pulumi.ComponentResource {
    /** Name of the instance profile for the servers; undefined if `serverRoles` were given. */
    public readonly instanceProfileName: pulumi.Output<string | undefined>;
    /** ARN of the role of that profile; undefined if `serverRoles` were given. */
    public readonly serverRoleArn: pulumi.Output<string | undefined>;
    /** ARN of the topic for notifications. */
    public readonly topicArn: pulumi.Output<string>;
    /** Ids of the maintenance windows, by snapshot type. */
    public readonly windowIds: pulumi.Output<Record<string, string>>;
    /** Name of the Lambda function that deletes snapshots. */
    public readonly cleanerFunctionName: pulumi.Output<string>;
    /** Name of the Lambda function that finds missing backups; undefined if `watch` is false. */
    public readonly watchFunctionName: pulumi.Output<string | undefined>;
    /** Commands for a POSIX shell that take a backup now, by snapshot type. */
    public readonly backUpNow: pulumi.Output<Record<string, string>>;
    /** Commands for PowerShell that take a backup now, by snapshot type. */
    public readonly backUpNowPowerShell: pulumi.Output<Record<string, string>>;
    /** The IAM policy document that `vss-backup restore` needs. The component attaches it to nobody. */
    public readonly restorePolicyJson: pulumi.Output<string>;

    /**
     * @param name the policy's name. It is a tag on every snapshot, and the cleaner deletes only snapshots with this tag. Give each
     * policy of an account and region another name.
     * @throws pulumi.RunError with all faults of the arguments, before any resource is registered
     */
    public constructor(name: string, args: VssBackupPolicyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        const policy = resolvePolicy(name, args, Date.now());
        super("vss-backup:index:VssBackupPolicy", name, {}, opts);
        for (const warning of policy.warnings) {
            pulumi.log.warn(warning, this);
        }
        const context = policyContext(this, policy);

        const { access, notificationSetup, windows, cleanerFunction, watchFunction, restorePolicy } = withShortStacks(makeParts)(
            context,
            policy,
        );

        this.instanceProfileName = pulumi.output(access.instanceProfile?.name);
        this.serverRoleArn = pulumi.output(access.role?.arn);
        this.topicArn = notificationSetup.topicArn;
        this.windowIds = pulumi.output(windows.windowIds);
        this.cleanerFunctionName = cleanerFunction.name;
        this.watchFunctionName = pulumi.output(watchFunction?.name);
        this.backUpNow = pulumi.output(windows.backUpNow);
        this.backUpNowPowerShell = pulumi.output(windows.backUpNowPowerShell);
        this.restorePolicyJson = restorePolicy;
        this.registerOutputs({
            instanceProfileName: this.instanceProfileName,
            serverRoleArn: this.serverRoleArn,
            topicArn: this.topicArn,
            windowIds: this.windowIds,
            cleanerFunctionName: this.cleanerFunctionName,
            watchFunctionName: this.watchFunctionName,
            backUpNow: this.backUpNow,
            backUpNowPowerShell: this.backUpNowPowerShell,
            restorePolicyJson: this.restorePolicyJson,
        });
    }
}

/** Makes all resources, in the order in which the data flows. */
function makeParts(context: PolicyContext, policy: ResolvedPolicy) {
    const logs = runLogs(context);
    const access = serverAccess(context, policy.serverRoles, logs);
    const association = vssPackage(context, policy);
    const notificationSetup = notifications(context, policy);
    const { topicArn } = notificationSetup;
    const windows = backupWindows(context, policy, notificationSetup, logs);
    const concurrency = reservedConcurrency(context.parent, policy.watch ? 2 : 1);
    const cleanerParts = cleaner(context, policy, concurrency);
    const chatTopicArn = policy.watch?.chatTopicArn && refuseOtherPlacement(context, "chatTopicArn", policy.watch.chatTopicArn);
    const watched = {
        instanceProfile: access.instanceProfile,
        windows,
        association,
        topicArn,
        chatTopicArn,
        cleanerLogs: cleanerParts.logs,
    };
    const targets = watchTargets(policy, watched);
    const watchFunction = makeWatch(context, policy, { watched, targets, cleanerParts }, concurrency);
    settingsParameter(context, policy, targets, { cleanerFunction: cleanerParts.lambda.name, watchFunction: watchFunction?.name });
    const restorePolicy = restorePolicyJson(context, { policy, serverRoleArns: access.roleArns });
    return { access, notificationSetup, windows, cleanerFunction: cleanerParts.lambda, watchFunction, restorePolicy };
}

/** The parts that the watch looks at, and their values. */
interface WatchParts {
    readonly watched: Watched;
    readonly targets: pulumi.Output<WatchTargets>;
    readonly cleanerParts: Cleaner;
}

/** Makes the watch with its alarms and its dashboard, if the policy has one. */
function makeWatch(
    context: PolicyContext,
    policy: ResolvedPolicy,
    { watched, targets, cleanerParts }: WatchParts,
    concurrency: pulumi.Output<number>,
): aws.lambda.Function | undefined {
    if (!policy.watch) {
        return undefined;
    }
    const watchFunction = watch(context, policy, policy.watch, watched, targets, concurrency);
    const made = policy.watch.alarms ? alarms(context, policy.watch, watched.topicArn, cleanerParts) : [];
    if (policy.watch.dashboard) {
        dashboard(context, policy.watch, made, cleanerParts);
    }
    return watchFunction;
}

/** The log group for the output of VSS runs. */
function runLogs({ name, parent, tags }: PolicyContext): aws.cloudwatch.LogGroup {
    const options = { name: `/vss-backup/${name}/runs`, retentionInDays: RUN_LOG_DAYS, tags };
    return new aws.cloudwatch.LogGroup(`${name}-run-logs`, options, { parent });
}
