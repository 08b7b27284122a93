import type { Finding } from "../../../lambda/watch/finding";
import type { WindowExecution } from "../../../lambda/watch/signals";
import { DAY, SETTINGS } from "../../support/watchedAccount";
import { at, finds, HEALTHY, MEMORY, NOW, read, type Sketch, window } from "./healthOf";

const day = { severity: "problem", type: "Day", about: "mw-day" } as const;

/** The windows of other types are healthy. That of Day has these executions. */
function executions(...ofDay: Partial<WindowExecution>[]): WindowExecution[] {
    const others = read(HEALTHY.executions).filter(({ windowId }) => windowId !== "mw-day");
    return [...others, ...ofDay.map((one) => ({ windowId: "mw-day", startTime: NOW, status: "SUCCESS", details: "", ...one }))];
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
