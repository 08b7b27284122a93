import assert from "node:assert/strict";
import type { PackageResult, Signal } from "../../../../lambda/watch/signals";
import type { Server } from "../../../../rehearsal/embeddedAws/ssm";
import type { StoredAssociationExecution } from "../../../../rehearsal/embeddedAws/state";
import { missingResponse, playForAction } from "../../../support/faults";
import { answering, DAY, HOUR, NOW, type ReadOptions, readRegion, serverOf, TARGETS } from "../../../support/watchedRegion";

/** An execution with a result for each of these servers. */
function execution(createdAt: number, results: Readonly<Record<string, string>>, id = String(createdAt)): StoredAssociationExecution {
    return {
        id,
        associationId: TARGETS.associationId,
        createdAt,
        status: "Success",
        targets: Object.entries(results).map(([serverId, status]) => ({
            serverId,
            status,
            details: `${status} in detail`,
            time: createdAt,
        })),
    };
}

/** Reads the results, and counts the executions whose results were read. */
async function read(
    servers: readonly Server[],
    associationExecutions: readonly StoredAssociationExecution[],
    options: ReadOptions = {},
): Promise<{ readonly packages: Signal<readonly PackageResult[]>; readonly executions: number }> {
    const { signals, calls } = await readRegion({ servers: [...servers], associationExecutions }, options);
    return {
        packages: signals.packages,
        executions: calls.filter(({ action }) => action === "DescribeAssociationExecutionTargets").length,
    };
}

function result(serverId: string, status: string, time: number): PackageResult {
    return { serverId, status, details: `${status} in detail`, time };
}

describe("Listing installations of the package", () => {
    it("gives the newest result on each server", async () => {
        const executions = [
            execution(NOW - 9 * DAY, { "i-1": "Failed", "i-2": "Failed" }),
            execution(NOW - 2 * DAY, { "i-1": "Success", "i-3": "TimedOut" }),
            execution(NOW - DAY, { "i-4": "Success" }),
        ];
        const servers = ["i-1", "i-2", "i-3", "i-4"].map((id) => serverOf(id));
        assert.deepEqual(await read(servers, executions), {
            packages: {
                value: [
                    result("i-4", "Success", NOW - DAY),
                    result("i-1", "Success", NOW - 2 * DAY),
                    result("i-3", "TimedOut", NOW - 2 * DAY),
                    result("i-2", "Failed", NOW - 9 * DAY),
                ],
            },
            executions: 3,
        });
    });

    it("reads no older execution when each managed server has a result", async () => {
        const executions = [execution(NOW - 9 * DAY, { "i-1": "Failed" }), execution(NOW - 2 * DAY, { "i-1": "Success" })];
        assert.deepEqual(await read([serverOf("i-1"), serverOf("i-2", { agent: "none" })], executions), {
            packages: { value: [result("i-1", "Success", NOW - 2 * DAY)] },
            executions: 1,
        });
    });

    it("reads no execution if no server is managed, and all if nobody knows which are", async () => {
        const executions = [execution(NOW - 9 * DAY, { "i-1": "Failed" }), execution(NOW - 2 * DAY, { "i-1": "Success" })];
        const intercept = ({ action }: { action: string }) => {
            if (action === "DescribeInstanceInformation") {
                throw new Error("lost");
            }
            return undefined;
        };
        assert.deepEqual(
            [await read([], executions), await read([], executions, { intercept, config: { maxAttempts: 1 } })],
            [
                { packages: { value: [] }, executions: 0 },
                { packages: { value: [result("i-1", "Success", NOW - 2 * DAY)] }, executions: 2 },
            ],
        );
    });

    it("reads the newest execution first, in whatever order Systems Manager lists them", async () => {
        const stored = [execution(NOW - 9 * DAY, { "i-1": "Failed" }), execution(NOW - 2 * DAY, { "i-1": "Success" })];
        const described = stored.map(({ id, createdAt }) => ({ ExecutionId: id, CreatedTime: createdAt / 1000 }));
        const intercept = answering("DescribeAssociationExecutions", { AssociationExecutions: described });
        assert.deepEqual(await read([serverOf("i-1")], stored, { intercept }), {
            packages: { value: [result("i-1", "Success", NOW - 2 * DAY)] },
            executions: 1,
        });
    });

    for (const action of ["DescribeAssociationExecutions", "DescribeAssociationExecutionTargets"]) {
        it(`stops waiting for ${action} when the run must end`, async () => {
            const over = new AbortController();
            const faults = playForAction(action, () => {
                over.abort();
                return missingResponse;
            });
            const executions = [execution(NOW - DAY, { "i-1": "Success" })];
            assert.deepEqual(await read([serverOf("i-1")], executions, { faults, abortSignal: over.signal }), {
                packages: { unread: "ssm:DescribeAssociationExecutions had not ended when the run had to" },
                executions: action === "DescribeAssociationExecutions" ? 0 : 1,
            });
        });
    }

    it("goes back 15 days", async () => {
        const executions = [execution(NOW - 15 * DAY, { "i-1": "Failed" }), execution(NOW - 15 * DAY + HOUR, { "i-2": "Failed" })];
        assert.deepEqual(await read([serverOf("i-1")], executions), {
            packages: { value: [result("i-2", "Failed", NOW - 15 * DAY + HOUR)] },
            executions: 1,
        });
    });

    it("reads the newest 200 executions at most", async () => {
        const executions = Array.from({ length: 202 }, (_, i) => execution(NOW - i * HOUR, { [`i-${i}`]: "Success" }));
        const { packages, executions: count } = await read([serverOf("i-none")], executions);
        assert.deepEqual(
            { last: "value" in packages && packages.value.at(-1), results: "value" in packages && packages.value.length, count },
            { last: result("i-199", "Success", NOW - 199 * HOUR), results: 200, count: 200 },
        );
    });

    for (const [what, action, body, why] of [
        ["an execution", "DescribeAssociationExecutions", { AssociationExecutions: [{ Status: "Success" }] }, "an execution"],
        ["a target", "DescribeAssociationExecutionTargets", { AssociationExecutionTargets: [{ Status: "Success" }] }, "a target"],
    ] as const) {
        it(`fails if Systems Manager lists ${what} without an id`, async () => {
            const intercept = answering(action, body);
            const { packages } = await read([serverOf("i-1")], [execution(NOW - DAY, { "i-1": "Success" })], { intercept });
            assert.deepEqual(packages, {
                unread: `ssm:DescribeAssociationExecutions broke off: Error: Systems Manager listed ${why} without an id`,
            });
        });
    }

    it("takes missing fields for unknown", async () => {
        const bodies: Readonly<Record<string, object>> = {
            DescribeAssociationExecutions: { AssociationExecutions: [{ ExecutionId: "1" }] },
            DescribeAssociationExecutionTargets: { AssociationExecutionTargets: [{ ResourceId: "i-1" }] },
        };
        const { packages } = await read([serverOf("i-1")], [], { intercept: ({ action }) => bodies[action] });
        assert.deepEqual(packages, { value: [{ serverId: "i-1", status: "", details: "", time: 0 }] });
    });
});
