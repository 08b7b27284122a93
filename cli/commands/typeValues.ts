import { InvalidArgumentError } from "commander";

/** Values of an option that may come several times, by snapshot type. */
export type TypeValues<T> = Readonly<Record<string, T>>;

/** Reads `Day=7`. */
export function readCount(given: string, before: TypeValues<number> = {}): TypeValues<number> {
    const { type, value } = split(given, "Day=7");
    if (!/^[1-9]\d{0,8}$/.test(value)) {
        throw new InvalidArgumentError("Give a whole number of restore points, at least 1, such as Day=7.");
    }
    return { ...before, [type]: Number(value) };
}

/** Reads `Day=cron(0 1 ? * * *)`. The command checks the expression, since that needs more code. */
export function readSchedule(given: string, before: TypeValues<string> = {}): TypeValues<string> {
    const { type, value } = split(given, '"Day=cron(0 1 ? * * *)"');
    return { ...before, [type]: value };
}

/** A type may contain an equals sign, and a value never does. */
function split(given: string, example: string): { readonly type: string; readonly value: string } {
    const [, type, value] = /^(.+)=([^=]+)$/.exec(given) ?? [];
    if (type === undefined || value === undefined || type === "__proto__") {
        throw new InvalidArgumentError(`Give a snapshot type and its value, such as ${example}.`);
    }
    return { type, value };
}
