import type { VssDocument } from "./arguments";
import documents from "./ssmDocumentParameters.json";

/** A parameter of an SSM document, as the document declares it. */
export interface DocumentParameter {
    readonly type: string;
    readonly default?: unknown;
    readonly allowedValues?: readonly string[];
    readonly allowedPattern?: string;
    readonly maxChars?: number;
}

export type DocumentName = VssDocument | "AWS-ConfigureAWSPackage";

/** The parameters of the documents that a policy uses, copied from the documents (August 2026). */
const DOCUMENT_PARAMETERS: Readonly<Record<DocumentName, Readonly<Record<string, DocumentParameter>>>> = documents;

/**
 * Seconds that a VSS run may take after its command has started. This is the document's default. The task sets it, and the check for
 * overlapping windows relies on it.
 */
export const EXECUTION_TIMEOUT_S = 800;

/** AWSEC2-VssInstallAndSnapshot first looks for the package (60 s) and installs it (600 s). */
export const INSTALL_TIMEOUT_S: Readonly<Record<VssDocument, number>> = {
    "AWSEC2-CreateVssSnapshot": 0,
    "AWSEC2-VssInstallAndSnapshot": 660,
};

/** Lists the faults of a request's parameters, one sentence each. The list is empty if SSM would accept the request. */
export function parameterFaults(document: DocumentName, parameters: Readonly<Record<string, string>>): string[] {
    const known = DOCUMENT_PARAMETERS[document];
    const faults = Object.entries(parameters).flatMap(([name, value]) => {
        const declared = Object.hasOwn(known, name) ? known[name] : undefined;
        if (!declared) {
            return [`${document} has no parameter ${name}`];
        }
        const isAccepted =
            (declared.allowedValues?.includes(value) ?? true) &&
            (declared.allowedPattern === undefined || new RegExp(declared.allowedPattern).test(value)) &&
            value.length <= (declared.maxChars ?? Number.POSITIVE_INFINITY);
        return isAccepted ? [] : [`${document} does not take ${JSON.stringify(value)} for ${name}`];
    });
    const missing = Object.keys(known).filter((name) => known[name]?.default === undefined && !(name in parameters));
    return [...faults, ...missing.map((name) => `${document} needs ${name}`)];
}
