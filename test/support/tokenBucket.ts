import { Ec2Error, type Ec2Options } from "../../rehearsal/embeddedAws/ec2";

/** EC2's limit for one action of an account in a region: a burst of calls, and then a rate. */
export interface BucketSize {
    readonly burst: number;
    readonly perSecond: number;
    /** Tokens at the start; `burst` if left out. */
    readonly tokens?: number;
}

export interface TokenBucket {
    /** The option of `startEc2`. */
    readonly intercept: NonNullable<Ec2Options["intercept"]>;
    /** Calls that it let through. */
    readonly passed: number;
    /** Calls that it refused. */
    readonly refused: number;
    /** Takes a token, as a call of somebody else in the account does; false if there is none. */
    take(): boolean;
}

/**
 * Makes EC2's token bucket for one action, on this machine's clock. A call that finds it empty is refused as EC2 does.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export function tokenBucket(action: string, { burst, perSecond, tokens = burst }: BucketSize): TokenBucket {
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
                throw new Ec2Error("RequestLimitExceeded", "Request limit exceeded.", 503);
            }
            return undefined;
        },
    };
}
