import assert from "node:assert/strict";
import fc from "fast-check";
import { problemsOf } from "../../../lambda/watch/counts";
import { type Finding, findingKey } from "../../../lambda/watch/finding";
import type { Health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import { withProblems } from "../../../lambda/watch/reporting";
import type { Signal, SignalName } from "../../../lambda/watch/signals";
import { ZONES } from "../../support/history";
import { HISTORIES } from "../../support/sample";
import { DAY, HOUR, type Incident, id, WatchedAccount } from "../../support/watchedAccount";

const START = Date.parse("2027-03-08T12:00:00Z");
const DAYS = 12;
const SERVERS = 2;

const FAULTS: readonly Incident["fault"][] = [
    "stopped",
    "agent",
    "vss",
    "package",
    "disk",
    "untagged",
    "misspelled",
    "excluded",
    "absent",
    "disabled",
    "role",
    "cleaner",
];

/** Incidents of some hours to some days. */
const incidents = fc.array(
    fc
        .record({
            fault: fc.constantFrom(...FAULTS),
            server: fc.constantFrom(0, 1),
            from: fc.integer({ min: 0, max: DAYS * 24 }),
            hours: fc.integer({ min: 1, max: 5 * 24 }),
        })
        .map(
            ({ fault, server, from, hours }): Incident => ({
                fault,
                ...(["disabled", "role", "cleaner"].includes(fault) ? {} : { server }),
                from: START + from * HOUR,
                to: START + (from + hours) * HOUR,
            }),
        ),
    { maxLength: 4 },
);

/** An account in spring, when clocks change, and a minute of the hour at which the watch runs. */
const accounts = fc.record({
    timezone: fc.constantFrom(...ZONES),
    incidents,
    minute: fc.integer({ min: 1, max: 59 }),
    reportHour: fc.integer({ min: 0, max: 23 }),
    graceHours: fc.integer({ min: 1, max: 4 }),
});

/** Runs the watch each hour, and sends a report each day. */
function watchHourly({ account, minute, reportHour }: Hours, unreadAt: (now: number) => readonly SignalName[] = () => []): Health[] {
    const runs: Health[] = [];
    let memory: Signal<Memory | undefined> = { value: undefined };
    for (let now = account.start + minute * 60_000; now < account.end; now += HOUR) {
        const found = account.watch(now, memory, unreadAt(now));
        runs.push(found);
        const reported = isReportTime(now, reportHour) ? found.findings : withProblems(found.memory.reported, problemsOf(found));
        memory = { value: { ...found.memory, reported } };
    }
    return runs;
}

function isReportTime(now: number, reportHour: number): boolean {
    return new Date(now).getUTCHours() === reportHour;
}

/** The backups that are missing, and that the watch must report: the server ran and had the tag, and was seen before. */
function missedBackups(account: WatchedAccount) {
    return account.due
        .filter(({ due }) => due < account.end - 30 * HOUR)
        .flatMap(({ type, due }) =>
            Array.from({ length: account.servers }, (_, server) => ({ server, type, due })).filter(
                ({ server }) =>
                    hours(due - 2 * HOUR, due + 30 * HOUR).every(
                        (time) => account.isTagged(server, time) && !account.has("excluded", time, server),
                    ) &&
                    account.ran(server, due) &&
                    account.ran(server, due - 2 * HOUR) &&
                    due > account.start + HOUR &&
                    !account.backups.some((one) => one.server === server && one.type === type && one.due === due && one.isGood),
            ),
        );
}

function hours(from: number, to: number): number[] {
    return Array.from({ length: (to - from) / HOUR + 1 }, (_, i) => from + i * HOUR);
}

/** When the watch of an account runs: at a minute of each hour. The run of one hour, in UTC, sends the report. */
interface Hours {
    readonly account: WatchedAccount;
    readonly minute: number;
    readonly reportHour: number;
}

/** One random account, and the runs of its watch. */
interface Case extends Hours {
    readonly graceHours: number;
    /** A random number for choices. */
    readonly chance: number;
    readonly runs: readonly Health[];
}

/** Random cases, which all laws share: each is some 300 runs of the watch. */
const cases: Case[] = [];

function drawCases(): void {
    for (const [{ timezone, incidents: some, minute, reportHour, graceHours }, chance] of fc.sample(
        fc.tuple(accounts, fc.nat()),
        Math.ceil(HISTORIES / 20),
    )) {
        const account = new WatchedAccount(timezone, SERVERS, START, START + DAYS * DAY, some, graceHours);
        cases.push({ account, minute, reportHour, graceHours, chance, runs: watchHourly({ account, minute, reportHour }) });
    }
}

/** Checks a law on the random cases. If it fails, the error names the case. */
function law(sentence: string, check: (one: Case) => void) {
    it(sentence, () => {
        for (const one of cases) {
            try {
                check(one);
            } catch (error) {
                const { minute, reportHour, graceHours } = one;
                const { timezone, incidents: some } = one.account;
                const title = `In the case ${JSON.stringify({ timezone, minute, reportHour, graceHours, incidents: some })}`;
                throw new Error(title, { cause: error });
            }
        }
    });
}

describe("The laws of the watch", () => {
    before(drawCases);

    law("A report lists each missed backup within a day of the end of its grace", ({ account, runs, reportHour, graceHours }) => {
        const unreported = missedBackups(account).filter(
            ({ server, type, due }) =>
                !runs.some(
                    ({ time, findings, recovered }) =>
                        isReportTime(time, reportHour) &&
                        time > due + HOUR &&
                        time <= due + (1 + graceHours + 24) * HOUR &&
                        [...findings, ...recovered].some(
                            (finding) =>
                                finding.severity === "problem" &&
                                finding.server === id("i", server) &&
                                finding.kind === "overdue" &&
                                finding.type === type &&
                                finding.since <= due,
                        ),
                ),
        );
        assert.deepEqual(unreported, []);
    });

    law("An overdue backup is missing, and its server ran when it was due", ({ account, runs }) => {
        for (const { time, findings } of runs) {
            const wrong = findings
                .filter(({ kind }) => kind === "overdue")
                .filter(({ server = "", type = "", since }) => {
                    const number = Number(server.slice(2));
                    const isDue = account.due.some((one) => one.type === type && one.due === since);
                    const restorePoint = account.goodBackups(number, type, time).some(({ due }) => due >= since);
                    return !isDue || restorePoint || !account.ran(number, since) || !account.isTagged(number, since);
                });
            assert.deepEqual(wrong, [], new Date(time).toISOString());
        }
    });

    law("A problem has a cause in the account", ({ account, runs }) => {
        for (const { time, findings } of runs) {
            const wrong = findings.filter((finding) => finding.severity === "problem" && !causeOf(finding, account, time));
            assert.deepEqual(wrong, [], new Date(time).toISOString());
        }
    });

    law(
        "The next report lists each problem that is over, once, whether or not a report has listed it before",
        ({ account, runs, reportHour }) => {
            const reports = runs.filter(({ time }) => isReportTime(time, reportHour));
            reports.forEach(({ time, findings, recovered }, i) => {
                const since = reports[i - 1]?.time ?? Number.NEGATIVE_INFINITY;
                const before = runs.filter((run) => run.time >= since && run.time < time).flatMap(problemsOf);
                const now = new Set(findings.map(findingKey));
                const over = before.filter((finding) => !now.has(findingKey(finding)) && isLookedFor(finding, account, time));
                assert.deepEqual(recovered.map(findingKey).toSorted(), [...new Set(over.map(findingKey))].toSorted());
            });
        },
    );

    law("The order of the signals changes nothing, and two equal runs find the same", ({ account, minute, chance }) => {
        const now = account.start + DAY + (chance % (10 * 24)) * HOUR + minute * 60_000;
        const memory = { value: account.watch(now - HOUR, { value: undefined }).memory };
        const found = account.watch(now, memory);
        assert.deepEqual(account.watch(now, memory), found);
        const signals = account.signals(now);
        const reversed = Object.fromEntries(
            Object.entries(signals).map(([name, signal]) => [name, "value" in signal ? { value: signal.value.toReversed() } : signal]),
        );
        const backwards = Object.assign(Object.create(account), { signals: () => reversed }) as WatchedAccount;
        assert.deepEqual(backwards.watch(now, memory), found);
    });

    law("A signal that can't be read hides no problem, and is one", ({ account, minute, reportHour, chance }) => {
        const names = Object.keys(account.signals(account.start)) as SignalName[];
        const name = names[chance % names.length] as SignalName;
        const unreadAt = (now: number) => (Math.floor(now / (7 * HOUR)) % 2 === 0 ? [name] : []);
        let before: readonly Finding[] = [];
        for (const [i, { time, findings }] of watchHourly({ account, minute, reportHour }, unreadAt).entries()) {
            if (unreadAt(time).length > 0 && i % 5 === chance % 5) {
                assert.deepEqual(
                    findings.filter(({ kind }) => kind === "unread").map(({ about }) => about),
                    [name],
                );
                const blind = account.watch(time, { value: undefined }, [name]).findings;
                const seen = account.watch(time, { value: undefined }).findings;
                // Each finding that only this signal shows is still there if it was there before.
                const hidden = before
                    .filter((one) => seen.some((other) => findingKey(other) === findingKey(one)))
                    .filter((one) => !blind.some((other) => findingKey(other) === findingKey(one)))
                    .filter((one) => !findings.some((other) => findingKey(other) === findingKey(one)));
                assert.deepEqual(hidden, []);
            }
            before = findings;
        }
    });
});

/** Whether the watch still looks for a problem: its server has the tag, is not excluded, and runs if it must run for it. */
function isLookedFor({ kind, server }: Finding, account: WatchedAccount, time: number): boolean {
    const number = Number(server?.slice(2));
    const isWatched = account.isTagged(number, time) && !account.has("excluded", time, number);
    const isOfRunning = ["agent offline", "failing", "package missing"].includes(kind);
    return server === undefined || kind.startsWith("tag") || (isWatched && (account.ran(number, time) || !isOfRunning));
}

/** Whether a finding is true of an account, by what happened there. */
function causeOf({ kind, server = "", since }: Finding, account: WatchedAccount, now: number): boolean {
    const number = Number(server.slice(2));
    const newest = account.backups.filter((one) => one.server === number && one.isGood && one.due + HOUR <= now).at(-1);
    switch (kind) {
        case "overdue":
            return true; // Its own law.
        case "never backed up":
            return newest === undefined || newest.due < now - 6 * DAY;
        case "agent offline":
            return account.has("agent", now, number);
        case "failing":
            return account.backups
                .filter((one) => one.server === number && one.due + HOUR <= now)
                .slice(-3)
                .every(({ isGood }) => !isGood);
        case "package missing":
            return account.incidents.some((one) => one.fault === "package" && one.server === number && one.from <= now);
        case "volume not covered":
            return newest?.volumes.length === 1;
        case "tag misspelled":
            return account.has("misspelled", now, number);
        case "tag removed":
            return account.has("untagged", now, number);
        case "nobody targeted":
            return [0, 1].every((one) => !account.isTagged(one, now));
        case "window disabled":
            return account.has("disabled", now);
        case "window never executed":
            return account.has("disabled", since);
        case "window failed":
            return account.has("role", since);
        case "cleaner late":
            return account.incidents.some((one) => one.fault === "cleaner" && one.from <= now);
        default:
            return false;
    }
}
