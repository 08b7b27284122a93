import { z } from "zod";
import { NotificationEvent, ReportMode, VssDocument } from "./arguments";
import { isVersionSince, OLDEST_VERSION } from "./componentsVersion";
import {
    byKind,
    entryName,
    fields,
    flag,
    holdKey,
    input,
    instanceTagKey,
    isLate,
    isMap,
    mapOf,
    tagKey,
    tagValue,
    targetText,
    timeOfDay,
    whole,
} from "./schemaParts";
import { RESERVED_TAGS } from "./snapshotTags";
import { NEVER } from "./snapshotTypes";
import { isTimezone, timezoneCure } from "./suggestions";
import { scheduleExpression, text, typeName } from "./textSchemas";

/** EC2 allows 50 tags on a snapshot. The policy and the VSS agent write some of them. */
const MAX_USER_TAGS = 50 - RESERVED_TAGS.length;

/** An entry that is undefined keeps the default of its type. */
const count = z.custom<number>(
    (given) => given === undefined || (Number.isSafeInteger(given) && (given as number) >= 1),
    `keep a whole number of restore points, at least 1; to drop the type, set its schedule to ${NEVER}`,
);

const schedule = byKind((given) => {
    if (typeof given === "string" && given.toLowerCase() === NEVER) {
        return z.literal(NEVER, { error: `write ${NEVER} in small letters` });
    }
    return scheduleExpression("seconds allowed").optional();
});

const timezone = z.string({ error: "give an IANA time zone, such as Europe/Vienna" }).superRefine((zone, context) => {
    if (!isTimezone(zone)) {
        context.addIssue({ code: "custom", message: timezoneCure(zone) });
    }
});

const ROLE_CURE = "give a role's name or ARN";
const role = text("a role's name or ARN")
    .regex(/^(arn:[^:]+:iam::\d{12}:role\/(.+\/)?)?[\w+=,.@-]{1,64}$/, ROLE_CURE)
    .refine(
        (given) => !/(^|\/)(aws-service-role\/|AWSServiceRoleFor)/.test(given),
        "this is a service-linked role, and only AWS changes its policies; give a role that you manage",
    );

const EMAIL_CURE = "give an e-mail address such as admin@example.com";
/** SES and SNS follow RFC 5321: 64 characters before the @, 254 in all. */
const email = text("an e-mail address").refine(
    (address) =>
        z.regexes.html5Email.test(address) &&
        /^(?!\.)(?!.*\.[.@])[^@]{1,64}@[^@]+\.[A-Za-z][A-Za-z0-9-]+$/.test(address) &&
        address.length <= 254,
    EMAIL_CURE,
);

/** A map whose names the user chooses, or a list. Each text in a list is also its name. */
function namedEntries(entry: z.ZodType, label: string) {
    const mapCure = `give a map from a name of your choice to ${label}`;
    const listCure = `a list takes plain text only; ${mapCure}`;
    const listEntry = byKind((given) => (isLate(given) || isMap(given) ? z.never(listCure) : entry));
    return byKind((given) => (Array.isArray(given) ? z.array(listEntry) : mapOf("name", entryName, input(entry), mapCure)));
}

const events = Object.values(NotificationEvent);
const EVENTS_CURE = `use ${events.slice(0, -1).join(", ")} or ${events.at(-1)}`;

const VERSION_CURE =
    'give "latest" or a version from 2.3.1, such as "2.5.1": AWS\'s policy AWSEC2VssSnapshotPolicy does not allow older versions';

const TOPIC_CURE = "give the ARN of a standard SNS topic, arn:aws:sns:region:account:name; SSM can't publish to FIFO topics";
const CHAT_TOPIC_CURE = "give the ARN of a standard SNS topic, arn:aws:sns:region:account:name; chat applications read no FIFO topics";

function topicArn(cure: string) {
    return z.string({ error: cure }).regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]{1,256}$/, cure);
}

/** The values that each argument accepts. `argumentFaults.ts` finds faults between arguments. */
export const argumentsSchema = z.strictObject({
    retention: mapOf("snapshot type", typeName, count, "give a map from snapshot type to number of restore points").optional(),
    schedules: mapOf("snapshot type", typeName, schedule, "give a map from snapshot type to schedule").optional(),
    timezone: timezone.optional(),
    serverTag: fields(
        {
            key: targetText(128, "_ . : / = - @", "a server tag's key").optional(),
            value: input(targetText(256, "_ . : / = + - @ ,", "a server tag's value")).optional(),
        },
        "give {key, value}",
    ).optional(),
    serverRoles: namedEntries(role, "a role's name or ARN").optional(),
    notificationEmails: namedEntries(email, "an e-mail address").optional(),
    notificationEvents: input(
        z
            .array(input(z.enum(events, { error: EVENTS_CURE })), { error: `give a list: ${EVENTS_CURE}` })
            .min(1, `name at least one event: ${EVENTS_CURE}`),
    ).optional(),
    topicArn: input(topicArn(TOPIC_CURE)).optional(),
    excludeBootVolume: input(flag).optional(),
    copyOnly: input(flag).optional(),
    noWriters: input(flag).optional(),
    saveVssMetadata: input(flag).optional(),
    document: z.enum(Object.values(VssDocument), { error: `use ${Object.values(VssDocument).join(" or ")}` }).optional(),
    componentsVersion: input(
        text('a version, such as "2.5.1", or "latest",').refine(
            (version) => version === "latest" || isVersionSince(version, OLDEST_VERSION),
            VERSION_CURE,
        ),
    ).optional(),
    cleanerSchedule: scheduleExpression("no seconds").optional(),
    hold: byKind((given) =>
        isMap(given) ? z.never("give a tag key alone, as text; the tag's value does not matter") : holdKey,
    ).optional(),
    orphanDays: whole(1, 36_500, "days").optional(),
    failedSetGraceHours: whole(1, 8_760, "hours").optional(),
    maxDeletionsPerRun: whole(1, 100_000, "snapshots").optional(),
    countCrashConsistent: flag.optional(),
    standIns: flag.optional(),
    reportOnly: flag.optional(),
    watch: flag.optional(),
    watchEveryHours: whole(1, 24, "hours").optional(),
    report: z.enum(Object.values(ReportMode), { error: "use daily, problems or never" }).optional(),
    reportAt: timeOfDay.optional(),
    overdueGraceHours: whole(1, 24, "hours").optional(),
    excludeTag: instanceTagKey.optional(),
    alarmStopped: flag.optional(),
    restoreTestDays: whole(1, 3_650, "days").optional(),
    chatTopicArn: input(topicArn(CHAT_TOPIC_CURE)).optional(),
    alarms: flag.optional(),
    dashboard: flag.optional(),
    tags: input(
        mapOf("key", tagKey, input(tagValue), "give a map from tag key to value").superRefine((tags, context) => {
            const keys = Object.keys(tags);
            const sameKeys = keys.filter((key) => keys.some((other) => other !== key && other.toLowerCase() === key.toLowerCase()));
            if (sameKeys.length > 0) {
                context.addIssue({ code: "custom", message: `IAM treats ${sameKeys.join(" and ")} as the same key; keep one of them` });
            }
            if (keys.length > MAX_USER_TAGS) {
                context.addIssue({ code: "custom", message: `give at most ${MAX_USER_TAGS} tags, which is the room on a snapshot` });
            }
        }),
    ).optional(),
});
