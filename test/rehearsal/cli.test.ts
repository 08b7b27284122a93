import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import * as applying from "../../cli/commands/restore/apply";
import { makeAccount } from "../../rehearsal/account";
import * as rehearsing from "../../rehearsal/rehearse";
import * as configuring from "../../rehearsal/stackConfig";
import { runRehearsal } from "../support/commandLine";

const ROOT = join(__dirname, "..", "..");

/** Runs `npm start -- …` in a separate process. */
function runRehearsalProcess(...options: string[]) {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["-r", "ts-node/register", join(ROOT, "rehearsal", "main.ts"), ...options],
        // A rehearsal finds its files from any folder.
        { cwd: __dirname, encoding: "utf8", env: { ...process.env, TS_NODE_PROJECT: join(ROOT, "tsconfig.json"), NO_COLOR: "1" } },
    );
    return { status, stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) };
}

function tooWide(text: string): string[] {
    return text.split("\n").filter((line) => stringWidth(line) > 80);
}

describe("npm start", () => {
    it("prints one JSON document and nothing else with --json", async () => {
        const { status, stdout, stderr } = runRehearsalProcess(
            "--json",
            "--days",
            "10",
            "--servers",
            "1",
            "--volumes",
            "1",
            "--failures",
            "0",
            "--watch",
            "none",
        );
        const { resources, runs, restorable, ...rest } = JSON.parse(stdout);
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        assert.deepEqual(rest, {
            stack: "prod",
            options: {
                start: "2027-01-01T00:00:00.000Z",
                days: 10,
                servers: 1,
                volumes: 1,
                unmounted: 0,
                failures: 0,
                seed: 1,
                watch: "none",
            },
            timezone: "Europe/Vienna",
            types: ["Day", "Week", "Month"],
            cleanings: 10,
            taken: 13,
            deleted: 2,
            unprotected: [],
            drill: {
                loss: "boot disk",
                server: "i-00000000000000001",
                lostAt: "2027-01-05T15:33:00.000Z",
                point: { type: "Day", time: "2027-01-04T23:30:00.000Z" },
                mode: "root",
                steps: 6,
                disks: [{ device: "/dev/sda1", isEqual: true }],
                faults: [],
            },
            broken: [],
        });
        assert.deepEqual([resources.length, resources[0]], [49, { type: "vss-backup:index:VssBackupPolicy", name: "prod" }]);
        assert.deepEqual([runs.length, restorable.length], [13, 11]);
        assert.deepEqual(runs[0], {
            type: "Month",
            time: "2027-01-01T04:00:00.000Z",
            server: "i-00000000000000001",
            status: "Success",
            snapshots: ["snap-00000000000000005"],
        });
        assert.deepEqual(restorable[0], {
            type: "Month",
            time: "2027-01-01T04:00:00.000Z",
            server: "i-00000000000000001",
            snapshots: ["snap-00000000000000005"],
            standsInFor: [],
        });
    });

    for (const [set, count] of [
        ["none", 0],
        ["default", 30],
    ] as const) {
        it(`lets ${count} things go wrong in a year with the incidents ${set}`, async () => {
            const { rehearse } = rehearsing;
            const counts: (number | undefined)[] = [];
            try {
                Object.assign(rehearsing, {
                    rehearse: (...[deployment, promises, options]: Parameters<typeof rehearse>) => {
                        const account = makeAccount(deployment, { ...options, days: 365 });
                        counts.push(options.incidents?.(account).length);
                        return rehearse(deployment, promises, { ...options, watch: "none" });
                    },
                });
                await runRehearsal("--days", "1", "--servers", "1", "--incidents", set);
            } finally {
                Object.assign(rehearsing, { rehearse });
            }
            assert.deepEqual(counts, [count]);
        });
    }

    it("prints the deployment, the runs, the restore points and a calendar, 80 columns wide", async () => {
        const { status, stdout, stderr } = await runRehearsal("--days", "1", "--start", "2027-03-01", "--watch", "none");
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        assert.deepEqual(tooWide(stdout), []);
        assert.deepEqual(
            stdout.split("\n").filter((line) => /^(What|Calendar|Every|A drill|1 day|Resources|vss-backup|[A-Z][a-z]+ 20)/.test(line)),
            [
                "What would be deployed",
                "Resources: + 50 to create",
                "What happened",
                "1 day, 3 servers with 2 volumes each",
                "What can be restored at the end",
                "Every volume is in a restore point.",
                "Calendar",
                "March 2027",
                "vss-backup status",
                "vss-backup points",
                "A drill in a copy of the account",
                "Every invariant held.",
            ],
        );
    });

    for (const [count, says] of [
        [1, "Invariants were broken once:\n1st\n"],
        [25, `Invariants were broken 25 times:\n${"1st\n".repeat(20)}… and 5 more; --json has all of them\n`],
    ] as const) {
        it(`exits with an error and its reasons if invariants were broken ${count} times`, async () => {
            const { rehearse } = rehearsing;
            const broken = Array<string>(count).fill("1st");
            try {
                Object.assign(rehearsing, {
                    rehearse: async (...given: Parameters<typeof rehearse>) => ({ ...(await rehearse(...given)), broken }),
                });
                const { status, stdout } = await runRehearsal("--days", "1", "--servers", "1", "--watch", "none");
                assert.equal(stdout.slice(stdout.lastIndexOf("\n\n") + 2), says);
                assert.equal(status, 1);
            } finally {
                Object.assign(rehearsing, { rehearse });
            }
        });
    }

    it("exits with an error if the restore of a lost server fails", async () => {
        const { applyPlan } = applying;
        try {
            Object.assign(applying, { applyPlan: () => Promise.reject(new Error("EC2 has no capacity")) });
            const { status, stdout } = await runRehearsal("--days", "1", "--servers", "1", "--failures", "0", "--watch", "none");
            assert.match(stdout, /^Invariants were broken once:\n.*: the restore of i-0{16}1 failed: EC2 has\s+no\s+capacity$/m);
            assert.equal(status, 1);
        } finally {
            Object.assign(applying, { applyPlan });
        }
    });

    it("prints the program's warnings on standard error, 80 columns wide", async () => {
        const { readStackConfig } = configuring;
        Object.assign(configuring, {
            readStackConfig: () => ({ "vss-backup:retention": '{"Rate":1}', "vss-backup:schedules": '{"Rate":"rate(7 days)"}' }),
        });
        try {
            const { status, stdout, stderr } = await runRehearsal("--json", "--days", "1", "--servers", "1", "--watch", "none");
            assert.deepEqual([status, JSON.parse(stdout).types, tooWide(stderr)], [0, ["Day", "Week", "Month", "Rate"], []]);
            assert.match(stderr, /^warning: schedules\.Rate is a rate/);
        } finally {
            Object.assign(configuring, { readStackConfig });
        }
    });

    for (const [option, value, cure] of [
        ["--days <n>", "0", "Give a whole number from 1 to 36525."],
        ["--servers <n>", "1.5", "Give a whole number from 1 to 1000."],
        ["--unmounted <n>", "-1", "Give a whole number from 0 to 126."],
        ["--failures <share>", "", "Give a number from 0 to 1."],
        ["--start <day>", "2027-02-29", "Give a day from 1970-01-01 to 2999-12-31."],
        ["--start <day>", "1969-12-31", "Give a day from 1970-01-01 to 2999-12-31."],
        ["--start <day>", "3000-01-01", "Give a day from 1970-01-01 to 2999-12-31."],
    ] as const) {
        it(`refuses ${option.split(" ", 1)[0]} ${JSON.stringify(value)}`, async () => {
            const [flag = ""] = option.split(" ", 1);
            const { stderr, ...rest } = await runRehearsal(flag, value);
            assert.deepEqual(
                { ...rest, stderr: stderr.replaceAll("\n", " ") },
                { status: 1, stdout: "", stderr: `error: option '${option}' argument '${value}' is invalid. ${cure} ` },
            );
            assert.deepEqual(tooWide(stderr), []);
        });
    }

    it("starts on the first day of 1970", async () => {
        const { status, stdout, stderr } = await runRehearsal(
            "--json",
            "--days",
            "1",
            "--servers",
            "1",
            "--start",
            "1970-01-01",
            "--watch",
            "none",
        );
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        assert.deepEqual(JSON.parse(stdout).runs[0].time, "1970-01-01T04:00:00.000Z");
    });

    it("says that nothing can be restored if every run fails", async () => {
        const { status, stdout } = await runRehearsal("--days", "2", "--servers", "1", "--failures", "1", "--watch", "none");
        assert.equal(status, 0);
        assert.match(stdout, /^Nothing can be restored: no restore point is left at the end\.\n\n2 volumes in no restore point:$/m);
    });

    it("says in text and JSON which volumes are not mounted", async () => {
        const options = ["--days", "1", "--servers", "1", "--volumes", "3", "--unmounted", "2", "--failures", "0", "--watch", "none"];
        const { stdout: text } = await runRehearsal(...options);
        const { options: given, unprotected } = JSON.parse((await runRehearsal("--json", ...options)).stdout);
        assert.match(text, /^1 day, 1 server with 3 volumes each, 2 of them not mounted$/m);
        assert.match(
            text,
            /^2 volumes in no restore point:\ni-0+1 {2}vol-0+2 {2}xvdac {2}not mounted in Windows\ni-0+1 {2}vol-0+3 {2}xvdad /m,
        );
        assert.deepEqual(
            [given.unmounted, unprotected],
            [
                2,
                ["vol-00000000000000002", "vol-00000000000000003"].map((volume, i) => ({
                    server: "i-00000000000000001",
                    volume,
                    device: ["xvdac", "xvdad"][i],
                    why: "not mounted in Windows",
                })),
            ],
        );
    });

    it("refuses to leave the boot volume unmounted", async () => {
        assert.deepEqual(await runRehearsal("--volumes", "3", "--unmounted", "3"), {
            status: 1,
            stdout: "",
            stderr: "error: --unmounted 3 is too many for --volumes 3. Give 2 at most: the boot\nvolume is always mounted.\n",
        });
    });

    for (const [option, choices] of [
        ["--watch <runs>", "none, eventful, all"],
        ["--incidents <set>", "none, default"],
    ] as const) {
        it(`refuses another value of ${option}`, async () => {
            const [flag = ""] = option.split(" ", 1);
            const { status, stderr } = await runRehearsal(flag, "some");
            const says = `error: option '${option}' argument 'some' is invalid. Allowed choices are ${choices}. `;
            assert.deepEqual([status, stderr.replaceAll("\n", " ")], [1, says]);
        });
    }

    it("refuses an unknown option, and suggests a known one", async () => {
        assert.deepEqual(await runRehearsal("--day", "3"), {
            status: 1,
            stdout: "",
            stderr: "error: unknown option '--day'\n(Did you mean --days?)\n",
        });
    });

    it("refuses a stack without a file, and names those that have one", async () => {
        const { stderr, ...rest } = await runRehearsal("--stack", "nowhere");
        assert.deepEqual(
            { ...rest, stderr: stderr.replaceAll("\n", " ") },
            { status: 1, stdout: "", stderr: `error: There is no Pulumi.nowhere.yaml in ${ROOT}; its stacks are: prod. ` },
        );
        assert.deepEqual(tooWide((await runRehearsal("--stack", "n".repeat(200))).stderr), []);
    });

    it("explains its options and their limits with --help", async () => {
        const { status, stdout, stderr } = await runRehearsal("--help");
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        assert.deepEqual(
            [...stdout.matchAll(/^ {2}(-\S+)/gm)].map(([, option]) => option),
            [
                "--stack",
                "--days",
                "--servers",
                "--volumes",
                "--unmounted",
                "--failures",
                "--seed",
                "--start",
                "--watch",
                "--incidents",
                "--json",
                "-h,",
            ],
        );
        assert.deepEqual(tooWide(stdout), []);
        const limits = stdout.replace(/\n {20,}/g, " ").matchAll(/^ {2}(--\w+) .*, (\S+ to \S+) \(default: (\S+)\)$/gm);
        assert.deepEqual(
            [...limits].map(([, ...option]) => option),
            [
                ["--days", "1 to 36525", "365"],
                ["--servers", "1 to 1000", "3"],
                ["--volumes", "1 to 127", "2"],
                ["--unmounted", "0 to 126", "0"],
                ["--failures", "0 to 1", "0.02"],
                ["--seed", "0 to 2147483647", "1"],
                ["--start", "1970-01-01 to 2999-12-31", "2027-01-01"],
            ],
        );
    });
});
