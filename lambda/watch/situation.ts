import type { DueRuns } from "./dueRuns";
import type { Finding, FindingName } from "./finding";
import type { Memory, OptionTimes } from "./memory";
import type { ServerSets } from "./serverSets";
import type { Recording, Server, Signals } from "./signals";
import type { WatchSettings, WatchTargets } from "./watchSettings";

/** The values of the signals that could be read. */
export type Readings = { readonly [Name in keyof Signals]?: Extract<Signals[Name], { value: unknown }>["value"] } & {
    readonly recording?: Recording;
};

/** Everything that the rules look at. */
export interface Situation {
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly settings: WatchSettings;
    readonly targets: WatchTargets;
    readonly readings: Readings;
    /** Of the run before; undefined in the first run, and if the log can't be read. */
    readonly memory: Memory | undefined;
    /** Servers with the server tag. Empty if the servers could not be read. */
    readonly targeted: readonly Server[];
    /** Servers with the server tag, without the excluded ones. Empty if the servers could not be read. */
    readonly watched: readonly Server[];
    /** Servers without the server tag, without the excluded ones. Empty if the servers could not be read. */
    readonly untagged: readonly Server[];
    /** Undefined if the servers or the snapshots could not be read. */
    readonly sets: ServerSets | undefined;
    readonly dueRuns: readonly DueRuns[];
    readonly options: OptionTimes;
    /** The same finding in the run before; undefined if that run did not have it. */
    known(name: FindingName): Finding | undefined;
}

/** A finding without its time. `health` takes the time of the same finding in the run before, unless it is overdue, then `since`, then the present. */
export type Draft = Omit<Finding, "since"> & { readonly since?: number | undefined };

/** `web1 (i-0123…)`, or the id alone. */
export function label({ id, name }: Pick<Server, "id" | "name">): string {
    return name === "" ? id : `${name} (${id})`;
}

export function isStopped({ state }: Server): boolean {
    return state === "stopped" || state === "stopping";
}

/** When a server stopped, as EC2 or the run before tells; undefined if neither knows. EC2 does not know it after a shutdown from Windows. */
export function stopTime({ id, stoppedAt }: Server, { known }: Pick<Situation, "known">): number | undefined {
    return stoppedAt ?? known({ kind: "stopped", server: id })?.since;
}
