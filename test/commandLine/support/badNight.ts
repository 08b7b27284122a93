import { addSet, DEPLOYED, healthyAccount, makeServer, NOW, type TestAccount } from "./account";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The output of the VSS run that failed last night. */
const OUTPUT = "Starting AWSEC2-CreateVssSnapshot\nEncountered an error: the writer SqlServerWriter timed out.\n";

/** The account of docs/command-line.md: last night, the backup of `sql01` failed. `web01` has a set more than the policy keeps. */
export function badNight(): TestAccount {
    const [web, sql] = [makeServer(1, "web01"), makeServer(2, "sql01")];
    const account = healthyAccount([web, sql]);
    const { store } = account;
    const isOfLastNight = (time: number) => time > NOW - 12 * HOUR;
    for (const { id, volumeId, startTime } of store.all()) {
        if (isOfLastNight(startTime) && sql.volumes.some((volume) => volume.id === volumeId)) {
            store.delete(id);
        }
    }
    addSet(store, web, "Day", Date.parse("2027-02-27T00:00:00Z"));
    return {
        ...account,
        functions: new Map([[DEPLOYED.cleanerFunction, async () => null]]),
        invocations: (account.invocations ?? []).map((invocation) =>
            invocation.serverId === sql.id && isOfLastNight(invocation.requestedAt)
                ? { ...invocation, status: "Failed", outputs: { CreateVssSnapshot: OUTPUT } }
                : invocation,
        ),
        logGroups: new Map(
            [...(account.logGroups ?? [])].map(([name, events]) => [name, events.filter(({ time }) => time > NOW - 4 * DAY)]),
        ),
    };
}
