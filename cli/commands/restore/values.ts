import { InvalidArgumentError } from "commander";

/** Reads a rate at which EC2 loads new volumes. */
export function readRate(given: string): number {
    const rate = Number(given);
    if (!Number.isInteger(rate) || rate < 100 || rate > 300) {
        throw new InvalidArgumentError("Give MiB a second, from 100 to 300.");
    }
    return rate;
}

/** Reads a further value of an option that may come several times. */
export function readFurther(given: string, before: readonly string[] = []): string[] {
    return [...before, given];
}
