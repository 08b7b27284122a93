import assert from "node:assert/strict";
import { logLines, type Report } from "../../../../lambda/cleaner/report";
import type { Memory } from "../../../../lambda/watch/memory";
import { memoryLines } from "../../../../lambda/watch/memoryLog";
import type { CleanerRun, Signal } from "../../../../lambda/watch/signals";
import type { StoredLogEvent } from "../../../../rehearsal/embeddedAws/state";
import { makeReport } from "../../../support/account";
import { answering, DAY, HOUR, NOW, type ReadOptions, type ReadRegion, readRegion, TARGETS } from "../../../support/watchedRegion";

function readLogs(
    events: { readonly cleaner?: readonly StoredLogEvent[]; readonly watch?: readonly StoredLogEvent[] },
    options: ReadOptions = {},
): Promise<ReadRegion> {
    const { cleaner = [], watch = [] } = events;
    const logGroups = new Map([
        [TARGETS.cleanerLogGroup, cleaner],
        [TARGETS.watchLogGroup, watch],
    ]);
    return readRegion({ logGroups }, options);
}

describe("Listing the cleaner's runs", () => {
    async function read(cleaner: readonly StoredLogEvent[], options: ReadOptions = {}): Promise<Signal<readonly CleanerRun[]>> {
        return (await readLogs({ cleaner }, options)).signals.cleanerRuns;
    }

    /** The lines of a report, logged a minute after its run was due. */
    function logged(report: Report, loggedAt = Date.parse(report.Time) + 60_000): StoredLogEvent[] {
        return logLines(report).map((message) => ({ time: loggedAt, message }));
    }

    function reportOf(time: number, said: Parameters<typeof makeReport>[0] = {}): Report {
        return makeReport({ Time: new Date(time).toISOString(), ...said });
    }

    function runOf(time: number, given: Partial<CleanerRun> = {}): CleanerRun {
        return { time, status: "OK", errors: [], kept: 0, deleted: 0, failed: 0, remaining: 0, failedIds: [], ...given };
    }

    it("gives their counts, errors and refused snapshots, the newest first", async () => {
        const failed = reportOf(NOW, {
            Status: "FAILED",
            Errors: ["2 of 3 deletions failed: Denied: No."],
            deleted: { "snap-1": "deleted" },
            failed: { "snap-2": "failed", "snap-3": "failed" },
            remaining: { "snap-4": "left" },
            kept: { "snap-5": "kept", "snap-6": "kept" },
        });
        const good = reportOf(NOW - DAY, { Status: "PARTIAL" });
        assert.deepEqual(await read([...logged(good), ...logged(failed)]), {
            value: [
                runOf(NOW, {
                    status: "FAILED",
                    errors: ["2 of 3 deletions failed: Denied: No."],
                    kept: 2,
                    deleted: 1,
                    failed: 2,
                    remaining: 1,
                    failedIds: ["snap-2", "snap-3"],
                }),
                runOf(NOW - DAY, { status: "PARTIAL" }),
            ],
        });
    });

    it("takes a report of several lines for one run", async () => {
        const ids = Array.from({ length: 5_000 }, (_, i) => `snap-${String(i).padStart(17, "0")}`);
        const report = { ...reportOf(NOW, { deleted: Object.fromEntries(ids.map((id) => [id, ""])) }), DeletedReasons: [] };
        const lines = logged(report);
        assert.ok(lines.length > 1);
        assert.deepEqual(await read(lines), { value: [runOf(NOW, { deleted: 5_000 })] });
    });

    it("takes the retries of a run for one run with it: their deletions count, and the state of the last", async () => {
        const first = reportOf(NOW, { Status: "FAILED", Errors: ["lost"], deleted: { "snap-1": "" }, remaining: { "snap-2": "" } });
        const retry = reportOf(NOW, { deleted: { "snap-2": "", "snap-3": "" }, kept: { "snap-4": "" } });
        assert.deepEqual(await read([...logged(first), ...logged(retry, NOW + HOUR)]), {
            value: [runOf(NOW, { kept: 1, deleted: 3 })],
        });
    });

    it("passes over other lines, and over reports of other policies", async () => {
        const other = { ...reportOf(NOW), Policy: "prod-2" };
        const events = ["START RequestId: 1", `ERROR ${JSON.stringify(reportOf(NOW))}`, JSON.stringify(other)];
        assert.deepEqual(await read(events.map((message) => ({ time: NOW, message }))), { value: [] });
    });

    it("passes over runs that somebody started with reportOnly, unless the policy has it", async () => {
        const dryRun = logged({ ...reportOf(NOW), ReportOnly: true });
        assert.deepEqual(await read([...logged(reportOf(NOW - DAY)), ...dryRun]), { value: [runOf(NOW - DAY)] });
        assert.deepEqual(await read(dryRun, { settings: { reportOnly: true } }), { value: [runOf(NOW)] });
    });

    it("passes over lines that the filter of CloudWatch Logs should have left out", async () => {
        const messages = ["START", JSON.stringify({ ...reportOf(NOW), Policy: "prod-2" }), "null", JSON.stringify(reportOf(NOW))];
        const events = messages.map((message, i) => ({ eventId: String(i), message }));
        const intercept = answering("FilterLogEvents", { events: [...events, { eventId: "without a message" }] });
        assert.deepEqual(await read([], { intercept }), { value: [runOf(NOW)] });
    });

    it("goes back to the fourth last run that was due", async () => {
        const reports = [0, 3, 4].map((days) => reportOf(NOW - days * DAY));
        assert.deepEqual(await read(reports.flatMap((report) => logged(report))), { value: [runOf(NOW), runOf(NOW - 3 * DAY)] });
    });

    it("goes back to the last but one run if that is older than 30 days", async () => {
        const first = Date.parse("2026-12-01T07:00:00Z");
        const reports = [first, NOW - 31 * DAY].map((time) => reportOf(time));
        const settings = { cleanerSchedule: "cron(0 7 1 * ? *)" };
        assert.deepEqual(
            await read(
                reports.flatMap((report) => logged(report)),
                { settings },
            ),
            { value: [runOf(NOW - 31 * DAY)] },
        );
    });

    it("fails if CloudWatch Logs lists an event without an id", async () => {
        const intercept = answering("FilterLogEvents", { events: [{ message: "{}" }] });
        assert.deepEqual(await read([], { intercept }), {
            unread: "logs:FilterLogEvents broke off: Error: CloudWatch Logs listed an event without an id",
        });
    });
});

describe("Finding the memory", () => {
    function memoryOf(time: number): Memory {
        const finding = {
            kind: "stopped",
            severity: "note",
            server: "i-1",
            since: NOW - DAY,
            sentence: "i-1 is stopped.",
            cure: "Start it.",
        } as const;
        return {
            time,
            since: NOW - 60 * DAY,
            firstSeen: { "i-1": NOW - 50 * DAY },
            options: {},
            schedules: { Day: { schedule: "cron(0 1 ? * * *)", since: NOW - 60 * DAY } },
            excused: {},
            findings: [finding],
            reported: [],
            reportDue: false,
        };
    }

    /** The log of runs of the watch at these times. */
    function logged(...times: number[]): StoredLogEvent[] {
        return times.flatMap((time) => memoryLines("prod", memoryOf(time)).map((message) => ({ time: time + 60_000, message })));
    }

    /** Reads the memory, and counts the requests. */
    async function find(
        watch: readonly StoredLogEvent[],
    ): Promise<{ readonly memory: Signal<Memory | undefined>; readonly calls: number }> {
        const { memory, calls } = await readLogs({ watch });
        return { memory, calls: calls.filter(({ input }) => input.logGroupName === TARGETS.watchLogGroup).length };
    }

    for (const [what, ago, calls] of [
        ["an hour", HOUR, 1],
        ["a day", 24 * HOUR, 2],
        ["four weeks", 28 * DAY, 3],
    ] as const) {
        it(`finds that of a run ${what} ago, with ${calls} requests`, async () => {
            assert.deepEqual(await find(logged(NOW - ago)), { memory: { value: memoryOf(NOW - ago) }, calls });
        });
    }

    it("finds the newest of several", async () => {
        const { memory } = await find(logged(NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR));
        assert.deepEqual(memory, { value: memoryOf(NOW - HOUR) });
    });

    it("finds none in the first run, and none that is older than 30 days", async () => {
        assert.deepEqual(
            [await find([]), await find(logged(NOW - 31 * DAY))],
            [
                { memory: { value: undefined }, calls: 3 },
                { memory: { value: undefined }, calls: 3 },
            ],
        );
    });

    it("passes over other lines, and over memories of other policies", async () => {
        const lines = ['{"Policy":"prod"}', "START", ...memoryLines("prod-2", memoryOf(NOW - HOUR))];
        const { memory } = await find(lines.map((message) => ({ time: NOW - HOUR, message })));
        assert.deepEqual(memory, { value: undefined });
    });
});
