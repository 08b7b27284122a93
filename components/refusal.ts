import * as pulumi from "@pulumi/pulumi";
import { holdFaults, shapeFaults, show } from "./argumentFaults";
import type { VssBackupPolicyArgs } from "./arguments";

/** @throws pulumi.RunError with all faults, one a line, each with the component's name in front */
export function refuse(name: string, faults: readonly string[]): void {
    if (faults.length > 0) {
        const lines = faults.map((fault) => `VssBackupPolicy "${name}": ${fault}`.replace(/[\r\n]+/g, " "));
        throw refusal(lines.join("\n"));
    }
}

/**
 * Pulumi reports an error once, however many resources wait for the output that failed. But each of them writes the name of a property in
 * front of the message, so this error keeps its message.
 */
export function refusal(message: string): pulumi.RunError {
    return Object.defineProperty(new pulumi.RunError(message), "message", { get: () => message, set: () => {} });
}

/**
 * Checks the value of an argument, or of one entry of it, as soon as it is known.
 *
 * @param path of the value, such as `["serverRoles", "sql"]`
 * @param beside other arguments that the value must fit
 * @returns the value; it fails with the message that a plain value would have had
 */
export function checkWhenKnown<T>(
    name: string,
    path: readonly [keyof VssBackupPolicyArgs, ...string[]],
    value: pulumi.Input<T>,
    beside: Pick<VssBackupPolicyArgs, "hold"> = {},
): pulumi.Output<pulumi.Unwrap<T>> {
    const output = pulumi.output(value);
    return pulumi.all([output, pulumi.isSecret(output)]).apply(([known, secret]) => {
        const isMissing = (known as unknown) === undefined || (known as unknown) === null;
        refuse(name, isMissing ? [`${path.join(".")} has no value, although it was given; leave it out for its default`] : []);
        const args = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), known) as VssBackupPolicyArgs;
        refuse(name, [...shapeFaults(args, secret ? () => "a secret" : show), ...holdFaults({ ...beside, ...args })]);
        return known;
    }) as pulumi.Output<pulumi.Unwrap<T>>;
}
