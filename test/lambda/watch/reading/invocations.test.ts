import assert from "node:assert/strict";
import type { Invocation, Signal } from "../../../../lambda/watch/signals";
import type { WatchSettings } from "../../../../lambda/watch/watchSettings";
import type { StoredInvocation } from "../../../../rehearsal/embeddedAws/state";
import { answering, DAY, HOUR, invocationOf, NOW, type ReadOptions, readRegion } from "../../../support/watchedRegion";

async function read(invocations: readonly StoredInvocation[], options: ReadOptions = {}): Promise<Signal<readonly Invocation[]>> {
    return (await readRegion({ invocations }, options)).signals.invocations;
}

/** Reads runs, and returns when they were. */
async function timesOf(times: readonly number[], settings: Partial<WatchSettings>): Promise<number[]> {
    const signal = await read(
        times.map((time) => invocationOf("i-1", time)),
        { settings },
    );
    return "value" in signal ? signal.value.map(({ requestedAt }) => requestedAt) : [];
}

const LISTED: Invocation = { serverId: "i-1", type: "Day", requestedAt: NOW - HOUR, status: "Success", output: "" };

describe("Listing runs", () => {
    it("gives the type, the status and the end of the output of the step that takes the snapshots", async () => {
        const output = `${"x".repeat(500)}\n${"y".repeat(990)}\n2005: frozen`;
        const run = invocationOf("i-1", NOW - HOUR, {
            comment: "VssBackupPolicy prod: week snapshots",
            status: "Failed",
            outputs: { CheckInstall: "checked", CreateVssSnapshot: output, CleanUp: "cleaned" },
        });
        assert.deepEqual(await read([run]), {
            value: [{ ...LISTED, type: "Week", status: "Failed", output: output.slice(-1_000) }],
        });
    });

    it("gives the output of the last step if no step has that name, and none if no step began", async () => {
        const runs = [
            invocationOf("i-1", NOW - HOUR, { outputs: { first: "one", second: "two", third: "three" } }),
            invocationOf("i-2", NOW - HOUR, { status: "Undeliverable", outputs: {} }),
        ];
        assert.deepEqual(await read(runs), {
            value: [
                { ...LISTED, output: "three" },
                { ...LISTED, serverId: "i-2", status: "Undeliverable" },
            ],
        });
    });

    it("leaves out the runs of other policies, and gives no type to runs by hand", async () => {
        const comments = [
            "VssBackupPolicy prod-2: day snapshots",
            "VssBackupPolicy prod: night snapshots",
            "VssBackupPolicy is a good tool",
            "",
        ];
        const runs = comments.map((comment, i) => invocationOf(`i-${i}`, NOW - HOUR, { comment }));
        const { type, ...untyped } = LISTED;
        assert.deepEqual(await read(runs), {
            value: [
                { ...untyped, serverId: "i-1" },
                { ...untyped, serverId: "i-2" },
                { ...untyped, serverId: "i-3" },
            ],
        });
    });

    it("leaves out runs of other documents, even if Systems Manager ignores the filter", async () => {
        const described = (DocumentName: string, InstanceId: string) => ({
            CommandId: "command",
            InstanceId,
            DocumentName,
            Comment: "VssBackupPolicy prod: day snapshots",
            RequestedDateTime: (NOW - HOUR) / 1000,
            StatusDetails: "Success",
        });
        const CommandInvocations = [described("AWS-RunPatchBaseline", "i-1"), described("AWSEC2-CreateVssSnapshot", "i-2")];
        const intercept = answering("ListCommandInvocations", { CommandInvocations });
        assert.deepEqual(await read([], { intercept }), { value: [{ ...LISTED, serverId: "i-2" }] });
    });

    it("takes missing fields for unknown, and joins the words of a status", async () => {
        const CommandInvocations = [
            { CommandId: "1", InstanceId: "i-1", DocumentName: "AWSEC2-CreateVssSnapshot" },
            { CommandId: "2", InstanceId: "i-1", DocumentName: "AWSEC2-CreateVssSnapshot", StatusDetails: "Delivery Timed Out" },
        ];
        const intercept = answering("ListCommandInvocations", { CommandInvocations });
        assert.deepEqual(await read([], { intercept }), {
            value: [
                { serverId: "i-1", requestedAt: 0, status: "", output: "" },
                { serverId: "i-1", requestedAt: 0, status: "DeliveryTimedOut", output: "" },
            ],
        });
    });

    it("fails if Systems Manager lists a run without a server", async () => {
        const CommandInvocations = [{ CommandId: "1", DocumentName: "AWSEC2-CreateVssSnapshot" }];
        const intercept = answering("ListCommandInvocations", { CommandInvocations });
        assert.deepEqual(await read([], { intercept }), {
            unread: "ssm:ListCommandInvocations broke off: Error: Systems Manager listed an invocation without an id",
        });
    });

    it("goes back to the fourth last run of any type", async () => {
        // The last runs are those of Month today at 05:00, of Day today and yesterday at 01:00, and of Week yesterday at 03:00.
        const fourth = NOW - 30 * HOUR;
        assert.deepEqual(await timesOf([fourth, fourth - HOUR, NOW], {}), [NOW, fourth]);
    });

    it("reads schedules with seconds, and goes back to the only run of a schedule", async () => {
        const settings = { schedules: { Once: "cron(30 0 5 1 1 ? 2027)" } };
        const only = Date.parse("2027-01-01T05:00:30Z");
        assert.deepEqual(await timesOf([only, only - 2 * HOUR], settings), [only]);
    });

    it("goes back four intervals of a rate", async () => {
        const schedules = { Day: "rate(6 hours)" };
        assert.deepEqual(await timesOf([NOW - 24 * HOUR, NOW - 25 * HOUR], { schedules }), [NOW - 24 * HOUR]);
    });

    it("goes back 30 days for rare runs, or to the last but one", async () => {
        const monthly = { schedules: { Month: "cron(0 5 1 * ? *)" } };
        const january = NOW - 31 * DAY;
        const yearly = { schedules: { Year: "cron(0 5 1 1 ? *)" } };
        assert.deepEqual(
            [
                await timesOf([NOW - 20 * DAY, january, january - DAY], monthly),
                await timesOf([january, january - 365 * DAY, january - 366 * DAY], yearly),
            ],
            [
                [NOW - 20 * DAY, january],
                [january, january - 365 * DAY],
            ],
        );
    });
});
