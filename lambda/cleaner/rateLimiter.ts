import { setTimeout as pause } from "node:timers/promises";

/** How often a request may be sent: `burst` at once, and then `perSecond`. */
export interface Pace {
    readonly burst: number;
    readonly perSecond: number;
}

/**
 * EC2 lets an account delete 100 snapshots at once in a region, and 5 a second after that. These limits are a little
 * lower. So EC2 refuses no request, and other programs get a share.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export const DELETION_PACE: Pace = { burst: 90, perSecond: 4.85 };

/** Makes a token bucket that is full at first. @returns waits for the turn of the next request */
export function rateLimiter({ burst, perSecond }: Pace): () => Promise<void> {
    const interval = 1000 / perSecond;
    const timeWhenFull = () => performance.now() - burst * interval;
    let nextTurn = timeWhenFull();
    return async () => {
        nextTurn = Math.max(nextTurn, timeWhenFull()) + interval;
        await pause(Math.max(0, nextTurn - performance.now()));
    };
}
