import assert from "node:assert/strict";
import {
    DescribeAssociationExecutionsCommand,
    DescribeAssociationExecutionTargetsCommand,
    DescribeInstanceInformationCommand,
    DescribeMaintenanceWindowExecutionsCommand,
    DescribeMaintenanceWindowsCommand,
    ListCommandInvocationsCommand,
    type ListCommandInvocationsCommandInput,
    ListCommandsCommand,
    paginateDescribeInstanceInformation,
    type SSMClient,
} from "@aws-sdk/client-ssm";
import type { IamRequest } from "../../../rehearsal/embeddedAws/iam";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import type { AwsState, StoredInvocation } from "../../../rehearsal/embeddedAws/state";
import { withAws } from "../../support/awsClients";

const NOW = Date.parse("2027-02-01T07:00:00Z");
const HOUR = 3_600_000;
const now = () => NOW;
const TAG = { Key: "tag:VssBackup", Values: ["prod"] };

function server(number: number, given: Partial<Server> = {}): Server {
    return { id: `i-${number}`, tags: new Map([["VssBackup", "prod"]]), volumes: [], hasVssPackage: false, busyUntil: 0, ...given };
}

function invocation(number: number, given: Partial<StoredInvocation> = {}): StoredInvocation {
    return {
        commandId: `command-${number}`,
        serverId: `i-${number}`,
        document: "AWSEC2-CreateVssSnapshot",
        comment: "",
        requestedAt: NOW - number * HOUR,
        status: "Success",
        outputs: {},
        ...given,
    };
}

/** Sends requests to Systems Manager for an account. */
function ask<T>(state: Partial<AwsState>, use: (ssm: SSMClient) => Promise<T>): Promise<T> {
    return withAws({ now, ...state }, ({ ssm }) => use(ssm));
}

/** A response without its metadata. */
async function body<T extends { readonly $metadata: unknown }>(response: Promise<T>): Promise<Omit<T, "$metadata">> {
    const { $metadata, ...rest } = await response;
    return rest;
}

describe("Systems Manager, embedded", () => {
    describe("describes instances", () => {
        it("that have reported, and are not stopped", async () => {
            const servers = [
                server(1),
                server(2, { agent: "ConnectionLost", lastPing: NOW - HOUR, platform: "Linux" }),
                server(3, { agent: "none" }),
                server(4, { state: "stopped" }),
                server(5, { hasProfile: false }),
            ];
            const described = await ask({ servers }, (ssm) => body(ssm.send(new DescribeInstanceInformationCommand({}))));
            const node = { AgentVersion: "3.3.987.0", IsLatestVersion: true, ResourceType: "EC2Instance" };
            assert.deepEqual(described, {
                InstanceInformationList: [
                    { InstanceId: "i-1", PingStatus: "Online", LastPingDateTime: new Date(NOW), PlatformType: "Windows", ...node },
                    {
                        InstanceId: "i-2",
                        PingStatus: "ConnectionLost",
                        LastPingDateTime: new Date(NOW - HOUR),
                        PlatformType: "Linux",
                        ...node,
                    },
                ],
            });
        });

        it("by the value of a tag, in pages", async () => {
            const servers = [server(0, { tags: new Map() }), ...Array.from({ length: 6 }, (_, i) => server(i + 1))];
            const pages = await ask({ servers }, async (client) => {
                const ids: (string | undefined)[][] = [];
                const listed = paginateDescribeInstanceInformation({ client, pageSize: 5 }, { Filters: [TAG] });
                for await (const { InstanceInformationList = [] } of listed) {
                    ids.push(InstanceInformationList.map(({ InstanceId }) => InstanceId));
                }
                return ids;
            });
            assert.deepEqual(pages, [["i-1", "i-2", "i-3", "i-4", "i-5"], ["i-6"]]);
        });

        for (const [what, input, error] of [
            ["another filter", { Filters: [{ Key: "PingStatus", Values: ["Online"] }] }, "InvalidFilterKey"],
            ["six values of a tag", { Filters: [{ ...TAG, Values: ["1", "2", "3", "4", "5", "6"] }] }, "ValidationException"],
            ["a page of four", { MaxResults: 4 }, "ValidationException"],
            ["a page of 51", { MaxResults: 51 }, "ValidationException"],
            ["an unknown token", { NextToken: "next" }, "InvalidNextToken"],
        ] as const) {
            it(`but refuses ${what}`, async () => {
                const asked = ask({}, (ssm) => ssm.send(new DescribeInstanceInformationCommand(input as object)));
                await assert.rejects(asked, { name: error });
            });
        }
    });

    describe("lists invocations", () => {
        const found = (invocations: readonly StoredInvocation[], input: ListCommandInvocationsCommandInput) =>
            ask({ invocations }, (ssm) => body(ssm.send(new ListCommandInvocationsCommand(input))));

        it("newest first, and the beginning of their output if a request asks for details", async () => {
            const failed = invocation(1, {
                comment: "VssBackupPolicy prod: day snapshots",
                status: "ExecutionTimedOut",
                outputs: { CheckInstall: "", CreateVssSnapshot: "x".repeat(3_000) },
            });
            const invocations = [invocation(2, { status: "Undeliverable" }), failed];
            const [detailed, plain] = [await found(invocations, { Details: true }), await found(invocations, {})];
            const common = { InstanceName: "", DocumentName: "AWSEC2-CreateVssSnapshot", DocumentVersion: "$DEFAULT" };
            const plugin = { Status: "TimedOut", StatusDetails: "ExecutionTimedOut" };
            const first = {
                CommandId: "command-1",
                InstanceId: "i-1",
                Comment: "VssBackupPolicy prod: day snapshots",
                RequestedDateTime: new Date(NOW - HOUR),
                Status: "TimedOut",
                StatusDetails: "ExecutionTimedOut",
                ...common,
            };
            const second = {
                CommandId: "command-2",
                InstanceId: "i-2",
                Comment: "",
                RequestedDateTime: new Date(NOW - 2 * HOUR),
                Status: "Failed",
                StatusDetails: "Undeliverable",
                CommandPlugins: [],
                ...common,
            };
            assert.deepEqual(
                { detailed, plain },
                {
                    detailed: {
                        CommandInvocations: [
                            {
                                ...first,
                                CommandPlugins: [
                                    { Name: "CheckInstall", Output: "", ...plugin },
                                    { Name: "CreateVssSnapshot", Output: "x".repeat(2_500), ...plugin },
                                ],
                            },
                            second,
                        ],
                    },
                    plain: { CommandInvocations: [{ ...first, CommandPlugins: [] }, second] },
                },
            );
        });

        it("after a time, and of a document", async () => {
            const invocations = [invocation(1), invocation(2, { document: "AWS-RunPatchBaseline" }), invocation(3)];
            const Filters = [
                { key: "InvokedAfter" as const, value: new Date(NOW - 3 * HOUR).toISOString() },
                { key: "DocumentName" as const, value: "AWSEC2-CreateVssSnapshot" },
            ];
            const { CommandInvocations } = await found(invocations, { Filters });
            assert.deepEqual(
                CommandInvocations?.map(({ CommandId }) => CommandId),
                ["command-1"],
            );
        });

        it("but refuses a filter by stage", async () => {
            const Filters = [{ key: "ExecutionStage" as const, value: "Complete" }];
            await assert.rejects(found([], { Filters }), { name: "InvalidFilterKey" });
        });
    });

    it("describes windows, by name and by whether they are enabled", async () => {
        const day = { id: "mw-1", name: "day", enabled: true, schedule: "rate(1 day)", duration: 1, cutoff: 0 };
        const windows = [day, { ...day, id: "mw-2", name: "week", enabled: false, timezone: "Europe/Vienna" }];
        const found = (...Filters: { Key: string; Values: string[] }[]) =>
            ask({ windows }, (ssm) => body(ssm.send(new DescribeMaintenanceWindowsCommand({ Filters }))));
        const first = { WindowId: "mw-1", Name: "day", Enabled: true, Schedule: "rate(1 day)", Duration: 1, Cutoff: 0 };
        const second = { ...first, WindowId: "mw-2", Name: "week", Enabled: false, ScheduleTimezone: "Europe/Vienna" };
        assert.deepEqual(
            [await found(), await found({ Key: "Name", Values: ["week"] }), await found({ Key: "Enabled", Values: ["True"] })],
            [{ WindowIdentities: [first, second] }, { WindowIdentities: [second] }, { WindowIdentities: [first] }],
        );
        await assert.rejects(found({ Key: "Colour", Values: ["red"] }), { name: "ValidationException" });
    });

    it("describes the executions of a window after a time, the newest first", async () => {
        const window = { id: "mw-1", name: "day", enabled: true, schedule: "rate(1 day)", duration: 1, cutoff: 0 };
        const execution = (number: number) => ({ id: `execution-${number}`, windowId: "mw-1", startTime: NOW - number * HOUR });
        const windowExecutions = [
            { ...execution(3), status: "SUCCESS" },
            { ...execution(2), status: "SUCCESS" },
            { ...execution(1), status: "FAILED", details: "No permission" },
            { ...execution(1), windowId: "mw-2", status: "SUCCESS" },
        ];
        const described = (WindowId: string, Key = "ExecutedAfter") =>
            ask({ windows: [window], windowExecutions }, (ssm) => {
                const Filters = [{ Key, Values: [new Date(NOW - 3 * HOUR).toISOString()] }];
                return body(ssm.send(new DescribeMaintenanceWindowExecutionsCommand({ WindowId, Filters })));
            });
        assert.deepEqual(await described("mw-1"), {
            WindowExecutions: [
                {
                    WindowId: "mw-1",
                    WindowExecutionId: "execution-1",
                    StartTime: new Date(NOW - HOUR),
                    Status: "FAILED",
                    StatusDetails: "No permission",
                },
                { WindowId: "mw-1", WindowExecutionId: "execution-2", StartTime: new Date(NOW - 2 * HOUR), Status: "SUCCESS" },
            ],
        });
        await assert.rejects(described("mw-2"), { name: "DoesNotExistException" });
        await assert.rejects(described("mw-1", "ExecutedBefore"), { name: "ValidationException" });
    });

    it("describes the executions of an association after a time, and their targets", async () => {
        const target = { serverId: "i-1", status: "Failed", details: "ExecutionTimedOut", time: NOW - HOUR };
        const associationExecutions = [
            { id: "old", associationId: "a-1", createdAt: NOW - 3 * HOUR, status: "Success", targets: [] },
            { id: "new", associationId: "a-1", createdAt: NOW - HOUR, status: "Failed", targets: [target] },
            { id: "foreign", associationId: "a-2", createdAt: NOW - HOUR, status: "Success", targets: [] },
        ];
        const described = await ask({ associationExecutions }, async (ssm) => {
            const since = (Value: number, Type: "GREATER_THAN" | "LESS_THAN" = "GREATER_THAN") =>
                body(
                    ssm.send(
                        new DescribeAssociationExecutionsCommand({
                            AssociationId: "a-1",
                            Filters: [{ Key: "CreatedTime", Type, Value: new Date(Value).toISOString() }],
                        }),
                    ),
                );
            const targets = (ExecutionId: string) =>
                body(ssm.send(new DescribeAssociationExecutionTargetsCommand({ AssociationId: "a-1", ExecutionId })));
            await assert.rejects(since(NOW, "LESS_THAN"), { name: "InvalidFilter" });
            await assert.rejects(targets("foreign"), { name: "AssociationExecutionDoesNotExist" });
            return { all: await since(0), newest: await since(NOW - 3 * HOUR), targets: await targets("new") };
        });
        const common = { AssociationId: "a-1", AssociationVersion: "1" };
        const newest = { ...common, ExecutionId: "new", Status: "Failed", DetailedStatus: "Failed", CreatedTime: new Date(NOW - HOUR) };
        const oldest = {
            ...common,
            ExecutionId: "old",
            Status: "Success",
            DetailedStatus: "Success",
            CreatedTime: new Date(NOW - 3 * HOUR),
        };
        assert.deepEqual(described, {
            all: { AssociationExecutions: [newest, oldest] },
            newest: { AssociationExecutions: [newest] },
            targets: {
                AssociationExecutionTargets: [
                    {
                        ...common,
                        ExecutionId: "new",
                        ResourceId: "i-1",
                        ResourceType: "ManagedInstance",
                        Status: "Failed",
                        DetailedStatus: "ExecutionTimedOut",
                        LastExecutionDate: new Date(NOW - HOUR),
                    },
                ],
            },
        });
    });

    it("refuses calls as IAM says, by window and association", async () => {
        const asked: IamRequest[] = [];
        const refusal = async (request: IamRequest) => {
            asked.push(request);
            return "User: me is not authorized";
        };
        await withAws(
            {},
            async ({ ssm }) => {
                for (const refused of [
                    ssm.send(new DescribeInstanceInformationCommand({})),
                    ssm.send(new DescribeMaintenanceWindowExecutionsCommand({ WindowId: "mw-1" })),
                    ssm.send(new DescribeAssociationExecutionsCommand({ AssociationId: "a-1" })),
                ]) {
                    await assert.rejects(refused, { name: "AccessDeniedException", message: "User: me is not authorized" });
                }
            },
            { iam: { refusal, accessKey: () => "" } },
        );
        const request = (action: string, resource: string) => ({ principal: "AKIATEST", action, resource, context: {} });
        assert.deepEqual(
            asked.toSorted((a, b) => (a.action < b.action ? -1 : 1)),
            [
                request("ssm:DescribeAssociationExecutions", "arn:aws:ssm:eu-central-1:123456789012:association/a-1"),
                request("ssm:DescribeInstanceInformation", "*"),
                request("ssm:DescribeMaintenanceWindowExecutions", "arn:aws:ssm:eu-central-1:123456789012:maintenancewindow/mw-1"),
            ],
        );
    });

    it("refuses unknown actions", async () => {
        await assert.rejects(
            ask({}, (ssm) => ssm.send(new ListCommandsCommand({}))),
            { name: "UnknownOperationException" },
        );
    });
});
