// Tests that a file imports after this one run with more cases than in `npm test`.

/** With 20 laws, 6,000 histories in all. */
process.env.HISTORIES ??= "300";
process.env.YEARS ??= "10";
