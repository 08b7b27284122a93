// Tests that are imported after this file take all that `npm test` takes only a sample of.

/** With 20 laws, 12,000 in all. */
process.env.HISTORIES ??= "600";
process.env.YEARS ??= "10";
