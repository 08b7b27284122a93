import type { Json, JsonObject } from "../../../rehearsal/embeddedAws/call";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import { addSet, DEPLOYED, healthyAccount, NOW, type TestAccount, withCleaner } from "./account";

/** A snapshot that nobody holds, and one that somebody holds. */
export const [FREE, HELD] = ["snap-00000000000000001", "snap-00000000000000029"] as const;

/** An account in which each acting command has something to do. */
export function busyAccount(): TestAccount {
    const account = healthyAccount();
    const [web] = account.servers as readonly Server[];
    if (web) {
        addSet(account.store, web, "Day", Date.parse("2027-02-27T00:00Z"), { VssBackupHold: "" });
        addSet(account.store, web, "Day", Date.parse("2027-02-26T00:00Z"));
        addSet(account.store, web, "Day", Date.parse("2027-02-25T00:00Z"), { VssBackupPolicy: undefined });
    }
    return withCleaner(account);
}

/** The ids and tags of all snapshots. */
export function snapshotsOf({ store }: TestAccount): object[] {
    return store.all().map(({ id, tags }) => [id, [...tags]]);
}

/** Lets the cleaner of an account run at the time of the tests, although the command line runs in this process. */
export function atNow(account: TestAccount): TestAccount {
    const run = account.functions?.get(DEPLOYED.cleanerFunction);
    const runNow = async (event: Json) => (await run?.({ ...(event as JsonObject), time: new Date(NOW).toISOString() })) ?? null;
    return { ...account, functions: new Map([[DEPLOYED.cleanerFunction, runNow]]) };
}
