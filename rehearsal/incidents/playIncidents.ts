import type { Account } from "../account";
import type { OpenedWindows } from "../openWindows";
import type { InstalledPackages } from "../vssPackage";
import { FUNCTION_INCIDENTS } from "./functionIncidents";
import type { Incident, Scene } from "./incident";
import { SERVER_INCIDENTS } from "./serverIncidents";
import { WINDOW_INCIDENTS } from "./windowIncidents";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The first incident comes after some restore points. */
const FIRST_DAY = 4;

/** Between the beginnings of two incidents, so that the account is well again before the next one. */
const DAYS_BETWEEN = 11;

/** An incident and when it begins, in milliseconds since 1970. */
export interface PlannedIncident {
    readonly incident: Incident;
    readonly time: number;
}

/** An incident that happened. Times are milliseconds since 1970. */
export interface PlayedIncident {
    readonly incident: Incident;
    /** The server to which it happened; undefined if it is not about one. */
    readonly server: string | undefined;
    readonly begin: number;
    readonly end: number;
    /** From when the watch could know it. */
    readonly knowable: number;
}

/** Plans one incident of each kind, as many as there is time for, each at another time of day. */
export function planDefaultIncidents({ start, end }: Pick<Account, "start" | "end">): PlannedIncident[] {
    return [...SERVER_INCIDENTS, ...WINDOW_INCIDENTS, ...FUNCTION_INCIDENTS]
        .map((incident, i) => ({ incident, time: start + (FIRST_DAY + i * DAYS_BETWEEN) * DAY + ((i * 7) % 24) * HOUR + 20 * 60_000 }))
        .filter(({ incident, time }) => time + (incident.hours + 24) * HOUR <= end);
}

/**
 * Puts incidents on the timeline of an account, with their repairs.
 *
 * @returns the incidents that have begun so far
 */
export function playIncidents(
    account: Account,
    windows: OpenedWindows,
    packages: InstalledPackages,
    planned: readonly PlannedIncident[],
): PlayedIncident[] {
    const played: PlayedIncident[] = [];
    planned.forEach(({ incident, time }, number) => {
        account.timeline.at(time, () => {
            const scene: Scene = { account, windows, packages, number };
            const begun = incident.begin(scene);
            if (!begun) {
                return;
            }
            const end = time + incident.hours * HOUR;
            account.lastUnusual.time = time;
            const knowable = begun.knowable ?? time;
            played.push({ incident, server: begun.server, begin: time, end, knowable });
            account.timeline.at(knowable, () => {
                account.lastUnusual.time = knowable;
            });
            account.timeline.at(end, () => {
                account.lastUnusual.time = end;
                begun.repair();
            });
        });
    });
    return played;
}
