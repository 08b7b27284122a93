import type * as pulumi from "@pulumi/pulumi";
import { parseSchedule } from "../lambda/retention/schedules";
import type { WatchSettings } from "../lambda/watch/watchSettings";
import { ReportMode, type VssBackupPolicyArgs } from "./arguments";
import { timesInClockGaps } from "./clockGaps";
import { DEFAULTS } from "./defaults";
import { checkWhenKnown } from "./refusal";
import { retentionPolicy } from "./retentionPolicy";
import { CUTOFF_HOURS } from "./windowOverlap";

/** The arguments of the watch with all defaults applied. */
export interface ResolvedWatch {
    /** Hours between two runs. */
    readonly everyHours: number;
    /** EventBridge Scheduler's expression for the run that reports; undefined if no report is sent. */
    readonly reportSchedule: string | undefined;
    readonly chatTopicArn: pulumi.Output<string> | undefined;
    readonly alarms: boolean;
    readonly dashboard: boolean;
}

/** Applies the defaults to the arguments of the watch, which are checked. Returns undefined if the policy has no watch. */
export function resolveWatch(name: string, args: VssBackupPolicyArgs): ResolvedWatch | undefined {
    if (args.watch === false) {
        return undefined;
    }
    return {
        everyHours: args.watchEveryHours ?? DEFAULTS.watchEveryHours,
        reportSchedule: reportSchedule(args),
        chatTopicArn: args.chatTopicArn === undefined ? undefined : checkWhenKnown(name, ["chatTopicArn"], args.chatTopicArn),
        alarms: args.alarms ?? DEFAULTS.alarms,
        dashboard: args.dashboard ?? DEFAULTS.dashboard,
    };
}

/** Warns if the clock of the zone skips the time of the report: EventBridge Scheduler does not start the watch then. */
export function watchWarnings(args: VssBackupPolicyArgs, now: number): string[] {
    const expression = reportSchedule(args);
    const schedule = expression && parseSchedule(expression, "no seconds");
    const timezone = args.timezone ?? DEFAULTS.timezone;
    const [first] = schedule && schedule.kind === "cron" ? timesInClockGaps(schedule.pattern, timezone, now) : [];
    return first === undefined
        ? []
        : [
              `reportAt is ${args.reportAt ?? DEFAULTS.reportAt}, and the clock of ${timezone} skips ${first}. EventBridge Scheduler starts nothing at such a time, so that day has no report. Choose an hour that no clock change skips.`,
          ];
}

function reportSchedule({ report = DEFAULTS.report, reportAt = DEFAULTS.reportAt }: VssBackupPolicyArgs): string | undefined {
    const [hours, minutes] = reportAt.split(":").map(Number);
    return report === ReportMode.Never ? undefined : `cron(${minutes} ${hours} * * ? *)`;
}

/** Makes the watch's settings from checked arguments. The command line uses them even if the policy has no watch. */
export function watchSettings(name: string, args: VssBackupPolicyArgs): WatchSettings {
    return {
        ...retentionPolicy(name, args),
        excludeTag: args.excludeTag ?? DEFAULTS.excludeTag,
        overdueGraceHours: args.overdueGraceHours ?? DEFAULTS.overdueGraceHours,
        alarmStopped: args.alarmStopped ?? DEFAULTS.alarmStopped,
        report: args.report ?? DEFAULTS.report,
        cleanerSchedule: args.cleanerSchedule ?? DEFAULTS.cleanerSchedule,
        reportOnly: args.reportOnly ?? DEFAULTS.reportOnly,
        windowCutoff: CUTOFF_HOURS,
        ...(args.restoreTestDays !== undefined && { restoreTestDays: args.restoreTestDays }),
    };
}
