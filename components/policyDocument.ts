import * as pulumi from "@pulumi/pulumi";
import { refusal } from "./refusal";

/** A statement of a policy document. Its values may be late. */
export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: pulumi.Input<string> | Readonly<Record<string, pulumi.Input<string> | readonly string[]>>;
    readonly Action: string | readonly string[];
    readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
}

/**
 * A policy document as IAM and SNS take it.
 *
 * @throws pulumi.RunError as soon as a value of a statement turns out to be missing or empty: JSON would drop it, and a statement that
 * loses a condition allows more than it says
 */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
    return pulumi.output(statements as unknown[]).apply((known) => {
        const lost = known.flatMap((statement) => emptyPaths(statement, (statement as Statement).Sid));
        if (lost.length > 0) {
            throw refusal(`${lost.join(", ")} of a policy document has no value; no policy is made without it.`);
        }
        return JSON.stringify({ Version: "2012-10-17", Statement: known });
    });
}

/** The paths of values that are not a text, or a list or map of texts, with something in it. */
function emptyPaths(value: unknown, path: string): string[] {
    if (typeof value === "string") {
        return value.trim() === "" ? [path] : [];
    }
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return entries.length === 0 ? [path] : entries.flatMap(([key, entry]) => emptyPaths(entry, `${path}.${key}`));
}
