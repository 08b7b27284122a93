import { cleanerSettings } from "../components/cleanerSettings";
import { rehearse } from "../rehearsal/rehearse";
import { prod } from "./prod";
import { number, progress, type Result } from "./result";

const YEARS = [1, 2, 5, 10];
const YEAR = 365;
const SERVERS = 20;

/** Measures a rehearsal. Ten years take at most 1.2 times as long a day as one year. */
export async function rehearsing(): Promise<Result[]> {
    const deployment = await prod();
    const begin = performance.now();
    const seconds = new Map<number, number>();
    const { broken, deleted, runs } = await rehearse(deployment, PROMISED, {
        start: Date.UTC(2027, 0, 1),
        days: 10 * YEAR,
        servers: SERVERS,
        volumes: 1,
        failures: 0.02,
        seed: 1,
        onDay(days) {
            const years = days / YEAR;
            if (YEARS.includes(years)) {
                seconds.set(years, (performance.now() - begin) / 1000);
                progress(`  ${years} years: ${number(seconds.get(years) as number)} s`);
            }
        },
    });
    if (broken[0]) {
        throw new Error(`A rehearsal that breaks an invariant measures nothing: ${broken[0]}`);
    }
    const perDay = (years: number) => ((seconds.get(years) as number) / years / YEAR) * 1000;
    return YEARS.slice(1).map((years) => ({
        subject: "rehearsal",
        ratio: `time per virtual day, ${years} years to 1`,
        value: perDay(years) / perDay(1),
        // The years in between only show how the time grows.
        ...(years === YEARS.at(-1) && { target: { is: "at most" as const, limit: 1.2 } }),
        measured: `${number(perDay(years))} ms to ${number(perDay(1))} ms with ${SERVERS} servers${
            years === 10
                ? `; ${number(seconds.get(10) as number)} s in all, ${number(runs.length)} VSS runs, ${number(deleted)} deletions`
                : ""
        }`,
    }));
}

const { retention, standIns } = cleanerSettings("prod", {});

/** The retention and the stand-ins that the stack's config promises. */
const PROMISED = { retention: { ...retention, Day: 7 }, standIns };
