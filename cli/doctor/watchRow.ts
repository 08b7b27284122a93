import { type Account, failureOfListing } from "../account";
import { duration } from "../output/times";
import type { Session } from "../session";
import type { Row } from "./row";

const HOUR = 3_600_000;

/** A watch that is late by this much does not run. One run may have failed. */
const LATE_MS = HOUR;

/** The longest time between two runs that the component accepts. */
const MOST_HOURS = 24;

/** Looks if the watch runs. */
export function watchRow({ policy, now }: Pick<Session, "policy" | "now">, { lastWatch }: Pick<Account, "lastWatch">): Row {
    const { watchFunction, watchEveryHours = MOST_HOURS, targets } = policy;
    if (watchFunction === undefined) {
        return {
            check: "watch",
            result: "note",
            sentence: "The policy has no watch, so nobody is informed about a missing backup.",
            cure: "Deploy the policy with watch: true.",
        };
    }
    if ("unread" in lastWatch) {
        return { check: "watch", result: "unknown", sentence: failureOfListing(lastWatch.unread).message };
    }
    if (lastWatch.value === undefined) {
        return {
            check: "watch",
            result: "note",
            sentence: `The log ${targets.watchLogGroup} has no run of the watch.`,
            cure: "Wait for its first run.",
        };
    }
    const age = now - lastWatch.value;
    return age <= watchEveryHours * HOUR + LATE_MS
        ? { check: "watch", result: "ok", sentence: `It last ran ${duration(age)} ago.` }
        : {
              check: "watch",
              result: "problem",
              sentence: `It last ran ${duration(age)} ago, so nobody is informed about a missing backup.`,
              cure: `Look at its log: aws logs tail ${targets.watchLogGroup} --since 2d`,
          };
}
