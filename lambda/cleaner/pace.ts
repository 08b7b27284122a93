import { setTimeout as pause } from "node:timers/promises";

/** How often a call may be made: so many at once, and from then on so many a second. */
export interface Pace {
    readonly burst: number;
    readonly perSecond: number;
}

/**
 * EC2 lets an account delete 100 snapshots at once in a region, and 5 a second after that. A little less, so that it need not refuse any,
 * and leaves something to others.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export const DELETION_PACE: Pace = { burst: 90, perSecond: 4.85 };

/** @returns what waits for the turn of the next call: a token bucket that is full at first */
export function paced({ burst, perSecond }: Pace): () => Promise<void> {
    const interval = 1000 / perSecond;
    const full = () => performance.now() - burst * interval;
    let turn = full();
    return async () => {
        turn = Math.max(turn, full()) + interval;
        await pause(Math.max(0, turn - performance.now()));
    };
}
