import { planCleaning } from "../lambda/retention/plan";
import { account, NOW, SETTINGS } from "./account";

/** Plans an account with a number of snapshots in rounds. Prints the time of each round and the peak memory: `{ seconds, peakMiB }`. */
const [snapshots = 0, rounds = 0] = process.argv.slice(2).map(Number);

const small = account(10_000);
for (let i = 0; i < 20; i++) {
    planCleaning(small, SETTINGS, NOW);
}
const listed = account(snapshots);
const seconds = Array.from({ length: rounds }, () => {
    // Each round starts without the garbage of the round before.
    global.gc?.();
    const begin = performance.now();
    planCleaning(listed, SETTINGS, NOW);
    return (performance.now() - begin) / 1000;
});
process.stdout.write(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 2 ** 10 }));
