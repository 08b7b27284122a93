import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { RESERVED_TAGS } from "./snapshotTags";
import { noPrototype, snapshotTagText, text } from "./textSchemas";

/** Whether a value comes from another resource. The component checks it when it is known. */
export function isLate(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Whether a value is a plain object: no list, no class instance, no `Map`. */
export function isMap(value: unknown): value is Record<string, unknown> {
    if (typeof value !== "object" || value === null || isLate(value)) {
        return false;
    }
    const prototype = Object.getPrototypeOf(value) as unknown;
    return prototype === Object.prototype || prototype === null;
}

/** Checks a value by a schema, unless it is late. */
export function input<T extends z.ZodType>(schema: T) {
    return byKind((value) => (isLate(value) ? z.any() : schema));
}

/** Checks a value by a schema that depends on the value. */
export function byKind(schemaFor: (value: unknown) => z.ZodType) {
    return z.any().superRefine((value, context) => {
        for (const issue of schemaFor(value).safeParse(value).error?.issues ?? []) {
            context.addIssue({ ...issue } as Parameters<typeof context.addIssue>[0]);
        }
    });
}

/** A map with these fields and no others. */
export function fields(shape: z.ZodRawShape, cure: string) {
    return byKind((value) => (isMap(value) ? z.strictObject(shape) : z.never(cure)));
}

/** A map from keys of one kind to values of one kind. `keyName` marks the faults of keys, so that their messages name only the key. */
export function mapOf(keyName: string, key: z.ZodType, value: z.ZodType, cure: string) {
    return z.custom<Record<string, unknown>>(isMap, cure).superRefine((map, context) => {
        for (const [name, entry] of Object.entries(map)) {
            for (const { message } of key.safeParse(name).error?.issues ?? []) {
                context.addIssue({ code: "custom", path: [name], message, params: { keyName } });
            }
            for (const issue of value.safeParse(entry).error?.issues ?? []) {
                context.addIssue({ ...issue, path: [name, ...issue.path] } as Parameters<typeof context.addIssue>[0]);
            }
        }
    });
}

export const flag = z.boolean({ error: "give true or false" });

export function whole(min: number, max: number, unit: string) {
    return z.custom<number>(
        (count) => Number.isSafeInteger(count) && (count as number) >= min && (count as number) <= max,
        `give a whole number of ${unit} from ${min} to ${max}`,
    );
}

export const timeOfDay = text('a time of day, such as "08:00",').regex(
    /^([01]\d|2[0-3]):[0-5]\d$/,
    'give hours and minutes from 00:00 to 23:59, such as "08:00"',
);

/** All AWS services and the `tags` parameter of the SSM documents accept these characters in a tag. */
const TAG_CHARACTERS = /^[a-zA-Z0-9 ./\-@_+:=]*$/;

export const tagKey = snapshotTagText(128, TAG_CHARACTERS, ". / - @ _ + : =", "a tag key")
    .refine((key) => key !== "", "give a tag key at least one character")
    .refine((key) => !isReserved(key), `the policy uses the tags ${RESERVED_TAGS.join(", ")} itself; use another key`)
    .refine((key) => !/^aws:/i.test(key), "aws: is reserved for AWS; use another key")
    .refine(...noPrototype);

export const tagValue = snapshotTagText(256, TAG_CHARACTERS, ". / - @ _ + : =", "a tag value");

/** A name that the user chooses for an entry, and that becomes part of resource names. */
export const entryName = text("a name").regex(
    /^[A-Za-z0-9][\w.@+=,-]{0,63}$/,
    "a name takes 1 to 64 letters, digits and _ . @ + = , -, a letter or digit first",
);

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html */
export function targetText(max: number, characters: string, label: string) {
    const escaped = characters.replaceAll(" ", "").replace("-", "\\-");
    return text(label)
        .regex(
            new RegExp(`^[\\p{L}\\p{Z}\\p{N}${escaped}]{1,${max}}$`, "u"),
            `${label} takes 1 to ${max} letters, digits, spaces and ${characters}`,
        )
        .refine((given) => given === given.trim(), `${label} must have no space at its ends`)
        .refine(...noPrototype);
}

/** IAM's conditions and EC2's tags accept this text as a tag key. */
const anyTagKey = text("a tag key").regex(
    /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
    "a tag key takes 1 to 128 letters, digits, spaces and _ . : / = + - @, and does not begin with aws:",
);

/** A tag key that a person puts on instances. */
export const instanceTagKey = anyTagKey
    .refine((given) => given.trim() === given, "a tag key must have no space at its ends, or EC2 would find no instance with it")
    .refine(...noPrototype);

export const holdKey = anyTagKey
    .refine((given) => given.trim() === given, "a tag key must have no space at its ends, or EC2 would find no snapshot with it")
    .refine(
        (key) => !isReserved(key),
        `all snapshots of the policy have the tags ${RESERVED_TAGS.join(", ")} and would be held; use another key`,
    )
    .refine(...noPrototype);

function isReserved(key: string): boolean {
    return RESERVED_TAGS.some((reserved) => reserved.toLowerCase() === key.toLowerCase());
}
