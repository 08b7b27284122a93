import assert from "node:assert/strict";
import type { Reading } from "../../../../lambda/watch/reading";
import { pageTokenOf } from "../../../../rehearsal/embeddedAws/call";
import { SnapshotStore } from "../../../../rehearsal/embeddedAws/snapshotStore";
import type { AwsState } from "../../../../rehearsal/embeddedAws/state";
import { FULL_READING, makeFullRegion } from "../../../support/fullRegion";
import { DAY, emptyRegion, HOUR, invocationOf, NOW, type ReadOptions, readRegion, serverOf, TARGETS } from "../../../support/watchedRegion";

async function read(state: Partial<AwsState>, options: ReadOptions = {}): Promise<Reading> {
    const { calls, ...reading } = await readRegion(state, options);
    return reading;
}

/** A reading in which these signals, or the memory, could not be read. */
function without(action: string, names: readonly string[], why: string): Reading {
    const unread = { unread: `${action} broke off: ${why}` };
    const signals = Object.fromEntries(
        Object.entries(FULL_READING.signals).map(([name, signal]) => [name, names.includes(name) ? unread : signal]),
    );
    return { signals: signals as Reading["signals"], memory: names.includes("memory") ? unread : FULL_READING.memory };
}

/** The same object with its keys in the order of the alphabet, and so within it. */
function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value)
                  .map(([key, entry]) => [key, sorted(entry)] as const)
                  .sort(([a], [b]) => (a < b ? -1 : 1)),
          )
        : value;
}

/** A region with 1,000 servers of two volumes. Each had the last four runs and the package's weekly installations. */
function largeRegion(): Partial<AwsState> {
    const ids = Array.from({ length: 1_000 }, (_, i) => `i-${String(i).padStart(4, "0")}`);
    const store = new SnapshotStore();
    const tags = new Map([["VssBackupPolicy", "prod"]]);
    for (const id of ids) {
        for (const volumeId of [`vol-${id}-c`, `vol-${id}-d`]) {
            store.add({ volumeId, startTime: NOW - 6 * HOUR, state: "completed", description: "", tags });
        }
    }
    const runs = [2, 6, 28, 30].map((hours) => NOW - hours * HOUR);
    const targets = ids.map((serverId) => ({ serverId, status: "Success", details: "Success", time: NOW - 2 * DAY }));
    return {
        store,
        servers: ids.map((id) => serverOf(id)),
        invocations: runs.flatMap((time) => ids.map((id) => invocationOf(id, time))),
        associationExecutions: [2, 9].map((days) => ({
            id: `execution-${days}`,
            associationId: TARGETS.associationId,
            createdAt: NOW - days * DAY,
            status: "Success",
            targets,
        })),
    };
}

describe("Reading the signals", () => {
    it("gives whole listings and the memory, of pages of two things", async () => {
        assert.deepEqual(await read(makeFullRegion(), { pageSize: 2 }), FULL_READING);
    });

    it("gives empty listings of an empty region, and no memory", async () => {
        const nothing = { value: [] };
        assert.deepEqual(await read(emptyRegion()), {
            signals: {
                servers: nothing,
                nodes: nothing,
                snapshots: nothing,
                invocations: nothing,
                windows: nothing,
                executions: nothing,
                packages: nothing,
                cleanerRuns: nothing,
                subscriptions: nothing,
                restoreTests: nothing,
            },
            memory: { value: undefined },
        });
    });

    it("asks for 1,000 servers in the largest pages, and asks for each page once", async () => {
        const { calls, signals } = await readRegion(largeRegion());
        const counts = new Map<string, number>();
        for (const { action, parameters, input } of calls) {
            const size = parameters.get("MaxResults") ?? input.MaxResults ?? "default";
            const key = `${action} in pages of ${size}`;
            counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        const sizes = Object.entries(signals).map(([name, signal]) => [name, "value" in signal && signal.value.length]);
        const requests = calls.map((call) => JSON.stringify([call.action, [...call.parameters], call.input, pageTokenOf(call)]));
        assert.deepEqual(
            { counts: Object.fromEntries(counts), sizes: Object.fromEntries(sizes), repeated: requests.length - new Set(requests).size },
            {
                counts: {
                    "DescribeInstances in pages of 1000": 1,
                    "DescribeSnapshots in pages of 1000": 2,
                    "DescribeInstanceInformation in pages of 50": 20,
                    "ListCommandInvocations in pages of 50": 80,
                    "DescribeMaintenanceWindows in pages of 100": 1,
                    // One for each type. The region has no windows.
                    "DescribeMaintenanceWindowExecutions in pages of 100": 3,
                    "DescribeAssociationExecutions in pages of 50": 1,
                    "DescribeAssociationExecutionTargets in pages of 50": 20,
                    // One for the cleaner's runs, and three for the memory, which no run has left yet.
                    "FilterLogEvents in pages of default": 4,
                    "ListSubscriptionsByTopic in pages of default": 1,
                    "GetParametersByPath in pages of 10": 1,
                },
                sizes: {
                    servers: 1_000,
                    nodes: 1_000,
                    snapshots: 2_000,
                    invocations: 4_000,
                    windows: 0,
                    executions: 0,
                    packages: 1_000,
                    cleanerRuns: 0,
                    subscriptions: 0,
                    restoreTests: 0,
                },
                repeated: 0,
            },
        );
    });

    it("asks only for what it needs", async () => {
        const { calls } = await readRegion(emptyRegion(), { targets: { windowIds: { Day: "mw-day" } } });
        const asked = calls.map(({ action, parameters, input }) => ({ ...Object.fromEntries(parameters), ...input, Action: action }));
        const ec2 = { Version: "2016-11-15", MaxResults: "1000" };
        const memory = { Action: "FilterLogEvents", logGroupName: "/vss-backup/prod/watch", filterPattern: '{ $.Watch = "prod" }' };
        const inOrder = (requests: readonly object[]) => requests.map((request) => JSON.stringify(sorted(request))).sort();
        assert.deepEqual(
            inOrder(asked),
            inOrder([
                {
                    Action: "DescribeInstances",
                    ...ec2,
                    "Filter.1.Name": "instance-state-name",
                    "Filter.1.Value.1": "pending",
                    "Filter.1.Value.2": "running",
                    "Filter.1.Value.3": "stopping",
                    "Filter.1.Value.4": "stopped",
                },
                {
                    Action: "DescribeSnapshots",
                    ...ec2,
                    "Owner.1": "self",
                    "Filter.1.Name": "tag:VssBackupPolicy",
                    "Filter.1.Value.1": "prod",
                },
                { Action: "DescribeInstanceInformation", Filters: [{ Key: "tag:VssBackup", Values: ["prod"] }], MaxResults: 50 },
                {
                    Action: "ListCommandInvocations",
                    Details: true,
                    Filters: [
                        { key: "InvokedAfter", value: "2027-01-31T00:00:00Z" },
                        { key: "DocumentName", value: "AWSEC2-CreateVssSnapshot" },
                    ],
                    MaxResults: 50,
                },
                { Action: "DescribeMaintenanceWindows", MaxResults: 100 },
                {
                    Action: "DescribeMaintenanceWindowExecutions",
                    WindowId: "mw-day",
                    Filters: [{ Key: "ExecutedAfter", Values: ["2027-01-30T00:00:00Z"] }],
                    MaxResults: 100,
                },
                {
                    Action: "DescribeAssociationExecutions",
                    AssociationId: "association",
                    Filters: [{ Key: "CreatedTime", Type: "GREATER_THAN", Value: "2027-01-17T07:00:00Z" }],
                    MaxResults: 50,
                },
                {
                    Action: "FilterLogEvents",
                    logGroupName: "/vss-backup/prod/cleaner",
                    filterPattern: '{ $.Policy = "prod" }',
                    startTime: Date.parse("2027-01-29T06:00:00Z"),
                },
                { ...memory, startTime: NOW - 4 * HOUR },
                { ...memory, startTime: NOW - 28 * HOUR, endTime: NOW - 4 * HOUR - 1 },
                { ...memory, startTime: NOW - 30 * DAY, endTime: NOW - 28 * HOUR - 1 },
                {
                    Action: "ListSubscriptionsByTopic",
                    Version: "2010-03-31",
                    TopicArn: "arn:aws:sns:eu-central-1:123456789012:topic",
                },
                { Action: "GetParametersByPath", Path: "/vss-backup-records/prod/restore-tests", MaxResults: 10 },
            ]),
        );
    });

    for (const [action, names, code] of [
        ["ec2:DescribeInstances", ["servers"], "UnauthorizedOperation: You are not authorized to perform this operation."],
        ["ssm:DescribeInstanceInformation", ["nodes"], "AccessDeniedException:"],
        ["ec2:DescribeSnapshots", ["snapshots"], "UnauthorizedOperation: You are not authorized to perform this operation."],
        ["ssm:ListCommandInvocations", ["invocations"], "AccessDeniedException:"],
        ["ssm:DescribeMaintenanceWindows", ["windows"], "AccessDeniedException:"],
        ["ssm:DescribeMaintenanceWindowExecutions", ["executions"], "AccessDeniedException:"],
        ["ssm:DescribeAssociationExecutions", ["packages"], "AccessDeniedException:"],
        ["logs:FilterLogEvents", ["cleanerRuns", "memory"], "AccessDeniedException:"],
        ["sns:ListSubscriptionsByTopic", ["subscriptions"], "AuthorizationErrorException:"],
        ["ssm:GetParametersByPath", ["restoreTests"], "AccessDeniedException:"],
    ] as const) {
        it(`gives a sentence instead of ${names.join(" and ")} if IAM denies ${action}, and reads the rest`, async () => {
            const why = "User: watch is not authorized";
            const refusal = async (request: { readonly action: string }) => (request.action === action ? why : undefined);
            const options = { iam: { refusal, accessKey: () => "" } };
            assert.deepEqual(await read(makeFullRegion(), options), without(action, names, `${code} ${why}`));
        });
    }

    it("gives a sentence instead of packages if IAM denies the results of executions", async () => {
        const why = "User: watch is not authorized";
        const refusal = async ({ action }: { readonly action: string }) =>
            action === "ssm:DescribeAssociationExecutionTargets" ? why : undefined;
        const options = { iam: { refusal, accessKey: () => "" } };
        assert.deepEqual(
            await read(makeFullRegion(), options),
            without("ssm:DescribeAssociationExecutions", ["packages"], `AccessDeniedException: ${why}`),
        );
    });

    it("gives a sentence instead of the cleaner's runs if its log group is missing", async () => {
        const region = makeFullRegion();
        const logGroups = new Map(region.logGroups);
        logGroups.delete(TARGETS.cleanerLogGroup);
        assert.deepEqual(
            await read({ ...region, logGroups }),
            without("logs:FilterLogEvents", ["cleanerRuns"], "ResourceNotFoundException: The specified log group does not exist."),
        );
    });

    it("gives a sentence instead of each signal when the run must end", async () => {
        const unread = (action: string) => ({ unread: `${action} had not ended when the run had to` });
        assert.deepEqual(await read(makeFullRegion(), { abortSignal: AbortSignal.abort() }), {
            signals: {
                servers: unread("ec2:DescribeInstances"),
                nodes: unread("ssm:DescribeInstanceInformation"),
                snapshots: unread("ec2:DescribeSnapshots"),
                invocations: unread("ssm:ListCommandInvocations"),
                windows: unread("ssm:DescribeMaintenanceWindows"),
                executions: unread("ssm:DescribeMaintenanceWindowExecutions"),
                packages: unread("ssm:DescribeAssociationExecutions"),
                cleanerRuns: unread("logs:FilterLogEvents"),
                subscriptions: unread("sns:ListSubscriptionsByTopic"),
                restoreTests: unread("ssm:GetParametersByPath"),
            },
            memory: unread("logs:FilterLogEvents"),
        });
    });
});
