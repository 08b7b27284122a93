/** The byte counts of a log's lines that reach or exceed a limit. */
export function findLongLines(log: string, limit: number): number[] {
    return log
        .split("\n")
        .map((line) => Buffer.byteLength(line))
        .filter((bytes) => bytes >= limit);
}
