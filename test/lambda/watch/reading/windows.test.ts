import assert from "node:assert/strict";
import type { BackupWindow, Signal, WindowExecution } from "../../../../lambda/watch/signals";
import type { StoredWindow, StoredWindowExecution } from "../../../../rehearsal/embeddedAws/state";
import { answering, DAY, HOUR, NOW, readRegion } from "../../../support/watchedRegion";

const STORED: StoredWindow = {
    id: "mw-day",
    name: "vss-backup-prod-day",
    enabled: true,
    schedule: "cron(0 1 ? * * *)",
    timezone: "Europe/Vienna",
    duration: 1,
    cutoff: 0,
};

const LISTED: BackupWindow = {
    id: "mw-day",
    enabled: true,
    schedule: "cron(0 1 ? * * *)",
    timezone: "Europe/Vienna",
    duration: 1,
    cutoff: 0,
};

async function read(windows: readonly StoredWindow[]): Promise<Signal<readonly BackupWindow[]>> {
    return (await readRegion({ windows })).signals.windows;
}

describe("Listing windows", () => {
    it("gives the policy's windows by their ids, even if somebody has renamed or changed them", async () => {
        const { timezone, ...utc } = STORED;
        const windows = [
            STORED,
            { ...STORED, id: "mw-week", name: "renamed", enabled: false, duration: 3, cutoff: 1 },
            { ...utc, id: "mw-month" },
            { ...STORED, id: "mw-other" },
        ];
        assert.deepEqual(await read(windows), {
            value: [
                LISTED,
                { ...LISTED, id: "mw-week", enabled: false, duration: 3, cutoff: 1 },
                { ...LISTED, id: "mw-month", timezone: "UTC" },
            ],
        });
    });

    it("gives none if all are deleted", async () => {
        assert.deepEqual(await read([]), { value: [] });
    });

    it("takes missing fields for unknown", async () => {
        const intercept = answering("DescribeMaintenanceWindows", { WindowIdentities: [{ WindowId: "mw-day" }] });
        assert.deepEqual((await readRegion({}, { intercept })).signals.windows, {
            value: [{ id: "mw-day", enabled: false, schedule: "", timezone: "UTC", duration: 0, cutoff: 0 }],
        });
    });

    it("fails if Systems Manager lists a window without an id", async () => {
        const intercept = answering("DescribeMaintenanceWindows", { WindowIdentities: [{ Name: "day" }] });
        assert.deepEqual((await readRegion({}, { intercept })).signals.windows, {
            unread: "ssm:DescribeMaintenanceWindows broke off: Error: Systems Manager listed a window without an id",
        });
    });
});

describe("Listing executions of windows", () => {
    const windows = ["mw-day", "mw-week", "mw-month", "mw-other"].map((id) => ({ ...STORED, id }));

    function execution(windowId: string, startTime: number, given: Partial<StoredWindowExecution> = {}): StoredWindowExecution {
        return { id: `${windowId} ${startTime}`, windowId, startTime, status: "SUCCESS", ...given };
    }

    async function listed(windowExecutions: readonly StoredWindowExecution[]): Promise<Signal<readonly WindowExecution[]>> {
        return (await readRegion({ windows, windowExecutions })).signals.executions;
    }

    it("gives those of the policy's windows, with the reason of a failure", async () => {
        const failed = { status: "FAILED", details: "The role can't be assumed" };
        const executions = [
            execution("mw-day", NOW - 6 * HOUR, failed),
            execution("mw-week", NOW - 28 * HOUR),
            execution("mw-month", NOW - 2 * HOUR, { status: "SKIPPED_OVERLAPPING" }),
            execution("mw-other", NOW - HOUR),
        ];
        assert.deepEqual(await listed(executions), {
            value: [
                { windowId: "mw-day", startTime: NOW - 6 * HOUR, ...failed },
                { windowId: "mw-week", startTime: NOW - 28 * HOUR, status: "SUCCESS", details: "" },
                { windowId: "mw-month", startTime: NOW - 2 * HOUR, status: "SKIPPED_OVERLAPPING", details: "" },
            ],
        });
    });

    it("goes back to the third last run of each type, or to the last but one if that is older than 30 days", async () => {
        const [day, week, month] = [NOW - 6 * HOUR, NOW - 28 * HOUR, NOW - 2 * HOUR];
        const times: [string, number][] = [
            ["mw-day", day - 2 * DAY],
            ["mw-day", day - 3 * DAY],
            ["mw-week", week - 14 * DAY],
            ["mw-week", week - 21 * DAY],
            ["mw-month", month - 31 * DAY],
            ["mw-month", month - 62 * DAY],
        ];
        const seen = await listed(times.map(([id, time]) => execution(id, time)));
        assert.deepEqual("value" in seen && seen.value.map(({ windowId, startTime }) => [windowId, startTime]), [
            ["mw-day", day - 2 * DAY],
            ["mw-week", week - 14 * DAY],
            ["mw-month", month - 31 * DAY],
        ]);
    });

    it("goes back 30 days for a window whose type has no schedule", async () => {
        const executions = [execution("mw-other", NOW - 30 * DAY), execution("mw-other", NOW - 31 * DAY)];
        const { signals } = await readRegion({ windows, windowExecutions: executions }, { targets: { windowIds: { Other: "mw-other" } } });
        assert.deepEqual(signals.executions, {
            value: [{ windowId: "mw-other", startTime: NOW - 30 * DAY, status: "SUCCESS", details: "" }],
        });
    });

    it("gives none of a window that is deleted", async () => {
        const { signals } = await readRegion({ windows: windows.slice(1), windowExecutions: [execution("mw-month", NOW - 2 * HOUR)] });
        assert.deepEqual(signals.executions, {
            value: [{ windowId: "mw-month", startTime: NOW - 2 * HOUR, status: "SUCCESS", details: "" }],
        });
    });

    it("takes missing fields for unknown, and fails if Systems Manager lists an execution without an id", async () => {
        const answered = async (execution: object) => {
            const intercept = answering("DescribeMaintenanceWindowExecutions", { WindowExecutions: [execution] });
            const { signals } = await readRegion({ windows }, { intercept, targets: { windowIds: { Day: "mw-day" } } });
            return signals.executions;
        };
        assert.deepEqual(
            [await answered({ WindowExecutionId: "1" }), await answered({ Status: "SUCCESS" })],
            [
                { value: [{ windowId: "mw-day", startTime: 0, status: "", details: "" }] },
                { unread: "ssm:DescribeMaintenanceWindowExecutions broke off: Error: Systems Manager listed an execution without an id" },
            ],
        );
    });
});
