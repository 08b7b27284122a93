import { ReportMode, type VssBackupPolicyArgs } from "./arguments";
import { DEFAULTS } from "./defaults";
import { isMap } from "./schemaParts";

/** Arguments that have no effect without the watch. */
const OF_WATCH = [
    "watchEveryHours",
    "report",
    "reportAt",
    "overdueGraceHours",
    "excludeTag",
    "alarmStopped",
    "restoreTestDays",
    "chatTopicArn",
    "alarms",
    "dashboard",
] as const;

/** Arguments that have no effect without a report. */
const OF_REPORT = ["reportAt", "chatTopicArn"] as const;

/**
 * Finds faults between the arguments of the watch and others, one sentence each.
 *
 * @param show formats a given value for the message
 */
export function watchFaults(args: VssBackupPolicyArgs, show: (given: unknown) => string): string[] {
    if (args.watch === false) {
        return useless(OF_WATCH, args, show, "watch is false");
    }
    return [
        ...(args.report === ReportMode.Never ? useless(OF_REPORT, args, show, 'report is "never"') : []),
        ...excludeFaults(args),
        ...chatFaults(args),
    ];
}

/** Finds arguments that another argument makes useless. A default value is no fault: `Pulumi.yaml` gives defaults to each stack. */
function useless(
    keys: readonly (typeof OF_WATCH)[number][],
    args: VssBackupPolicyArgs,
    show: (given: unknown) => string,
    reason: string,
): string[] {
    const defaults: Readonly<Record<string, unknown>> = DEFAULTS;
    return keys
        .filter((key) => args[key] !== undefined && args[key] !== defaults[key])
        .map((key) => `${key} is ${show(args[key])}, and ${reason}; leave out one of them`);
}

/** Finds a tag that would exclude every server, or that also means something else. */
function excludeFaults({ excludeTag = DEFAULTS.excludeTag, serverTag, hold = DEFAULTS.hold }: VssBackupPolicyArgs): string[] {
    const serverKey = (isMap(serverTag) ? serverTag.key : undefined) ?? DEFAULTS.serverTagKey;
    const isSame = (key: unknown) =>
        typeof key === "string" && typeof excludeTag === "string" && key.toLowerCase() === excludeTag.toLowerCase();
    return [
        ...(isSame(serverKey) ? ["excludeTag has the key of serverTag, so it would exclude every server; use another key"] : []),
        ...(isSame(hold) ? ["excludeTag has the key of hold; use another key for one of them"] : []),
    ];
}

function chatFaults({ topicArn, chatTopicArn }: VssBackupPolicyArgs): string[] {
    return typeof chatTopicArn === "string" && chatTopicArn === topicArn
        ? ["chatTopicArn is the topic of topicArn, so people would get the text for chat by mail; use another topic"]
        : [];
}
