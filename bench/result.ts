/** One ratio of two things that were measured in the same run, so that it says something on any machine. */
export interface Result {
    readonly subject: string;
    /** What is divided by what. */
    readonly ratio: string;
    readonly value: number;
    /** `value` must be at most or at least `limit`; without a target, the line is there to compare. */
    readonly target?: { readonly is: "at most" | "at least"; readonly limit: number };
    /** What was measured, in words. */
    readonly measured: string;
}

export function isMet({ value, target }: Result): boolean | undefined {
    return target && (target.is === "at most" ? value <= target.limit : value >= target.limit);
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
}

/** `12,345`, `1.23`, `0.0123`: three digits are enough of what is measured. */
export function number(value: number): string {
    return value.toLocaleString("en", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}

export function progress(text: string): void {
    process.stderr.write(`${text}\n`);
}
