/** A ratio of two values of one run. So it is comparable between machines. */
export interface Result {
    readonly subject: string;
    /** The dividend and the divisor. */
    readonly ratio: string;
    readonly value: number;
    /** `value` must be at most or at least `limit`. A line without a target is for comparison. */
    readonly target?: { readonly is: "at most" | "at least"; readonly limit: number };
    /** The measured values, in words. */
    readonly measured: string;
}

export function isMet({ value, target }: Result): boolean | undefined {
    return target && (target.is === "at most" ? value <= target.limit : value >= target.limit);
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
}

/** Formats a number: `12,345`, `1.23`, `0.0123`. Three digits are enough for a measured value. */
export function number(value: number): string {
    return value.toLocaleString("en", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}

export function progress(text: string): void {
    process.stderr.write(`${text}\n`);
}
