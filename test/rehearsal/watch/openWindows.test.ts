import assert from "node:assert/strict";
import { type Account, makeAccount } from "../../../rehearsal/account";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import { type OpenedWindows, openWindows, type TypedRun } from "../../../rehearsal/openWindows";
import type { Deployment } from "../../../rehearsal/program";
import { installPackages } from "../../../rehearsal/vssPackage";
import { deployPolicy } from "../../support/policies";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A Monday: of the default windows only Day opens, at 01:00. */
const START = Date.UTC(2027, 0, 4);

let deployment: Deployment;

interface Opened {
    readonly account: Account;
    readonly windows: OpenedWindows;
    readonly runs: TypedRun[];
    readonly server: Server;
    /** Plays until an hour after the start. */
    play(hours: number): Promise<void>;
}

function open(change: (opened: Opened) => void = () => {}): Opened {
    const account = makeAccount(deployment, { start: START, days: 5, servers: 1, volumes: 1 });
    const runs: TypedRun[] = [];
    installPackages(account);
    const windows = openWindows(account, { failures: 0, seed: 1 }, (run) => runs.push(run));
    const server = account.servers[0] as Server;
    const opened = { account, windows, runs, server, play: (hours: number) => account.timeline.play(START + hours * HOUR) };
    change(opened);
    return opened;
}

/** What Systems Manager knows of the first command and of the execution of its window. */
function history({ account: { aws } }: Opened) {
    return {
        invocations: aws.invocations.map(({ status, outputs }) => ({ status, outputs })),
        executions: aws.windowExecutions.map(({ status }) => status),
    };
}

describe("A backup window in a rehearsal", () => {
    before(async () => {
        deployment = await deployPolicy();
    });

    it("leaves a command and an execution, first in progress and then done", async () => {
        const opened = open();
        await opened.play(1 + 1 / 60);
        assert.deepEqual(history(opened), { invocations: [{ status: "InProgress", outputs: {} }], executions: ["IN_PROGRESS"] });
        await opened.play(2);
        const [invocation] = opened.account.aws.invocations;
        assert.deepEqual(
            { ...invocation, commandId: "" },
            {
                commandId: "",
                serverId: "i-00000000000000001",
                document: "AWSEC2-CreateVssSnapshot",
                comment: "VssBackupPolicy prod: day snapshots",
                requestedAt: START + HOUR,
                status: "Success",
                outputs: { runPowerShellScript: "VSS snapshots were created." },
            },
        );
        assert.deepEqual(
            opened.account.aws.windowExecutions.map(({ id: _, ...execution }) => execution),
            [{ windowId: "prod-day-window-id", startTime: START + HOUR, status: "SUCCESS" }],
        );
    });

    for (const [title, change, status, why] of [
        ["is stopped", { state: "stopped" }, "DeliveryTimedOut", "the server was down"],
        ["has no connection to its agent", { agent: "ConnectionLost" }, "DeliveryTimedOut", "the agent did not respond"],
        ["runs Linux", { platform: "Linux" }, "InvalidPlatform", "the server does not run Windows"],
        ["is too small", { instanceType: "t3.micro" }, "Failed", "the server is too small for VSS"],
        ["has lost the package", { hasVssPackage: false }, "Failed", "1003: AwsVssComponents is not installed"],
        ["never had an agent", { agent: "none" }, undefined, "Systems Manager does not manage the server"],
        ["has no profile", { hasProfile: false }, undefined, "Systems Manager does not manage the server"],
    ] as const) {
        it(`fails on a server that ${title}`, async () => {
            const opened = open();
            await opened.play(0.5);
            Object.assign(opened.server, change);
            await opened.play(3);
            const outputs = status === "DeliveryTimedOut" ? {} : { runPowerShellScript: `VSS snapshots failed.\nError: ${why}\n` };
            assert.deepEqual(
                { ...history(opened), runs: opened.runs.map((run) => [run.status, run.why, run.snapshots]) },
                { invocations: status ? [{ status, outputs }] : [], executions: ["SUCCESS"], runs: [["Failed", why, []]] },
            );
        });
    }

    it("waits for a server that is down until its delivery time-out", async () => {
        const opened = open();
        await opened.play(0.5);
        opened.server.state = "stopped";
        const [{ deliverySeconds } = { deliverySeconds: 0 }] = opened.account.windows;
        await opened.play(1 + deliverySeconds / 3600);
        assert.deepEqual(history(opened).invocations, [{ status: "Pending", outputs: {} }]);
        await opened.play(1 + (deliverySeconds + 1) / 3600);
        assert.deepEqual(history(opened).invocations, [{ status: "DeliveryTimedOut", outputs: {} }]);
    });

    it("fails as a whole if its role may not send the command", async () => {
        const opened = open(({ account: { mistakes, windows } }) => {
            mistakes.takenPermissions.add({ role: windows[0]?.role ?? "", action: "ssm:SendCommand" });
        });
        await opened.play(2);
        const [execution] = opened.account.aws.windowExecutions;
        assert.deepEqual([opened.account.aws.invocations, execution?.status], [[], "FAILED"]);
        assert.match(
            execution?.details ?? "",
            /^AccessDeniedException: User: .*prod-window-role is not authorized to perform: ssm:SendCommand on/,
        );
    });

    it("sends nothing without its task", async () => {
        const opened = open(({ account }) => account.mistakes.windowsWithoutTask.add("prod-day-window-id"));
        await opened.play(2);
        assert.deepEqual({ ...history(opened), runs: opened.runs }, { invocations: [], executions: ["SUCCESS"], runs: [] });
    });

    it("does not open if it is disabled or deleted", async () => {
        for (const change of [
            (stored: object[]) => stored.splice(0),
            (stored: object[]) => Object.assign(stored[0] ?? {}, { enabled: false }),
        ]) {
            const opened = open(({ account }) => change(account.aws.windows));
            await opened.play(2);
            assert.deepEqual({ ...history(opened), runs: opened.runs }, { invocations: [], executions: [], runs: [] });
        }
    });

    it("opens by its changed schedule, and no longer by the one before", async () => {
        const opened = open(({ account, windows }) => {
            const [day, ...others] = account.aws.windows;
            account.aws.windows.splice(0, 3, { ...(day as NonNullable<typeof day>), schedule: "cron(0 9 ? * * *)" }, ...others);
            windows.follow("prod-day-window-id");
        });
        await opened.play(48);
        assert.deepEqual(
            opened.runs.map(({ time }) => (time - START) / HOUR),
            [9, 33],
        );
    });

    it("leaves no history of more than 30 days", async () => {
        const { account, play } = open(({ account: { aws } }) => {
            const old = { windowId: "prod-day-window-id", status: "SUCCESS" };
            const age = 30 * 24 * HOUR;
            aws.windowExecutions.push(
                { ...old, id: "1", startTime: START + HOUR - age - 1 },
                { ...old, id: "2", startTime: START + HOUR - age },
            );
        });
        await play(2);
        assert.deepEqual(
            account.aws.windowExecutions.map(({ startTime }) => (startTime - START) / HOUR),
            [1 - 30 * 24, 1],
        );
    });

    it("makes hours eventful if a run fails, and if the next one does not", async () => {
        const opened = open();
        opened.account.mistakes.failingServers.add(opened.server.id);
        await opened.play(2);
        assert.equal(opened.account.lastUnusual.time, START + HOUR);
        opened.account.mistakes.failingServers.clear();
        await opened.play(26);
        assert.equal(opened.account.lastUnusual.time, START + 25 * HOUR);
        await opened.play(50);
        assert.equal(opened.account.lastUnusual.time, START + 25 * HOUR);
    });
});

describe("The VSS package in a rehearsal", () => {
    it("is installed on the servers that Systems Manager reaches, with a result for each", async () => {
        const account = makeAccount(deployment, { start: START, days: 5, servers: 4, volumes: 1 });
        Object.assign(account.servers[1] ?? {}, { state: "stopped" });
        Object.assign(account.servers[2] ?? {}, { platform: "Linux" });
        Object.assign(account.servers[3] ?? {}, { agent: "none" });
        const { installOn } = installPackages(account);
        await account.timeline.play(START + 1);
        const target = { details: "Success", status: "Success", time: START };
        assert.deepEqual(
            account.aws.associationExecutions.map(({ id: _, ...execution }) => execution),
            [
                {
                    associationId: "prod-vss-package-id",
                    createdAt: START,
                    status: "Failed",
                    targets: [
                        { ...target, serverId: "i-00000000000000001" },
                        { ...target, serverId: "i-00000000000000003", status: "Failed", details: "InvalidPlatform" },
                    ],
                },
            ],
        );
        assert.deepEqual(
            account.servers.map(({ hasVssPackage }) => hasVssPackage),
            [true, false, false, false, false],
        );
        const second = account.servers[1] as Server;
        second.state = "running";
        installOn(second);
        assert.deepEqual(account.aws.associationExecutions[1]?.targets, [{ ...target, serverId: "i-00000000000000002" }]);
        assert.equal(second.hasVssPackage, true);
    });
});
