import { z } from "zod";
import { parseSchedule } from "../lambda/retention/schedules";
import { slug } from "../lambda/watch/runComment";

/** Text. If the value is a number or a boolean, the user forgot the quotes. */
export function text(label: string) {
    return z.string({
        error: ({ input: given }) =>
            ["number", "boolean"].includes(typeof given) ? `give ${label} as text: write it in quotes` : `give ${label} as text`,
    });
}

export function scheduleExpression(seconds: Parameters<typeof parseSchedule>[1]) {
    return z.string({ error: "give a cron(…) or rate(…) expression" }).superRefine((expression, context) => {
        try {
            parseSchedule(expression, seconds);
        } catch (error) {
            context.addIssue({ code: "custom", message: (error as Error).message });
        }
    });
}

/** Text that the SSM documents write into a tag of each snapshot. */
export function snapshotTagText(max: number, characters: RegExp, list: string, label: string) {
    return text(label).refine(
        (given) => characters.test(given) && given === given.trim() && given.length <= max && !/\{\{|\}\}/.test(given),
        `${label} has up to ${max} characters, no space at its ends, and no {{ or }}; the SSM document accepts a-z A-Z 0-9 space ${list}`,
    );
}

/** JavaScript sets the prototype of an object when a program assigns to this name. */
export const noPrototype = [(name: string) => name !== "__proto__", "JavaScript reserves the name __proto__; use another name"] as const;

/** The SSM documents accept these characters in a tag. Quotes are missing here: the second document puts the text into a nested command. */
const TYPE_CHARACTERS = /^[a-zA-Z0-9() ./\-@_+:={}]*$/;

export const typeName = snapshotTagText(64, TYPE_CHARACTERS, "( ) . / - @ _ + : = { }", "a snapshot type")
    .refine((type) => slug(type) !== "", "give a snapshot type at least one letter or digit")
    .refine(...noPrototype);
