import type { TestedServer } from "../../../lambda/watch/signals";
import { DAY, HOUR } from "../../support/watchedAccount";
import { finds, MEMORY, NOW, RECORDED } from "./healthOf";

const TEST = "vss-backup restore test i-0 --policy prod";

function tested(time: number, given: Partial<TestedServer> = {}) {
    return { restoreTests: { value: [{ serverId: "i-0", time, isPassed: true, ...given }] } };
}

function recording(given: object) {
    return { recording: { value: { ...RECORDED, ...given } } };
}

describe("The recording of servers", () => {
    finds("is well if all were written", { signals: recording({ written: 200 }) }, []);

    finds("is a problem if a server could not be recorded", { signals: recording({ failed: [{ server: "i-0", why: "Denied: no" }] }) }, [
        {
            kind: "not recorded",
            severity: "problem",
            since: NOW,
            sentence: "The watch could not record 1 server for a restore, such as i-0: Denied: no",
            cure: "If a permission is missing, run pulumi up --refresh. Otherwise wait for the next run.",
        },
    ]);

    finds(
        "counts the servers that it did not reach after refusals",
        { signals: recording({ failed: ["i-0", "i-1", "i-2"].map((server) => ({ server, why: "Denied: no" })), remaining: 4 }) },
        [
            {
                kind: "not recorded",
                severity: "problem",
                since: NOW,
                sentence: "The watch could not record 7 servers for a restore, such as i-0: Denied: no",
                cure: "If a permission is missing, run pulumi up --refresh. Otherwise wait for the next run.",
            },
        ],
    );

    finds("is a note if the next run goes on", { signals: recording({ written: 200, remaining: 1 }) }, [
        {
            kind: "not recorded",
            severity: "note",
            since: NOW,
            sentence: "The watch has still to record 1 server for a restore. The next run goes on.",
            cure: "Wait for the next run.",
        },
    ]);
});

describe("A restore test", () => {
    finds("is not owed if the policy does not ask for it", {}, []);

    finds("may be 90 days old", { signals: tested(NOW - 90 * DAY) }, []);

    finds("is worth a note after 90 days, if the server was tested before", { signals: tested(NOW - 91 * DAY) }, [
        {
            kind: "not tested",
            severity: "note",
            server: "i-0",
            since: NOW - DAY,
            sentence: "No restore of server0 (i-0) was tested for 90 days. The last test was at 2026-12-19 12:00 UTC.",
            cure: TEST,
        },
    ]);

    finds("is owed after restoreTestDays", { signals: tested(NOW - 30 * DAY - 1), settings: { restoreTestDays: 30 } }, [
        {
            kind: "not tested",
            severity: "problem",
            server: "i-0",
            since: NOW - 1,
            sentence: "No restore of server0 (i-0) was tested for 30 days. The last test was at 2027-02-18 11:59 UTC.",
            cure: TEST,
        },
    ]);

    finds("is in time on the last day", { signals: tested(NOW - 30 * DAY), settings: { restoreTestDays: 30 } }, []);

    finds(
        "is owed by a server that was never tested, from when the watch first saw it",
        { settings: { restoreTestDays: 1 }, memory: { firstSeen: { ...MEMORY.firstSeen, "i-0": NOW - DAY - HOUR } } },
        [
            {
                kind: "not tested",
                severity: "problem",
                server: "i-0",
                since: NOW - HOUR,
                sentence: "No restore of server0 (i-0) was tested for 1 day. It was never tested.",
                cure: TEST,
            },
        ],
    );

    finds(
        "is not owed yet by a new server",
        { settings: { restoreTestDays: 1 }, memory: { firstSeen: { ...MEMORY.firstSeen, "i-0": NOW - DAY } } },
        [],
    );

    finds("counts only for its own server", { signals: tested(NOW - 91 * DAY, { serverId: "i-1" }) }, []);

    finds("is a problem if it failed", { signals: tested(NOW - DAY, { isPassed: false }) }, [
        {
            kind: "restore test failed",
            severity: "problem",
            server: "i-0",
            since: NOW - DAY,
            sentence: "The last restore test of server0 (i-0) failed at 2027-03-19 12:00 UTC.",
            cure: TEST,
        },
    ]);
});
