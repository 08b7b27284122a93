import assert from "node:assert/strict";
import type { Finding } from "../../../lambda/watch/finding";
import type { Signals, WindowExecution } from "../../../lambda/watch/signals";
import { DAY, HOUR, SETTINGS } from "../../support/watchedAccount";
import { at, finds, HEALTHY, look, MEMORY, NOW, read, type Sketch, window } from "./healthOf";

const PUT_BACK = "Put it back with pulumi refresh, and then pulumi up.";

const day = { severity: "problem", type: "Day", about: "mw-day" } as const;

/** The windows of other types are healthy. That of Day has these executions. */
function executions(...ofDay: Partial<WindowExecution>[]): WindowExecution[] {
    const others = read(HEALTHY.executions).filter(({ windowId }) => windowId !== "mw-day");
    return [...others, ...ofDay.map((one) => ({ windowId: "mw-day", startTime: NOW, status: "SUCCESS", details: "", ...one }))];
}

function execution(status: string, details = ""): Pick<Signals, "executions"> {
    const others = read(HEALTHY.executions);
    return { executions: { value: [...others, { windowId: "mw-day", startTime: NOW - HOUR, status, details }] } };
}

function neverExecuted(due: string): Finding {
    return {
        ...day,
        kind: "window never executed",
        since: at(due.replace(" ", "T")),
        sentence: `The window of Day (mw-day) did not open for its run of ${due} UTC.`,
        cure: "Look at the window: aws ssm get-maintenance-window --window-id mw-day",
    };
}

/** Another schedule of Day, and since when it has it. */
function schedule(expression: string, since: number, changes: Sketch = {}): Sketch {
    return {
        signals: { ...window({ schedule: expression }), ...changes.signals },
        settings: { schedules: { ...SETTINGS.schedules, Day: expression } },
        memory: { schedules: { ...MEMORY.schedules, Day: { schedule: expression, since } }, ...changes.memory },
    };
}

describe("A window", () => {
    finds("is missing", { signals: { windows: { value: read(HEALTHY.windows).slice(1) } } }, [
        { ...day, kind: "window missing", since: NOW, sentence: "The window of Day (mw-day) does not exist.", cure: PUT_BACK },
    ]);

    finds("is disabled", { signals: window({ enabled: false }) }, [
        {
            ...day,
            kind: "window disabled",
            since: NOW,
            sentence: "The window of Day (mw-day) is disabled, so it takes no backups.",
            cure: "aws ssm update-maintenance-window --window-id mw-day --enabled",
        },
    ]);

    finds(
        "was changed by hand",
        { signals: window({ schedule: "cron(0 2 ? * * *)", timezone: "Europe/Vienna", duration: 2, cutoff: 1 }) },
        [
            {
                ...day,
                kind: "window changed",
                since: NOW,
                sentence:
                    "The window of Day (mw-day) was changed by hand: its schedule is cron(0 2 ? * * *), not cron(0 1 ? * * *), its timezone is Europe/Vienna, not UTC, its duration is 2, not 1, its cutoff is 1, not 0.",
                cure: PUT_BACK,
            },
        ],
    );

    finds("failed", { signals: execution("FAILED", "the role may not send commands") }, [
        {
            ...day,
            kind: "window failed",
            since: NOW - HOUR,
            sentence: "The window of Day of 2027-03-20 11:00 UTC ended with FAILED: the role may not send commands.",
            cure: "aws ssm describe-maintenance-window-executions --window-id mw-day --max-results 10",
        },
    ]);

    finds("was skipped", { signals: execution("SKIPPED_OVERLAPPING") }, [
        {
            ...day,
            kind: "window skipped",
            since: NOW - HOUR,
            sentence: "The window of Day of 2027-03-20 11:00 UTC ended with SKIPPED_OVERLAPPING.",
            cure: "An earlier execution was still active. See if a run hangs, and cancel it: aws ssm list-commands",
        },
    ]);

    it("stays failed if Systems Manager keeps its execution no longer", () => {
        const failed = look({ signals: execution("FAILED") }).findings;
        const others = read(HEALTHY.executions).filter(({ windowId }) => windowId !== "mw-day");
        const schedules = { ...SETTINGS.schedules, Day: "cron(0 1 18 2 ? *)" };
        const forgotten: Sketch = {
            settings: { schedules },
            signals: { executions: { value: others }, ...window({ schedule: schedules.Day }) },
            memory: { findings: failed, schedules: { ...MEMORY.schedules, Day: { schedule: schedules.Day, since: 0 } } },
        };
        assert.deepEqual([failed.map(({ kind }) => kind), look(forgotten).findings], [["window failed"], failed]);
        assert.deepEqual(look({ memory: { findings: failed } }).findings, []);
    });

    for (const status of ["SUCCESS", "PENDING", "IN_PROGRESS", "CANCELLING"]) {
        finds(`is well with ${status}`, { signals: execution(status) }, []);
    }

    finds(
        "did not open",
        {
            signals: {
                executions: { value: read(HEALTHY.executions).filter(({ startTime }) => startTime < at("2027-03-20T00:59:00")) },
            },
        },
        [
            {
                ...day,
                kind: "window never executed",
                since: at("2027-03-20T01:00:00"),
                sentence: "The window of Day (mw-day) did not open for its run of 2027-03-20 01:00 UTC.",
                cure: "Look at the window: aws ssm get-maintenance-window --window-id mw-day",
            },
        ],
    );
});

describe("A window of months ago", () => {
    const schedules = { Day: "cron(0 1 18 2 ? *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" };
    const due = at("2027-02-18T01:00:00");
    const since = at("2027-01-01T00:00:00");
    const forgotten: Sketch = {
        settings: { schedules },
        signals: {
            executions: { value: read(HEALTHY.executions).filter(({ windowId }) => windowId !== "mw-day") },
            ...window({ schedule: schedules.Day }),
        },
        memory: { schedules: Object.fromEntries(Object.entries(schedules).map(([type, schedule]) => [type, { schedule, since }])) },
    };
    const never: Finding = {
        ...day,
        kind: "window never executed",
        since: due,
        sentence: "The window of Day (mw-day) did not open for its run of 2027-02-18 01:00 UTC.",
        cure: "Look at the window: aws ssm get-maintenance-window --window-id mw-day",
    };

    finds("is not missed, since Systems Manager may have forgotten that it opened", forgotten, []);

    finds("is still missed if it was", { ...forgotten, memory: { ...forgotten.memory, findings: [never] } }, [never]);
});

describe("The execution of a window", () => {
    const due = at("2027-03-20T01:00:00");

    finds("may begin a minute before it is due", { signals: { executions: { value: executions({ startTime: due - 60_000 }) } } }, []);

    finds("may not begin earlier", { signals: { executions: { value: executions({ startTime: due - 60_001 }) } } }, [
        neverExecuted("2027-03-20 01:00"),
    ]);

    const none = { signals: { executions: { value: executions() } } };
    finds("is due if the type has its schedule since then", schedule("cron(0 1 ? * * *)", due, none), [neverExecuted("2027-03-20 01:00")]);

    finds("is not due before the type has its schedule", schedule("cron(0 1 ? * * *)", due + 1, none), []);

    finds(
        "is judged by the newest",
        { signals: { executions: { value: executions({ startTime: due - DAY, status: "FAILED" }, {}) } } },
        [],
    );

    finds(
        "is judged by the newest, in any order",
        { signals: { executions: { value: executions({}, { startTime: due - DAY, status: "FAILED" }) } } },
        [],
    );
});

describe("The execution of a window that has not ended", () => {
    const failed: Finding = {
        ...day,
        kind: "window failed",
        since: NOW - 3 * DAY,
        sentence: "The window of Day of 2027-03-19 01:00 UTC ended with FAILED.",
        cure: "aws ssm describe-maintenance-window-executions --window-id mw-day --max-results 10",
    };
    const last = { startTime: at("2027-03-19T01:00:00"), status: "FAILED" };
    const next = { startTime: at("2027-03-20T01:00:00") };
    const withRun = (...ofDay: Partial<WindowExecution>[]) => ({
        signals: { executions: { value: executions(...ofDay) } },
        memory: { findings: [failed] },
    });

    for (const status of ["PENDING", "IN_PROGRESS", "CANCELLING"]) {
        finds(`does not end the finding of the one before: ${status}`, withRun(last, { ...next, status }), [failed]);

        finds(`does not end a finding whose execution Systems Manager no longer keeps: ${status}`, withRun({ ...next, status }), [failed]);

        finds(`has opened the window: ${status}`, { signals: { executions: { value: executions({ ...next, status }) } } }, []);
    }

    finds("ends the finding when it succeeds", withRun(last, next), []);
});

describe("A window whose executions Systems Manager may have forgotten", () => {
    const none = { executions: { value: executions() } };
    const yearly = "cron(0 12 18 2 ? *)";
    const never = neverExecuted("2027-02-18 12:00");

    finds("did not open within 29 days", schedule("cron(0 12 19 2 ? *)", 0, { signals: none }), [neverExecuted("2027-02-19 12:00")]);

    finds(
        "is still missed if it was missed twice",
        schedule(yearly, 0, { signals: none, memory: { findings: [{ ...never, since: 1 }] } }),
        [{ ...never, since: 1 }],
    );

    const others: Finding[] = [
        { ...never, type: "Week", about: "mw-week" },
        { ...never, kind: "window disabled" },
    ];
    finds("is not missed by other findings of the run before", schedule(yearly, 0, { signals: none, memory: { findings: others } }), []);

    const ended = (kind: "window failed" | "window skipped", about: string): Finding => ({
        ...never,
        kind,
        about,
        sentence: "It ended so.",
        cure: "Look.",
    });
    for (const kind of ["window failed", "window skipped"] as const) {
        finds(
            `keeps its own finding: ${kind}`,
            schedule(yearly, 0, { signals: none, memory: { findings: [ended(kind, "mw-other"), ended(kind, "mw-day")] } }),
            [ended(kind, "mw-day")],
        );
    }
});
