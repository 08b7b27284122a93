import * as pulumi from "@pulumi/pulumi";
import { refusal } from "./refusal";

/** A statement of a policy document. Its values may come from other resources. */
export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: pulumi.Input<string> | Readonly<Record<string, pulumi.Input<string> | readonly string[]>>;
    readonly Action: string | readonly string[];
    readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly string[]>>>>;
}

/**
 * Makes a policy document for IAM or SNS.
 *
 * @throws pulumi.RunError when a value of a statement is missing or empty. JSON would drop it, and a statement without its condition
 * would allow too much.
 */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
    return pulumi.output(statements as unknown[]).apply((known) => {
        const missingPaths = known.flatMap((statement) => emptyPaths(statement, (statement as Statement).Sid));
        if (missingPaths.length > 0) {
            throw refusal(`${missingPaths.join(", ")} of a policy document has no value. A policy without it would not be safe.`);
        }
        return JSON.stringify({ Version: "2012-10-17", Statement: known });
    });
}

/** Lists the paths of empty values: only a filled text, and a filled list or map of such texts, are not empty. */
function emptyPaths(value: unknown, path: string): string[] {
    if (typeof value === "string") {
        return value.trim() === "" ? [path] : [];
    }
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return entries.length === 0 ? [path] : entries.flatMap(([key, entry]) => emptyPaths(entry, `${path}.${key}`));
}
