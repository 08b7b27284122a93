/** The byte counts of the lines of a log that are as long as a limit, or longer. */
export function linesOver(log: string, limit: number): number[] {
    return log
        .split("\n")
        .map((line) => Buffer.byteLength(line))
        .filter((bytes) => bytes >= limit);
}
