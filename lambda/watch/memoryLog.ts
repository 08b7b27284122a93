import type { Memory } from "./memory";

/** Writes a memory as a line of JSON. `readMemory` reads it back. */
export function memoryLines(policy: string, memory: Memory): string[] {
    return [JSON.stringify({ Watch: policy, Time: new Date(memory.time).toISOString(), Part: 1, Parts: 1, Memory: memory })];
}

/** Reads the newest memory from lines of the log. A memory that is later than `now` does not count. */
export function readMemory(lines: readonly string[], now = Number.POSITIVE_INFINITY): Memory | undefined {
    return lines.map((line) => (JSON.parse(line) as { Memory: Memory }).Memory).findLast(({ time }) => time <= now);
}
