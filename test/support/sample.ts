/** How many random cases `npm test` checks. `npm run test:long` checks more, see `long.ts`. */

/** Random histories per law. Tests of schedules use a third of this number. */
export const HISTORIES = Number(process.env.HISTORIES ?? 40);

/** Years that the tests of periods cover. */
export const YEARS = Number(process.env.YEARS ?? 1);
