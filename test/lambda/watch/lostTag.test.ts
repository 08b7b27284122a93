import assert from "node:assert/strict";
import type { Finding } from "../../../lambda/watch/finding";
import type { SizedSnapshot } from "../../../lambda/watch/signals";
import { look, lookFirst, server } from "./healthOf";
import { DUE, lastDayWith, OVERDUE, taken } from "./lastDay";

/** The overdue backups of the server with other tags, which had these findings in the run before. */
function overdue(tags: Readonly<Record<string, string>>, snapshots = lastDayWith(), findings: readonly Finding[] = [OVERDUE]): Finding[] {
    return look({ signals: { ...snapshots, ...server({ tags }) }, memory: { findings } }).findings.filter(
        ({ kind }) => kind !== "nobody targeted" && kind !== "tag removed" && kind !== "tag misspelled",
    );
}

describe("An overdue backup of a server without the server tag", () => {
    for (const tags of [
        {},
        { Name: "server0" },
        { VssBackup: "Prod" },
        { vssbackup: "prod" },
        { VssBackup: "test", "Vss-Backup": "prod" },
    ]) {
        it(`stays, since somebody may put the tag back: ${JSON.stringify(tags)}`, () => {
            assert.deepEqual(overdue(tags), [OVERDUE]);
        });
    }

    for (const tags of [{ VssBackup: "test" }, { VssBackupExclude: "" }, { VssBackup: "Prod", VssBackupExclude: "a test server" }]) {
        it(`ends if the server is excluded or of another policy: ${JSON.stringify(tags)}`, () => {
            assert.deepEqual(overdue(tags), []);
        });
    }

    it("ends if the server is gone", () => {
        const signals = { ...lastDayWith(), servers: { value: [] } };
        const { findings } = look({ signals, memory: { findings: [OVERDUE] } });
        assert.deepEqual(
            findings.map(({ kind }) => kind),
            ["nobody targeted"],
        );
    });

    const ENDING: readonly (readonly [string, SizedSnapshot[]])[] = [
        ["at the due time", taken({ at: "2027-03-20T01:00" })],
        ["later", taken({ at: "2027-03-20T09:00" })],
    ];
    for (const [when, set] of ENDING) {
        it(`ends with a restore point that began ${when}`, () => {
            assert.deepEqual(overdue({}, lastDayWith(set)), []);
        });
    }

    const STAYING: readonly (readonly [string, SizedSnapshot[]])[] = [
        ["a restore point before", taken({ at: "2027-03-20T00:59" })],
        ["a restore point of another type", taken({ type: "Week", at: "2027-03-20T09:00" })],
        ["a failed set", taken({ at: "2027-03-20T09:00", consistent: "false" })],
        ["a restore point of another server", taken({ at: "2027-03-20T09:00", volumes: ["c-1"] })],
    ];
    for (const [what, set] of STAYING) {
        it(`stays with ${what}`, () => {
            assert.deepEqual(overdue({}, lastDayWith(set)), [OVERDUE]);
        });
    }

    it("stays if no restore point exists", () => {
        assert.deepEqual(overdue({}, { snapshots: { value: [] } }), [OVERDUE]);
    });

    it("stays for each type alone", () => {
        const week: Finding = { ...OVERDUE, type: "Week", since: DUE };
        assert.deepEqual(overdue({}, lastDayWith(taken({ at: "2027-03-20T09:00" })), [OVERDUE, week]), [week]);
    });

    it("stays without the findings of other kinds", () => {
        assert.deepEqual(overdue({}, lastDayWith(), [OVERDUE, { ...OVERDUE, kind: "failing" }]), [OVERDUE]);
    });

    it("is unknown in the first run", () => {
        assert.deepEqual(
            lookFirst({ signals: { ...lastDayWith(), ...server({ tags: {} }) } }).findings.map(({ kind }) => kind),
            ["nobody targeted", "tag removed"],
        );
    });
});
