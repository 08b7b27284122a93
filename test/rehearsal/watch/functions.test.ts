import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Account, makeAccount } from "../../../rehearsal/account";
import { type DeployedSchedule, schedulesOf, startsWatch } from "../../../rehearsal/deployed";
import { findStartTimes, loadFunctions, type Outcome, type PlayedFunctions } from "../../../rehearsal/functions";
import type { Deployment } from "../../../rehearsal/program";
import { deployPolicy } from "../../support/policies";

const HOUR = 3_600_000;
const START = Date.UTC(2027, 0, 4);
const LOG = "/vss-backup/prod/cleaner";

/** A function that logs its event with metrics, and fails if its event says so. */
const CODE = `
exports.handler = async (event) => {
    const CloudWatchMetrics = [{ Namespace: "VssBackup", Dimensions: [["Policy"]], Metrics: [{ Name: "Heartbeat" }] }];
    process.stdout.write(JSON.stringify({ _aws: { Timestamp: Date.parse(event.time), CloudWatchMetrics }, Policy: "prod", Heartbeat: 1 }) + "\\n");
    process.stdout.write("START " + event.time + "\\n");
    if (event.time.includes("T03")) {
        throw new Error("it is three");
    }
    return event;
};`;

let deployment: Deployment;

interface Loaded {
    readonly account: Account;
    readonly functions: PlayedFunctions;
    readonly schedule: DeployedSchedule;
    start(hours: number): Promise<Outcome>;
}

/** Loads the function in the place of the cleaner, and closes it after the test. */
async function loaded(test: (loaded: Loaded) => Promise<void>): Promise<void> {
    const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(CODE) });
    const resources = deployment.resources.map((resource) =>
        resource.name === "prod-cleaner" ? { ...resource, inputs: { ...resource.inputs, code } } : resource,
    );
    const account = makeAccount({ ...deployment, resources }, { start: START, days: 5, servers: 1, volumes: 1 });
    const schedule = schedulesOf(account.deployment).find((candidate) => !startsWatch(candidate)) as DeployedSchedule;
    const functions = await loadFunctions(account, "http://127.0.0.1:1", [schedule, schedule], "cleaner");
    try {
        await test({ account, functions, schedule, start: (hours) => functions.start(schedule, START + hours * HOUR) });
    } finally {
        await functions.close();
    }
}

/** Metrics by hour: `1 Errors 0`. */
function metrics({ metrics: data }: Account): string[] {
    return data.map(
        ({ time, metric, value, dimensions }) => `${(time - START) / HOUR} ${metric} ${value} ${Object.values(dimensions).join()}`,
    );
}

describe("A function in a rehearsal", () => {
    before(async () => {
        deployment = await deployPolicy();
    });

    it("gets the time at which it was due, and writes its log and its metrics", () =>
        loaded(async ({ account, start }) => {
            assert.deepEqual(await start(1), {
                kind: "returned",
                result: { time: "2027-01-04T01:00:00Z" },
                lines: account.aws.logGroups.get(LOG)?.map(({ message }) => message),
            });
            assert.deepEqual(
                account.aws.logGroups.get(LOG)?.map(({ time }) => (time - START) / HOUR),
                [1, 1],
            );
            assert.deepEqual(metrics(account), ["1 Heartbeat 1 prod", "1 Errors 0 vss-backup-prod-cleaner"]);
            await start(2);
            assert.deepEqual(
                account.aws.logGroups
                    .get(LOG)
                    ?.map(({ message }) => message)
                    .filter((message) => message.startsWith("START")),
                ["START 2027-01-04T01:00:00Z", "START 2027-01-04T02:00:00Z"],
            );
        }));

    it("counts an error, and logs it", () =>
        loaded(async ({ account, start }) => {
            const outcome = await start(3);
            assert.deepEqual([outcome.kind, metrics(account)], ["failed", ["3 Heartbeat 1 prod", "3 Errors 1 vss-backup-prod-cleaner"]]);
            assert.match(account.aws.logGroups.get(LOG)?.at(-1)?.message ?? "", /^Error: it is three\n/);
            assert.equal(account.lastUnusual.time, START + 3 * HOUR);
        }));

    it("does nothing but count an error if it is broken", () =>
        loaded(async ({ account, schedule, start }) => {
            account.mistakes.brokenFunctions.add(schedule.started.arn);
            assert.equal((await start(1)).kind, "failed");
            assert.deepEqual(metrics(account), ["1 Errors 1 vss-backup-prod-cleaner"]);
            assert.deepEqual(
                account.aws.logGroups.get(LOG)?.map(({ message }) => message),
                ["Runtime.ImportModuleError: Error: Cannot find module 'index'\n"],
            );
        }));

    it("is not started if somebody has stopped its schedule", () =>
        loaded(async ({ account, functions, schedule, start }) => {
            account.mistakes.stoppedSchedules.add(schedule.arn);
            assert.deepEqual(await start(1), { kind: "not started" });
            await account.timeline.play(START + 9 * HOUR);
            assert.deepEqual([metrics(account), functions.refusals, account.lastUnusual.time], [[], [], START + HOUR]);
        }));

    it("leaves a dead letter after an hour if its schedule may not start it, and SQS counts it until it is purged", () =>
        loaded(async ({ account, functions, schedule, start }) => {
            account.mistakes.takenPermissions.add({ role: schedule.role, action: "lambda:InvokeFunction" });
            assert.deepEqual(await start(1), { kind: "not started" });
            await account.timeline.play(START + 3.5 * HOUR);
            const queue = "prod-cleaner-dead-letters";
            const counted = [`2 ApproximateNumberOfMessagesVisible 1 ${queue}`, `3 ApproximateNumberOfMessagesVisible 1 ${queue}`];
            assert.deepEqual([metrics(account), functions.refusals], [counted, []]);
            account.deadLetters.clear();
            await account.timeline.play(START + 9 * HOUR);
            assert.deepEqual(metrics(account), [...counted, `4 ApproximateNumberOfMessagesVisible 0 ${queue}`]);
        }));

    it("repeats the metrics of its last run", () =>
        loaded(async ({ account, functions, schedule, start }) => {
            functions.repeat(schedule, START);
            await start(1);
            functions.repeat(schedule, START + 2 * HOUR);
            assert.deepEqual(metrics(account), [
                "1 Heartbeat 1 prod",
                "1 Errors 0 vss-backup-prod-cleaner",
                "2 Heartbeat 1 prod",
                "2 Errors 0 vss-backup-prod-cleaner",
            ]);
            const delays = account.metrics.map(({ time, arrival = 0 }) => (arrival - time) / HOUR);
            assert.deepEqual([...new Set(delays)], [2 / 60]);
        }));

    it("keeps its log for 90 days", () =>
        loaded(async ({ account, start }) => {
            const events = account.aws.logGroups.get(LOG);
            const age = 90 * 24 - 1;
            events?.push({ time: START - age * HOUR - 1, message: "old" }, { time: START - age * HOUR, message: "young" });
            await start(1);
            assert.deepEqual(events?.map(({ message }) => message).slice(0, 1), ["young"]);
        }));
});

describe("The start times of a schedule", () => {
    const times = (expression: string) => {
        const account = { start: START, end: START + 4 * HOUR } as Account;
        return [...findStartTimes({ expression, timezone: "UTC" } as DeployedSchedule, account)].map((time) => (time - START) / HOUR);
    };

    it("begin at once with a rate", () => {
        assert.deepEqual(times("rate(1 hour)"), [0, 1, 2, 3]);
    });

    it("are those of a cron expression", () => {
        assert.deepEqual(times("cron(30 1,2 * * ? *)"), [1.5, 2.5]);
    });
});
