/** How much `npm test` takes of the checks that could go on without end. `npm run test:long` takes more, see `long.ts`. */

/** Random histories per law; a third as many random schedules. */
export const HISTORIES = Number(process.env.HISTORIES ?? 60);

/** Years through which periods are followed. */
export const YEARS = Number(process.env.YEARS ?? 1);
