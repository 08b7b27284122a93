import type { AwsOptions } from "../../rehearsal/embeddedAws/aws";
import { AwsError } from "../../rehearsal/embeddedAws/call";

/** EC2's limit for one action, per account and region: a burst of calls, and then a rate. */
export interface BucketSize {
    readonly burst: number;
    readonly perSecond: number;
    /** Tokens at the start. Default: `burst`. */
    readonly tokens?: number;
}

export interface TokenBucket {
    /** The option of `startAws`. */
    readonly intercept: NonNullable<AwsOptions["intercept"]>;
    /** Accepted calls. */
    readonly passed: number;
    /** Refused calls. */
    readonly refused: number;
    /** Takes a token for a call of another client in the account. Returns false if the bucket is empty. */
    take(): boolean;
}

/**
 * Makes EC2's token bucket for one action, on this machine's clock. It refuses a call like EC2 when it is empty.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export function makeTokenBucket(action: string, { burst, perSecond, tokens = burst }: BucketSize): TokenBucket {
    let left = tokens;
    let filled = performance.now();
    const counts = { passed: 0, refused: 0 };
    const take = () => {
        const now = performance.now();
        left = Math.min(burst, left + ((now - filled) / 1000) * perSecond);
        filled = now;
        const passes = left >= 1;
        left -= passes ? 1 : 0;
        return passes;
    };
    return {
        take,
        get passed() {
            return counts.passed;
        },
        get refused() {
            return counts.refused;
        },
        intercept(call) {
            if (call.action !== action) {
                return undefined;
            }
            const passes = take();
            counts[passes ? "passed" : "refused"] += 1;
            if (!passes) {
                throw new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
            }
            return undefined;
        },
    };
}
