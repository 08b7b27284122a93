import { splitCure } from "../lambda/watch/plainText";

/** The options by which the user chose a policy and an account. */
export interface Choice {
    readonly policy?: string;
    readonly profile?: string;
    readonly region?: string;
}

/** Commands of the AWS CLI that ask for no region. */
const WITHOUT_REGION = /^aws (configure|sso) /;

/** Adds the options that the user gave to the command at the end of a text, so that it works on the same policy and account. */
export function withChoice(text: string, { policy, profile, region }: Choice): string {
    const { command } = splitCure(text);
    if (command === undefined || command.startsWith("pulumi ")) {
        return text;
    }
    const isOwn = command.startsWith("vss-backup ");
    const options = [
        ["--policy", isOwn ? policy : undefined],
        ["--profile", profile],
        ["--region", WITHOUT_REGION.test(command) ? undefined : region],
    ] as const;
    const missing = options.flatMap(([name, value]) =>
        value === undefined || command.includes(` ${name} `) ? [] : [` ${name} ${quoted(value)}`],
    );
    return `${text}${missing.join("")}`;
}

/** Writes a value in the same way for PowerShell and for a POSIX shell. */
function quoted(value: string): string {
    return /^[\w.:/+=-]+$/.test(value) ? value : `'${value}'`;
}
