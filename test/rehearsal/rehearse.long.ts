import assert from "node:assert/strict";
import { join } from "node:path";
import { type Deployment, runProgram } from "../../rehearsal/program";
import type { Promises } from "../../rehearsal/promises";
import { type Rehearsal, type RehearsalOptions, rehearse } from "../../rehearsal/rehearse";
import { readStackConfig } from "../../rehearsal/stackConfig";
import { deployPolicy } from "../support/policies";

const ROOT = join(__dirname, "..", "..");

const PROMISES: Promises = { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true };

/** A month from a Friday on, with backups of each type. */
const OPTIONS: RehearsalOptions = { start: Date.UTC(2027, 0, 1), days: 33, servers: 2, volumes: 2, failures: 0, seed: 1 };

/** A few days with one volume of one server. */
const FEW: RehearsalOptions = { ...OPTIONS, days: 4, servers: 1, volumes: 1 };

/** The policy without arguments. The tests only read it. */
let byDefault: Promise<Deployment>;

/** Lists the times of a type's runs or restore points, each once. */
function times(entries: readonly { readonly type: string; readonly time: number }[], type: string): string[] {
    const own = entries.filter((entry) => entry.type === type).map(({ time }) => new Date(time).toISOString().slice(0, 16));
    return [...new Set(own)];
}

describe("A rehearsal", () => {
    before(() => {
        byDefault = deployPolicy();
        return byDefault;
    });

    it("ends with the restore points that the policy promises", async () => {
        const { runs, restorable, ...sums } = await rehearse(await byDefault, PROMISES, OPTIONS);
        assert.deepEqual(sums, {
            timezone: "UTC",
            types: ["Day", "Week", "Month"],
            cleanings: 33,
            // 33 days, 5 Sundays and 2 firsts of a month, of 2 servers with 2 volumes each.
            taken: (33 + 5 + 2) * 4,
            deleted: (33 - 5 + 5 - 3) * 4,
            unprotected: [],
            broken: [],
        });
        assert.deepEqual(
            [times(runs, "Week"), times(runs, "Month")],
            [
                ["2027-01-03T03:00", "2027-01-10T03:00", "2027-01-17T03:00", "2027-01-24T03:00", "2027-01-31T03:00"],
                ["2027-01-01T05:00", "2027-02-01T05:00"],
            ],
        );
        assert.deepEqual(
            ["Day", "Week", "Month"].map((type) => times(restorable, type)),
            [
                ["2027-01-29T01:00", "2027-01-30T01:00", "2027-01-31T01:00", "2027-02-01T01:00", "2027-02-02T01:00"],
                ["2027-01-17T03:00", "2027-01-24T03:00", "2027-01-31T03:00"],
                ["2027-01-01T05:00", "2027-02-01T05:00"],
            ],
        );
    });

    it("plays a month of the stack prod without a broken invariant", async () => {
        const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", readStackConfig(ROOT, "prod"));
        const promises = { ...PROMISES, retention: { Day: 7, Week: 3, Month: 2 } };
        const { runs, cleanings, broken } = await rehearse(deployment, promises, { ...OPTIONS, days: 31, servers: 3, failures: 0.02 });
        assert.deepEqual(
            { runs: runs.length, days: times(runs, "Day").length, cleanings, broken },
            { runs: (31 + 5 + 1) * 3, days: 31, cleanings: 31, broken: [] },
        );
    });

    it("ends with restore points that stand in for months without a good run", async () => {
        const { restorable, broken } = await rehearse(await byDefault, PROMISES, {
            ...FEW,
            days: 100,
            failures: 0.5,
            seed: 2,
        });
        const standing = restorable.flatMap(({ type, time, standsInFor }) =>
            standsInFor
                .filter((period) => period.startsWith("Month"))
                .map((period) => `${type} ${new Date(time).toISOString().slice(0, 10)} ${period}`),
        );
        assert.deepEqual({ standing, broken }, { standing: ["Day 2027-02-27 Month 2027-02"], broken: [] });
    });

    it("is the same for the same seed, and differs for another", async () => {
        const deployment = await byDefault;
        const options = { ...OPTIONS, days: 20, failures: 0.3 };
        const [first, again, other] = [
            await rehearse(deployment, PROMISES, options),
            await rehearse(deployment, PROMISES, options),
            await rehearse(deployment, PROMISES, { ...options, seed: 2 }),
        ];
        const failed = ({ runs }: Rehearsal) => runs.filter(({ status }) => status === "Failed").map(({ time, why }) => [time, why]);
        assert.deepEqual(again, first);
        assert.notDeepEqual(failed(other), failed(first));
    });

    it("fails the given share of runs, in each of the ways of VSS, and breaks no invariant", async () => {
        const { runs, broken } = await rehearse(await byDefault, PROMISES, { ...OPTIONS, servers: 10, failures: 0.25 });
        const failed = runs.filter(({ status }) => status === "Failed");
        const why = failed.map((run) => run.why).sort();
        assert.ok(Math.abs(failed.length / runs.length - 0.25) < 0.05, `${failed.length} of ${runs.length}`);
        assert.deepEqual(
            [...new Set(why)],
            ["2005: freezing took longer than VSS allows", "a VSS writer failed", "one snapshot of the set failed", "the server was down"],
        );
        assert.deepEqual(broken, []);
    });

    it("deletes nothing if every run fails, and breaks no invariant", async () => {
        const { restorable, deleted, broken } = await rehearse(await byDefault, PROMISES, { ...OPTIONS, failures: 1 });
        assert.deepEqual({ restorable, deleted, broken }, { restorable: [], deleted: 0, broken: [] });
    });

    it("opens windows in their time zone, also when daylight saving begins", async () => {
        const args = { timezone: "America/New_York", schedules: { Day: "cron(30 22 ? * * *)" } };
        const { runs } = await rehearse(await deployPolicy(args), PROMISES, { ...FEW, start: Date.UTC(2027, 2, 13) });
        assert.deepEqual(times(runs, "Day"), ["2027-03-13T03:30", "2027-03-14T03:30", "2027-03-15T02:30", "2027-03-16T02:30"]);
    });

    it("counts crash-consistent sets as restore points if the policy does", async () => {
        const options = { ...FEW, days: 40, failures: 0.5 };
        const broken = async (args: Parameters<typeof deployPolicy>[0], countCrashConsistent: boolean) =>
            (await rehearse(await deployPolicy(args), { ...PROMISES, countCrashConsistent }, options)).broken.length > 0;
        assert.equal(await broken({ countCrashConsistent: true }, true), false);
        assert.equal(await broken({ countCrashConsistent: true }, false), true);
        assert.equal(await broken({}, false), false);
    });

    it("counts a rate from the deployment of the policy", async () => {
        const args = {
            retention: { Hour: 3 },
            schedules: { Day: "never", Week: "never", Month: "never", Hour: "rate(7 hours)" },
        };
        const { runs, restorable } = await rehearse(
            await deployPolicy(args),
            { retention: { Hour: 3 }, standIns: true },
            { ...FEW, days: 2 },
        );
        assert.deepEqual(times(runs, "Hour"), [
            "2027-01-01T07:00",
            "2027-01-01T14:00",
            "2027-01-01T21:00",
            "2027-01-02T04:00",
            "2027-01-02T11:00",
            "2027-01-02T18:00",
        ]);
        // The last cleaning was on the 2nd at 07:00. It left three, and two more came later.
        assert.deepEqual(times(restorable, "Hour"), times(runs, "Hour").slice(1));
    });

    it("leaves the boot volume out if the policy excludes it, and names it", async () => {
        const { taken, unprotected } = await rehearse(await deployPolicy({ excludeBootVolume: true }), PROMISES, { ...FEW, volumes: 3 });
        assert.equal(taken, (4 + 1 + 1) * 2);
        assert.deepEqual(unprotected, [
            { server: "i-00000000000000001", volume: "vol-00000000000000001", device: "/dev/sda1", why: "boot volume, excluded" },
        ]);
    });

    it("succeeds without unmounted volumes, and names them", async () => {
        const options = { ...FEW, servers: 2, volumes: 3, unmounted: 1 };
        const { taken, runs, unprotected, broken } = await rehearse(await byDefault, PROMISES, options);
        assert.deepEqual(
            { taken, statuses: [...new Set(runs.map(({ status }) => status))], unprotected, broken },
            {
                taken: (4 + 1 + 1) * 2 * 2,
                statuses: ["Success"],
                unprotected: [
                    { server: "i-00000000000000001", volume: "vol-00000000000000003", device: "xvdad", why: "not mounted in Windows" },
                    { server: "i-00000000000000002", volume: "vol-00000000000000006", device: "xvdad", why: "not mounted in Windows" },
                ],
                broken: [],
            },
        );
    });

    it("names every volume if no run completed", async () => {
        const { unprotected } = await rehearse(await byDefault, PROMISES, { ...FEW, volumes: 2, unmounted: 1, failures: 1 });
        assert.deepEqual(unprotected, [
            { server: "i-00000000000000001", volume: "vol-00000000000000001", device: "/dev/sda1", why: "no run completed" },
            { server: "i-00000000000000001", volume: "vol-00000000000000002", device: "xvdac", why: "not mounted in Windows" },
        ]);
    });

    it("deletes nothing if the cleaner only reports", async () => {
        const { deleted, taken, broken } = await rehearse(await deployPolicy({ reportOnly: true }), PROMISES, { ...FEW, days: 10 });
        assert.deepEqual({ deleted, taken, broken }, { deleted: 0, taken: 10 + 2 + 1, broken: [] });
    });

    it("calls back after each day", async () => {
        const called: number[] = [];
        await rehearse(await byDefault, PROMISES, { ...FEW, onDay: (days) => called.push(days) });
        assert.deepEqual(called, [1, 2, 3, 4]);
    });

    it("reports if no run took a snapshot", async () => {
        const deployment = await byDefault;
        const resources = deployment.resources.filter(({ name }) => name !== "prod-vss-package");
        const { broken } = await rehearse({ ...deployment, resources }, PROMISES, FEW);
        assert.deepEqual(broken, ["no run took a snapshot: 1003: AwsVssComponents is not installed"]);
    });
});
