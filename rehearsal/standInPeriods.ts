import { type Period, type Periods, periodsOf } from "../lambda/periods";
import type { DeployedWindow } from "./deployed";

/** The periods of each type in which a restore point may stand in for it; undefined if none may. */
export type StandInPeriods = Readonly<Record<string, Periods | undefined>>;

/** Finds the periods of the types of these windows. */
export function standInPeriods(windows: readonly DeployedWindow[]): StandInPeriods {
    return Object.fromEntries(windows.map(({ type, schedule, timezone }) => [type, cachedPeriods(periodsOf(schedule, timezone))]));
}

/** Remembers the periods that it has found. The runs of the servers begin together, and each cleaning looks at them again. */
function cachedPeriods(periods: Periods | undefined): Periods | undefined {
    return periods && { at: cache(periods.at), ofSet: cache(periods.ofSet) };
}

function cache(find: (time: number) => Period | undefined): (time: number) => Period | undefined {
    const found = new Map<number, Period | undefined>();
    return (time) => {
        if (!found.has(time)) {
            found.set(time, find(time));
        }
        return found.get(time);
    };
}
