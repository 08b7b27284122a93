import assert from "node:assert/strict";
import type { Finding } from "../../../lambda/watch/finding";
import { health } from "../../../lambda/watch/health";
import type { CleanerRun, Signals } from "../../../lambda/watch/signals";
import { DAY, HOUR, TARGETS, WatchedAccount } from "../../support/watchedAccount";
import { at, finds, look, NOW, read } from "./healthOf";

const TAIL = "aws logs tail /vss-backup/prod/cleaner --since 2d";
const NEWEST = at("2027-03-20T07:00:00");

function cleanerRuns(...runs: Partial<CleanerRun>[]): Pick<Signals, "cleanerRuns"> {
    const good: CleanerRun = { time: 0, status: "OK", errors: [], kept: 9, deleted: 2, failed: 0, remaining: 0, failedIds: [] };
    return { cleanerRuns: { value: runs.map((run, i) => ({ ...good, time: at("2027-03-20T07:00:00") - i * DAY, ...run })) } };
}

/** The same runs, the oldest first. */
function oldestFirst({ cleanerRuns: runs }: Pick<Signals, "cleanerRuns">): Pick<Signals, "cleanerRuns"> {
    return { cleanerRuns: { value: read(runs).toReversed() } };
}

describe("The cleaner", () => {
    finds("failed", { signals: cleanerRuns({ status: "FAILED", errors: ["EC2 refused", "other"] }, { status: "FAILED" }, {}) }, [
        {
            kind: "cleaner failed",
            severity: "problem",
            since: at("2027-03-19T07:00:00"),
            sentence: "The cleaner's run of 2027-03-20 07:00 UTC failed: EC2 refused.",
            cure: TAIL,
        },
    ]);

    finds("is well after a failure", { signals: cleanerRuns({}, { status: "FAILED" }) }, []);

    const late: Finding = {
        kind: "cleaner late",
        severity: "problem",
        since: at("2027-03-20T07:00:00"),
        sentence: "The cleaner has no report of its run that was due at 2027-03-20 07:00 UTC. It was not started, or it did not end.",
        cure: TAIL,
    };
    const long = { options: {}, since: NOW - 9 * DAY };

    finds("is late", { signals: cleanerRuns({ time: at("2027-03-19T07:00:00") }), memory: long }, [late]);

    finds(
        "has two hours for its report",
        { signals: cleanerRuns({ time: at("2027-03-19T10:01:00") }), settings: { cleanerSchedule: "cron(1 10 * * ? *)" }, memory: long },
        [],
    );

    finds("is not late before its first run", { signals: { cleanerRuns: { value: [] } } }, []);

    finds(
        "is late by a rate",
        { signals: cleanerRuns({ time: NOW - DAY }), settings: { cleanerSchedule: "rate(12 hours)" }, memory: long },
        [{ ...late, since: NOW - 14 * HOUR, sentence: late.sentence.replace("2027-03-20 07:00", "2027-03-19 22:00") }],
    );

    finds(
        "is held back by refused deletions",
        { signals: cleanerRuns({ failedIds: ["snap-1", "snap-2"] }, { failedIds: ["snap-2"] }, { failedIds: ["snap-2", "snap-3"] }) },
        [
            {
                kind: "cleaner held back",
                severity: "problem",
                about: "refusals",
                since: at("2027-03-18T07:00:00"),
                sentence: "EC2 refused the deletion of 1 snapshot in each of the last 3 runs, such as snap-2.",
                cure: TAIL,
            },
        ],
    );

    const backlog = cleanerRuns({ remaining: 30 }, { remaining: 20 }, { remaining: 10 });

    finds("is held back by a backlog that grows", { signals: backlog }, [
        {
            kind: "cleaner held back",
            severity: "problem",
            about: "backlog",
            since: at("2027-03-18T07:00:00"),
            sentence: "The cleaner's backlog grows: 30 snapshots wait for deletion, after 10 two runs before.",
            cure: "Set maxDeletionsPerRun higher, or let the cleaner run more often: cleanerSchedule",
        },
    ]);

    finds("may have a backlog that does not grow", { signals: cleanerRuns({ remaining: 20 }, { remaining: 20 }, { remaining: 10 }) }, []);

    finds("may have a backlog if it only reports", { signals: backlog, settings: { reportOnly: true } }, []);
});

describe("A failed run of the cleaner", () => {
    const FAILED = { status: "FAILED" } as const;
    const failed: Finding = {
        kind: "cleaner failed",
        severity: "problem",
        since: NEWEST - 2 * DAY,
        sentence: "The cleaner's run of 2027-03-20 07:00 UTC failed: its report names no error.",
        cure: TAIL,
    };

    finds("counts from the oldest if no run succeeded", { signals: cleanerRuns(FAILED, FAILED, FAILED) }, [failed]);

    finds("counts from the first after a good run", { signals: cleanerRuns(FAILED, FAILED, FAILED, {}, FAILED) }, [failed]);

    finds("is the newest, in any order", { signals: oldestFirst(cleanerRuns(FAILED, FAILED, FAILED, {})) }, [failed]);

    finds("is over after a partial one", { signals: oldestFirst(cleanerRuns({ status: "PARTIAL" }, FAILED)) }, []);
});

describe("A late run of the cleaner", () => {
    const late: Finding = {
        kind: "cleaner late",
        severity: "problem",
        since: NEWEST,
        sentence: "The cleaner has no report of its run that was due at 2027-03-20 07:00 UTC. It was not started, or it did not end.",
        cure: TAIL,
    };
    const none = { signals: { cleanerRuns: { value: [] } } };

    finds("was due when the watch began", { ...none, memory: { options: {}, since: NEWEST } }, [late]);

    finds("was not due before the watch began", { ...none, memory: { options: {}, since: NEWEST + 1 } }, []);

    it("is not late by a schedule or a zone that has changed since", () => {
        for (const changed of [{ cleanerSchedule: "cron(0 8 * * ? *)" }, { timezone: "Europe/London" }]) {
            const { findings, memory } = look({ signals: { cleanerRuns: { value: [] } }, settings: changed, memory: { since: 0 } });
            assert.deepEqual(
                findings.filter(({ kind }) => kind === "cleaner late"),
                [],
            );
            assert.equal(memory.options.cleanerSchedule?.since, NOW);
        }
    });

    finds("is not late if older runs have reports too", { signals: cleanerRuns({}, {}), memory: { options: {}, since: 0 } }, []);

    finds(
        "is late two hours after it was due",
        { ...none, settings: { cleanerSchedule: "cron(0 10 * * ? *)" }, memory: { options: {}, since: 0 } },
        [{ ...late, since: NOW - 2 * 3_600_000, sentence: late.sentence.replace("07:00", "10:00") }],
    );

    it("is not late at a time that the clock skips, but is at the one before", () => {
        const account = new WatchedAccount("Europe/Vienna", 1, at("2027-03-24T12:00:00"), at("2027-03-29T12:00:00"), []);
        const now = at("2027-03-28T12:00:00");
        const { memory } = account.watch(now - 1, { value: undefined });
        const lateness = (lastRun: string) =>
            health(
                now,
                { ...account.settings, cleanerSchedule: "cron(30 2 * * ? *)" },
                TARGETS,
                { ...account.signals(now), ...cleanerRuns({ time: at(lastRun) }) },
                { value: { ...memory, options: {}, since: 0 } },
            ).findings.map(({ kind, since }) => [kind, new Date(since).toISOString()]);
        assert.deepEqual(
            [lateness("2027-03-27T01:30:00"), lateness("2027-03-26T01:30:00")],
            [[], [["cleaner late", "2027-03-27T01:30:00.000Z"]]],
        );
    });

    finds(
        "is not late if its schedule has not begun",
        { ...none, settings: { cleanerSchedule: "cron(0 7 1 1 ? 2030)" }, memory: { options: {}, since: 0 } },
        [],
    );
});

describe("A cleaner that is held back", () => {
    const runs = (...some: Partial<CleanerRun>[]) => ({ signals: cleanerRuns(...some) });
    const refused = { failedIds: ["snap-1"] };
    const held = { kind: "cleaner held back", severity: "problem", since: NEWEST - 2 * DAY } as const;
    const refusals: Finding = {
        ...held,
        about: "refusals",
        sentence: "EC2 refused the deletion of 1 snapshot in each of the last 3 runs, such as snap-1.",
        cure: TAIL,
    };
    const backlog: Finding = {
        ...held,
        about: "backlog",
        sentence: "The cleaner's backlog grows: 30 snapshots wait for deletion, after 10 two runs before.",
        cure: "Set maxDeletionsPerRun higher, or let the cleaner run more often: cleanerSchedule",
    };
    const growing = [{ remaining: 30 }, { remaining: 20 }, { remaining: 10 }];

    finds("has refusals in its last three runs, and none before", runs(refused, refused, refused, {}), [refusals]);

    finds("has a backlog that grows in its last three runs, and not before", runs(...growing, { remaining: 40 }), [backlog]);

    finds("has both", runs(...growing.map((one) => ({ ...one, ...refused }))), [backlog, refusals]);

    const both = { failedIds: ["snap-1", "snap-2"] };
    finds("has more than one refusal", runs(both, both, both), [
        { ...refusals, sentence: refusals.sentence.replace("1 snapshot in", "2 snapshots in") },
    ]);

    finds("does not have them in two runs", runs({ ...refused, remaining: 2 }, { ...refused, remaining: 1 }), []);

    finds("has no backlog that grows if it is equal at first", runs({ remaining: 20 }, { remaining: 10 }, { remaining: 10 }), []);
});
