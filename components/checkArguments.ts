import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { occurrences, parseSchedule } from "../lambda/schedules";
import { DEFAULTS, holdOf, merge, slug, snapshotTypes, type VssBackupPolicyArgs } from "./arguments";
import { roleName } from "./serverAccess";
import { RESERVED_TAGS } from "./snapshotTags";
import { BUSY_SECONDS, overlapFaults } from "./windowOverlap";

/**
 * Refuses arguments that no policy can be made of.
 *
 * @param now milliseconds since 1970; windows are looked at for two years from then on
 * @throws pulumi.RunError with all faults, one a line: the component, the argument, what was given, and the cure
 */
export function checkArguments(name: string, args: VssBackupPolicyArgs, now: number): void {
    refuse(name, [...nameFaults(name), ...(isMap(args) ? argumentFaults(args, now) : [`its arguments are ${show(args)}; give an object`])]);
}

/**
 * Checks a value that may come from another resource as soon as it is there.
 *
 * @param beside other arguments, with which it may not go together
 * @returns the value; it fails with the same message as a plain one would have
 */
export function checkedLater<K extends keyof VssBackupPolicyArgs, T>(
    name: string,
    key: K,
    value: pulumi.Input<T>,
    beside: Pick<VssBackupPolicyArgs, "hold"> = {},
): pulumi.Output<pulumi.Unwrap<T>> {
    const output = pulumi.output(value);
    return pulumi.all([output, pulumi.isSecret(output)]).apply(([known, secret]) => {
        refuse(name, known === undefined ? [`${key} has no value, although it was given; leave it out for its default`] : []);
        refuse(name, [...shapeFaults({ [key]: known }, secret ? () => "a secret" : show), ...cleaningFaults({ ...beside, [key]: known })]);
        return known;
    }) as pulumi.Output<pulumi.Unwrap<T>>;
}

function refuse(name: string, faults: readonly string[]): void {
    if (faults.length > 0) {
        const lines = faults.map((fault) => `VssBackupPolicy "${name}": ${fault}`.replace(/[\r\n]+/g, " "));
        throw new pulumi.RunError(lines.join("\n"));
    }
}

/** The name is the value of a tag and stands in names of IAM roles (64 characters), topics and functions (no dots). */
function nameFaults(name: string): string[] {
    return typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name)
        ? []
        : [`its name is ${show(name)}; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first`];
}

/** A value from another resource, which is checked when it is there. */
function isLate(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isLate(value);
}

function input<T extends z.ZodType>(schema: T) {
    return chosen((value) => (isLate(value) ? z.any() : schema));
}

/** Checks a value by the schema that its kind calls for. */
function chosen(schemaFor: (value: unknown) => z.ZodType) {
    return z.any().superRefine((value, context) => {
        for (const issue of schemaFor(value).safeParse(value).error?.issues ?? []) {
            context.addIssue({ ...issue } as Parameters<typeof context.addIssue>[0]);
        }
    });
}

/** A map with these fields, and no others. */
function fields(shape: z.ZodRawShape, cure: string) {
    return chosen((value) => (isMap(value) ? z.strictObject(shape) : z.never(cure)));
}

/** The characters that the SSM documents take in a tag: their `tags` parameter has no way to quote others. */
const SNAPSHOT_TAG_TEXT = /^[a-zA-Z0-9() ./\-"'@_+:={}]*$/;
/** The characters that every AWS service takes in a tag, of those. */
const TAG_TEXT = /^[a-zA-Z0-9 ./\-@_+:=]*$/;

function snapshotTagText(most: number, characters: RegExp, what: string) {
    return z
        .string({ error: `give ${what} as text` })
        .refine(
            (text) => characters.test(text) && text === text.trim() && text.length <= most && !/\{\{|\}\}/.test(text),
            `${what} takes up to ${most} of the characters a-z A-Z 0-9 ${characters === TAG_TEXT ? "space . / - @ _ + : =" : "space ( ) . / - \" ' @ _ + : = { }"}, no space at its ends, and no {{ or }}, since the SSM document takes no others`,
        );
}

/** EC2 takes 50 tags, and five of a snapshot's are the policy's and the VSS agent's. */
const MOST_TAGS = 50 - RESERVED_TAGS.length;

const typeName = snapshotTagText(64, SNAPSHOT_TAG_TEXT, "a snapshot type").refine(
    (type) => slug(type) !== "",
    "give a snapshot type at least one letter or digit",
);

const tagKey = snapshotTagText(128, TAG_TEXT, "a tag key")
    .refine((key) => key !== "", "give a tag key at least one character")
    .refine(
        (key) => !RESERVED_TAGS.some((reserved) => reserved.toLowerCase() === key.toLowerCase()),
        `reserved for the policy (${RESERVED_TAGS.join(", ")}); use another key`,
    )
    .refine((key) => !/^aws:/i.test(key), "aws: is reserved for AWS; use another key");

/** Keys are checked apart from values, so that the message can name the value's path and the key alike. */
function mapOf(key: z.ZodType, value: z.ZodType, cure: string) {
    return z.custom<Record<string, unknown>>(isMap, cure).superRefine((map, context) => {
        for (const [name, entry] of Object.entries(map)) {
            for (const [schema, given] of [
                [key, name],
                [value, entry],
            ] as const) {
                for (const issue of schema.safeParse(given).error?.issues ?? []) {
                    context.addIssue({ code: "custom", path: [name], message: issue.message, params: { given } });
                }
            }
        }
    });
}

const wholeNumber = z.custom(
    (count) => count === null || count === undefined || (Number.isSafeInteger(count) && (count as number) >= 1),
    "keep a whole number of restore points, 1 at least, or set the type to null here and in schedules to leave it out",
);

function expression(seconds: Parameters<typeof parseSchedule>[1]) {
    return z.string({ error: "give a cron(…) or rate(…) expression" }).superRefine((text, context) => {
        try {
            parseSchedule(text, seconds);
        } catch (error) {
            context.addIssue({ code: "custom", message: (error as Error).message });
        }
    });
}

const timezone = z.string({ error: "give an IANA time zone, for example Europe/Vienna" }).superRefine((zone, context) => {
    if (!isTimezone(zone)) {
        const capitals = zone.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
        const nearest = isTimezone(capitals) ? capitals : closest(zone, ["UTC", ...Intl.supportedValuesOf("timeZone")]);
        context.addIssue({ code: "custom", message: `give an IANA time zone; did you mean ${nearest}?` });
    }
});

function isTimezone(zone: string): boolean {
    try {
        const known = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
        // Intl takes any letter case and offsets, and gives old names for new ones; AWS takes the names as they are written.
        return /^(UTC|[A-Z][^/]*(\/[A-Z][^/]*)+)$/.test(zone) && (known === zone || known.toLowerCase() !== zone.toLowerCase());
    } catch {
        return false;
    }
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html */
const targetText = (most: number, least: number, what: string) =>
    z
        .string({ error: `give ${what} as text` })
        .regex(
            new RegExp(`^[\\p{L}\\p{Z}\\p{N}_.:/=\\-@]{${least},${most}}$`, "u"),
            `${what} takes ${least} to ${most} letters, digits, spaces and _ . : / = - @, as SSM does in targets`,
        );

const truth = z.boolean({ error: "give true or false" });
const flag = input(truth);

function whole(least: number, most: number, unit: string) {
    return z.custom<number>(
        (count) => Number.isSafeInteger(count) && (count as number) >= least && (count as number) <= most,
        `give a whole number of ${unit} from ${least} to ${most}`,
    );
}

/** A tag key or value as AWS takes it: IAM's conditions and EC2's tags both have to. */
const holdText = (most: number, what: string) =>
    z
        .string({ error: `give ${what} as text` })
        .regex(
            new RegExp(`^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,${most}}$`, "iu"),
            `${what} takes 1 to ${most} letters, digits, spaces and _ . : / = + - @, and does not begin with aws:`,
        )
        .refine(
            (text) => text.trim() === text,
            `${what} that begins or ends with a space would not be found on a snapshot; leave the space out`,
        );

const holdKey = holdText(128, "a tag key").refine(
    (key) => !RESERVED_TAGS.some((reserved) => reserved.toLowerCase() === key.toLowerCase()),
    `every snapshot may bear ${RESERVED_TAGS.join(", ")}, and would be held; use another key`,
);

const holdTag = fields({ key: holdKey, value: holdText(256, "a tag value").optional() }, "give a tag key, or {key, value}, as plain text");

const hold = chosen((given) => (typeof given === "string" ? holdKey : holdTag));

const events = ["All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed"] as const;
const EVENTS_CURE = `use ${events.slice(0, -1).join(", ")} or ${events.at(-1)}`;

const argumentsSchema = z.strictObject({
    retention: mapOf(typeName, wholeNumber, "give a map from snapshot type to number of restore points").optional(),
    schedules: mapOf(typeName, expression("seconds allowed").nullish(), "give a map from snapshot type to schedule").optional(),
    timezone: timezone.optional(),
    serverTag: fields(
        {
            key: targetText(128, 1, "a server tag's key").optional(),
            value: input(targetText(256, 1, "a server tag's value")).optional(),
        },
        "give {key, value}",
    ).optional(),
    serverRoles: z
        .array(
            input(
                z
                    .string({ error: "give a role's name or ARN" })
                    .regex(/^(arn:[^:]+:iam::\d{12}:role\/(.+\/)?)?[\w+=,.@-]{1,64}$/, "give a role's name or ARN"),
            ),
            {
                error: "give a list of role names or ARNs",
            },
        )
        .optional(),
    notificationEmails: z
        .array(input(z.email({ error: "give an e-mail address such as admin@example.com" })), { error: "give a list of e-mail addresses" })
        .optional(),
    notificationEvents: input(
        z
            .array(input(z.enum(events, { error: EVENTS_CURE })), { error: `give a list: ${EVENTS_CURE}` })
            .min(1, `name one event at least: ${EVENTS_CURE}`),
    ).optional(),
    topicArn: input(
        z
            .string({ error: "give the ARN of an SNS topic" })
            .regex(
                /^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]{1,256}$/,
                "give the ARN of a standard SNS topic, arn:aws:sns:region:account:name (SSM can't publish to FIFO topics)",
            ),
    ).optional(),
    excludeBootVolume: flag.optional(),
    copyOnly: flag.optional(),
    noWriters: flag.optional(),
    document: z
        .enum(["AWSEC2-CreateVssSnapshot", "AWSEC2-VssInstallAndSnapshot"], {
            error: "use AWSEC2-CreateVssSnapshot or AWSEC2-VssInstallAndSnapshot",
        })
        .optional(),
    componentsVersion: input(
        z
            .string({ error: 'give a version as text, such as "2.5.1", or "latest"' })
            .refine(
                (version) => version === "latest" || isSupported(version),
                'give "latest" or a version from 2.3.1 on, such as "2.5.1": the policy AWSEC2VssSnapshotPolicy lets no older one take snapshots',
            ),
    ).optional(),
    cleanerSchedule: expression("no seconds").optional(),
    hold: hold.optional(),
    orphanDays: whole(0, 36_500, "days").optional(),
    deleteLastCopies: truth.optional(),
    failedSetGraceHours: whole(1, 8_760, "hours").optional(),
    maxDeletionsPerRun: whole(1, 100_000, "snapshots").optional(),
    countCrashConsistent: truth.optional(),
    standIns: truth.optional(),
    reportOnly: truth.optional(),
    tags: input(
        mapOf(tagKey, input(snapshotTagText(256, TAG_TEXT, "a tag value")), "give a map from tag key to value").refine(
            (tags) => Object.keys(tags).length <= MOST_TAGS,
            `a snapshot has room for ${MOST_TAGS} of them`,
        ),
    ).optional(),
});

function isSupported(version: string): boolean {
    const numbers = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:\.\d{1,4})?$/.exec(version)?.slice(1, 4);
    if (!numbers || version.length > 16) {
        return false;
    }
    const [major, minor, patch] = numbers.map((number) => Number(number ?? 0)) as [number, number, number];
    return major > 2 || (major === 2 && (minor > 3 || (minor === 3 && patch >= 1)));
}

function argumentFaults(args: VssBackupPolicyArgs, now: number): string[] {
    return [...shapeFaults(args), ...repeatedFaults(args), ...typeFaults(args), ...cleaningFaults(args), ...windowFaults(args, now)];
}

/** Faults of each argument by itself. */
function shapeFaults(args: VssBackupPolicyArgs, shown: (given: unknown) => string = show): string[] {
    return (argumentsSchema.safeParse(args).error?.issues ?? []).flatMap((issue) => {
        if (issue.code === "unrecognized_keys") {
            const known = issue.path.length === 0 ? Object.keys(argumentsSchema.shape) : ["key", "value"];
            return issue.keys.map((key) => `${[...issue.path, key].join(".")} is no argument; did you mean ${closest(key, known)}?`);
        }
        const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], args);
        return [`${issue.path.join(".")} is ${shown(given)}; ${issue.message}`];
    });
}

/** Lists name resources after their entries, so none may come twice. */
function repeatedFaults({ serverRoles, notificationEmails }: VssBackupPolicyArgs): string[] {
    const repeated = (list: unknown, key: string, labelOf: (entry: string) => string) => {
        const labels = (Array.isArray(list) ? list : []).map((entry) => (typeof entry === "string" ? labelOf(entry) : undefined));
        const twice = labels.find((label, i) => label !== undefined && labels.indexOf(label) < i);
        return twice === undefined ? [] : [`${key} has ${twice} twice; name it once`];
    };
    return [...repeated(serverRoles, "serverRoles", roleName), ...repeated(notificationEmails, "notificationEmails", (email) => email)];
}

/** Faults of retention and schedules beside each other. */
function typeFaults({ retention, schedules }: VssBackupPolicyArgs): string[] {
    if ([retention, schedules].some((map) => map !== undefined && !isMap(map))) {
        return [];
    }
    const kept = Object.keys(merge<number>(DEFAULTS.retention, retention));
    const taken = Object.keys(merge<string>(DEFAULTS.schedules, schedules));
    const alike = taken.filter((type) => taken.some((other) => other !== type && slug(other) === slug(type)));
    return [
        ...taken
            .filter((type) => !kept.includes(type))
            .map(
                (type) =>
                    `schedules.${type} has no retention.${type}; say how many restore points to keep, or set schedules.${type} to null`,
            ),
        ...kept
            .filter((type) => !taken.includes(type))
            .map((type) => `retention.${type} has no schedules.${type}; say when to take it, or set retention.${type} to null`),
        ...(alike.length > 0 ? [`schedules has ${alike.join(" and ")}, too alike to name resources after; rename one`] : []),
        ...(kept.length + taken.length === 0 ? ["schedules and retention leave no snapshot type; keep one at least"] : []),
    ];
}

/** Faults of what the cleaner is told beside each other. */
function cleaningFaults({ tags, hold, orphanDays, deleteLastCopies }: VssBackupPolicyArgs): string[] {
    const heldBy = shapeFaults({ ...(hold !== undefined && { hold }) }).length === 0 ? holdOf(hold) : undefined;
    const holdsAll = Object.entries(isMap(tags) ? tags : {}).find(
        ([key, value]) =>
            key.toLowerCase() === heldBy?.key.toLowerCase() && (heldBy.value === undefined || heldBy.value === (value as unknown)),
    )?.[0];
    const withoutZero = orphanDays === undefined || (Number.isSafeInteger(orphanDays) && orphanDays > 0);
    return [
        ...(holdsAll
            ? [`tags.${holdsAll} is the tag of hold, and every snapshot would bear it and be held; use another key in one of them`]
            : []),
        ...(orphanDays === 0 && deleteLastCopies !== true
            ? [
                  "orphanDays is 0, which deletes the last restore point of a volume that is gone; set deleteLastCopies to true too if you mean it, or give 1 or more",
              ]
            : []),
        ...(deleteLastCopies === true && withoutZero
            ? [
                  "deleteLastCopies is true without orphanDays 0, and would do nothing; set orphanDays to 0 too if you mean it, or leave it out",
              ]
            : []),
    ];
}

/** Faults of the times at which things would happen; none are looked for while the schedules themselves can't be read. */
function windowFaults({ schedules, timezone, cleanerSchedule }: VssBackupPolicyArgs, now: number): string[] {
    const zone = timezone ?? DEFAULTS.timezone;
    const read = (given: Pick<VssBackupPolicyArgs, "schedules" | "timezone" | "cleanerSchedule">) => shapeFaults(given).length === 0;
    if (!read({ ...(timezone !== undefined && { timezone }) })) {
        return [];
    }
    const types = read({ ...(schedules && { schedules }) }) ? snapshotTypes({ ...(schedules && { schedules }) }) : [];
    const cleaner = cleanerSchedule ?? DEFAULTS.cleanerSchedule;
    const runs = read({ cleanerSchedule: cleaner }) ? parseSchedule(cleaner, "no seconds") : undefined;
    const never = runs?.kind === "cron" && occurrences(runs.pattern, zone, now).next().done;
    return [
        ...overlapFaults(types, zone, BUSY_SECONDS, now),
        ...(never ? [`cleanerSchedule is ${show(cleaner)}; it never fires again; give it a time to come`] : []),
    ];
}

/** What was given, in one line. Secrets come as outputs, which are not shown. */
function show(value: unknown): string {
    if (isLate(value)) {
        return "a value of another resource, which is not known yet";
    }
    return value === undefined ? "missing" : asText(value).slice(0, 200);
}

function asText(value: unknown): string {
    try {
        return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? inspect(value));
    } catch {
        // A BigInt, or an object that holds itself.
        return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
    }
}
