import type { Finding } from "../../../lambda/watch/finding";
import type { Signals, SizedSnapshot } from "../../../lambda/watch/signals";
import { backUp, type SetSketch } from "../../support/history";
import { at, RUNS, read, snapshotsUntil } from "./healthOf";

/** When the last run of Day was due. */
export const DUE = at("2027-03-20T01:00:00");

/** The finding if the restore point of that run is missing. */
export const OVERDUE: Finding = {
    kind: "overdue",
    severity: "problem",
    server: "i-0",
    type: "Day",
    since: DUE,
    sentence:
        "server0 (i-0) has no Day restore point of the run that was due at 2027-03-20 01:00 UTC. The newest is of 2027-03-19 01:01 UTC.",
    cure: RUNS,
};

/** Snapshots of both volumes of the server, or of these. */
export function taken(sketch: SetSketch): SizedSnapshot[] {
    return backUp({ volumes: ["c-0", "d-0"], ...sketch }).map((one) => ({ ...one, sizeGib: 1 }));
}

/** The healthy account with its restore points before a day of March, and with these sets. */
export function untilDay(day: number, ...sets: readonly SizedSnapshot[][]): Pick<Signals, "snapshots"> {
    return { snapshots: { value: [...read(snapshotsUntil(at(`2027-03-${day}T00:00:00`)).snapshots), ...sets.flat()] } };
}

/** The healthy account without the restore point of the last day, and with these sets. */
export function lastDayWith(...sets: readonly SizedSnapshot[][]): Pick<Signals, "snapshots"> {
    return untilDay(20, ...sets);
}
