import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { holdFaults, shapeFaults, show } from "./argumentFaults";
import type { VssBackupPolicyArgs } from "./arguments";

/** @throws pulumi.RunError with one line for each fault, which begins with the component's name */
export function refuse(name: string, faults: readonly string[]): void {
    if (faults.length > 0) {
        const lines = faults.map((fault) => `VssBackupPolicy "${name}": ${fault}`.replace(/[\r\n]+/g, " "));
        throw refusal(lines.join("\n"));
    }
}

/**
 * An error for the user. Pulumi reports it once, even if many resources wait for the output that failed.
 *
 * Each of these resources writes the name of a property in front of the message, so this error keeps its message. Pulumi also attaches the
 * failed promise, and prints the error with all that the promise refers to, which takes many seconds; the message is enough.
 */
export function refusal(message: string): pulumi.RunError {
    return Object.defineProperties(new pulumi.RunError(message), {
        message: { get: () => message, set: () => {} },
        [inspect.custom]: { value: () => message },
    });
}

/**
 * Checks the value of an argument, or of one of its entries, as soon as it is known.
 *
 * @param path of the value, such as `["serverRoles", "sql"]`
 * @param otherArguments arguments that the value must fit
 * @returns the value; the output fails with the same message as a plain value
 */
export function checkWhenKnown<T>(
    name: string,
    path: readonly [keyof VssBackupPolicyArgs, ...string[]],
    value: pulumi.Input<T>,
    otherArguments: Pick<VssBackupPolicyArgs, "hold"> = {},
): pulumi.Output<pulumi.Unwrap<T>> {
    const output = pulumi.output(value);
    return pulumi.all([output, pulumi.isSecret(output)]).apply(([known, secret]) => {
        const isMissing = (known as unknown) === undefined || (known as unknown) === null;
        const cure = ["serverRoles", "notificationEmails"].includes(path[0]) ? "leave the entry out" : "leave it out to use its default";
        refuse(name, isMissing ? [`${path.join(".")} is given, but has no value; ${cure}`] : []);
        const args = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), known) as VssBackupPolicyArgs;
        refuse(name, [...shapeFaults(args, secret ? () => "a secret" : show), ...holdFaults({ ...otherArguments, ...args })]);
        return known;
    }) as pulumi.Output<pulumi.Unwrap<T>>;
}
