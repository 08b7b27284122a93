import assert from "node:assert/strict";
import { COMMANDS } from "../../cli/commands";
import { doctor } from "../../cli/commands/doctor";
import { explain } from "../../cli/commands/explain";
import { plan } from "../../cli/commands/plan";
import { points } from "../../cli/commands/points";
import { status } from "../../cli/commands/status";
import { Failure } from "../../cli/failure";
import { errorDocument } from "../../cli/output/document";
import { ERROR, jsonSchema, RESULTS } from "../../cli/output/schemas";
import type { Outcome, Session } from "../../cli/session";
import { parameterName } from "../../lambda/deployedPolicy";
import { AwsError } from "../../rehearsal/embeddedAws/call";
import { addSet, DEPLOYED, healthyAccount, makeServer, NOW, type TestAccount, withCleaner } from "./support/account";
import { badNight } from "./support/badNight";
import { type PerformOptions, perform } from "./support/session";

const DAY = 86_400_000;
const WEB = makeServer(1, "web01");

async function resultOf(
    command: string,
    act: (session: Session) => Promise<Outcome>,
    account: TestAccount,
    options: PerformOptions = {},
): Promise<unknown> {
    const { exitCode, result } = await perform(command, act, account, options);
    return { exitCode, ...result };
}

/** The account with other settings of the policy. */
function withSettings(account: TestAccount, settings: object): TestAccount {
    const deployed = { ...DEPLOYED, settings: { ...DEPLOYED.settings, ...settings } };
    return { ...account, parameters: new Map([[parameterName("prod"), JSON.stringify(deployed)]]) };
}

/** The volumes of a set, as the documents list them. */
function volumes(first: number, digits: string, reason: string) {
    const id = (number: number) => `snap-${number.toString(16).padStart(17, "0")}`;
    return [
        { volume: `vol-0c0c0c0c0c0c${digits}`, snapshot: id(first), sizeGib: 100, reason },
        { volume: `vol-0d0d0d0d0d0d${digits}`, snapshot: id(first + 1), sizeGib: 100, reason },
    ];
}

/** Refuses the calls of these actions. */
function refusing(...actions: readonly string[]): PerformOptions {
    return {
        intercept: ({ action, service }) => {
            if (actions.includes(action)) {
                const message = `User: arn:aws:iam::123456789012:user/x is not authorized to perform: ${service}:${action} on resource: *`;
                throw new AwsError(service === "ec2" ? "UnauthorizedOperation" : "AccessDeniedException", message, 403);
            }
            return undefined;
        },
    };
}

describe("vss-backup status", () => {
    it("gives the ages, findings and windows, and exits with 4 for a problem", async () => {
        assert.deepEqual(await resultOf("status", status, badNight()), {
            exitCode: 4,
            servers: [
                {
                    id: "i-0a1b2c3d4e5f00001",
                    name: "web01",
                    state: "running",
                    problems: 0,
                    newest: { Day: "2027-03-05T00:01:30Z", Week: "2027-02-28T02:01:30Z", Month: "2027-03-01T04:01:30Z" },
                },
                {
                    id: "i-0a1b2c3d4e5f00002",
                    name: "sql01",
                    state: "running",
                    problems: 1,
                    newest: { Day: "2027-03-04T00:01:30Z", Week: "2027-02-28T02:01:30Z", Month: "2027-03-01T04:01:30Z" },
                },
            ],
            findings: [
                {
                    kind: "overdue",
                    severity: "problem",
                    server: "i-0a1b2c3d4e5f00002",
                    type: "Day",
                    since: "2027-03-05T00:00:00Z",
                    sentence:
                        "sql01 (i-0a1b2c3d4e5f00002) has no Day restore point of the run that was due at 2027-03-05 00:00 UTC. The newest is of 2027-03-04 00:01 UTC.",
                    cure: 'aws ssm list-command-invocations --instance-id i-0a1b2c3d4e5f00002 --filters "key=DocumentName,value=AWSEC2-CreateVssSnapshot" --details --max-items 1',
                },
            ],
            nextWindows: { Day: "2027-03-06T00:00:00Z", Week: "2027-03-07T02:00:00Z", Month: "2027-04-01T03:00:00Z" },
        });
    });

    it("names the permission that the caller lacks for a listing, and shows the rest", async () => {
        const { exitCode, text } = await perform("status", status, healthyAccount(), refusing("DescribeMaintenanceWindows"));
        assert.deepEqual(
            [exitCode, text.slice(text.indexOf("PROBLEMS"), text.indexOf("To see why the last runs"))],
            [
                4,
                `PROBLEMS

unread: 1

- vss-backup could not read the windows: AWS denied a request: the permission
  ssm:DescribeMaintenanceWindows is missing.
  Since 2027-03-05 08:00.
  Next: Give it to your user or role; docs/command-line.md has the policies for
  a reader and an operator.

`,
            ],
        );
    });

    it("fails if the servers or the snapshots cannot be read", async () => {
        for (const action of ["DescribeInstances", "DescribeSnapshots"]) {
            await assert.rejects(
                perform("status", status, healthyAccount(), refusing(action)),
                new Failure(
                    `AWS denied a request: the permission ec2:${action} is missing.`,
                    "Give it to your user or role; docs/command-line.md has the policies for a reader and an operator.",
                    1,
                    `ec2:${action}`,
                ),
            );
        }
    });

    it("fits into a narrow screen, but for the commands", async () => {
        const { text } = await perform("status", status, badNight(), { columns: 40 });
        assert.deepEqual(
            text.split("\n").filter((line) => line.length > 40),
            [
                '    aws ssm list-command-invocations --instance-id i-0a1b2c3d4e5f00002 --filters "key=DocumentName,value=AWSEC2-CreateVssSnapshot" --details --max-items 1',
            ],
        );
    });

    it("has the same text with colours, but for the colours", async () => {
        const [plain, colored] = await Promise.all(
            [false, true].map(async (isColored) => (await perform("status", status, badNight(), { isColored })).text),
        );
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
        const uncolored = colored?.replace(/\u001b\[\d+m/g, "");
        assert.deepEqual([uncolored, uncolored === colored], [plain, false]);
    });
});

describe("vss-backup points", () => {
    it("lists the restore points of one server with the reasons of the plan", async () => {
        const account = healthyAccount([WEB]);
        for (const { id, tags } of account.store.all()) {
            if (tags.get("SnapshotType") !== "Month") {
                account.store.delete(id);
            }
        }
        const standIn = "kept: Month 2 of 2; stands in for Week 2027-W05, whose run made no restore point";
        const point = { server: "i-0a1b2c3d4e5f00001", name: "web01", type: "Month" };
        assert.deepEqual(await resultOf("points", (session) => points(session, "web01"), account), {
            exitCode: 0,
            points: [
                {
                    ...point,
                    time: "2027-03-01T04:01:30Z",
                    volumes: volumes(19, "00001", "kept: Month 1 of 2"),
                    reason: "kept: Month 1 of 2",
                },
                {
                    ...point,
                    time: "2027-02-01T04:01:30Z",
                    volumes: volumes(17, "00001", standIn),
                    reason: standIn,
                },
            ],
        });
    });

    it("refuses a server that does not exist", async () => {
        await assert.rejects(
            perform("points", (session) => points(session, "web02"), healthyAccount()),
            new Failure(
                "This region has no server web02. Did you mean web01?",
                "Give the id or the value of the tag Name of an EC2 instance. To list them: vss-backup status",
                2,
            ),
        );
    });
});

describe("vss-backup plan", () => {
    it("asks EC2 for lost volumes only if the policy has orphanDays", async () => {
        const account = healthyAccount([WEB]);
        addSet(account.store, makeServer(9, "old"), "Day", NOW - 90 * DAY);
        addSet(account.store, makeServer(9, "old"), "Day", NOW - 80 * DAY);
        account.store.volumes.delete("vol-0c0c0c0c0c0c00009");
        account.store.volumes.delete("vol-0d0d0d0d0d0d00009");
        const performed = await Promise.all(
            [{}, { orphanDays: 30 }].map((settings) => perform("plan", (session) => plan(session, {}), withSettings(account, settings))),
        );
        assert.deepEqual(
            performed.map(({ result, calls }) => [calls.map(({ action }) => action).sort(), (result as { counts: object }).counts]),
            [
                [["DescribeInstances", "DescribeSnapshots", "GetParametersByPath"], { keep: 24, leave: 0, delete: 0 }],
                [["DescribeInstances", "DescribeSnapshots", "DescribeVolumes", "GetParametersByPath"], { keep: 22, leave: 0, delete: 2 }],
            ],
        );
    });

    it("says that reportOnly deletes nothing, and how many runs the deletions take", async () => {
        const account = healthyAccount([WEB]);
        addSet(account.store, WEB, "Day", NOW - 10 * DAY);
        addSet(account.store, WEB, "Day", NOW - 11 * DAY);
        addSet(account.store, WEB, "Day", NOW - 12 * DAY);
        const texts = await Promise.all(
            [{ reportOnly: true }, ...[1, 3, 4, 6].map((maxDeletionsPerRun) => ({ maxDeletionsPerRun }))].map(
                async (settings) =>
                    (await perform("plan", (session) => plan(session, {}), withSettings(account, settings))).text.split("\n")[2],
            ),
        );
        assert.deepEqual(texts, [
            "The cleaner deletes nothing, because reportOnly is true.",
            "A run deletes at most 1 snapshot, so it takes 3 runs.",
            "A run deletes at most 3 snapshots, so it takes 3 runs.",
            "A run deletes at most 4 snapshots, so it takes 2 runs.",
            "",
        ]);
    });

    it("shows for each set what the deployed policy does beside what the changed one does", async () => {
        const account = healthyAccount([WEB]);
        const { result } = await perform("plan", (session) => plan(session, { retention: { Day: 4 } }), account);
        const { sets, ...rest } = result as { readonly sets: readonly { readonly deployedAction: string; readonly action: string }[] };
        assert.deepEqual(
            [rest, sets.filter(({ action, deployedAction }) => action !== deployedAction)],
            [
                {
                    retention: { Day: 4, Week: 3, Month: 2 },
                    schedules: DEPLOYED.settings.schedules,
                    timezone: "Europe/Vienna",
                    changed: true,
                    reportOnly: false,
                    maxDeletionsPerRun: 1000,
                    counts: { keep: 18, leave: 0, delete: 2 },
                    staleVolumes: [],
                },
                [
                    {
                        server: "i-0a1b2c3d4e5f00001",
                        name: "web01",
                        type: "Day",
                        time: "2027-03-01T00:01:30Z",
                        volumes: volumes(1, "00001", "deleted: 5th newest Day restore point, 4 are kept"),
                        action: "delete",
                        deployedAction: "keep",
                    },
                ],
            ],
        );
    });
});

describe("vss-backup explain", () => {
    const explained = (account: TestAccount, id: string | undefined) =>
        resultOf("explain", (session) => explain(session, id ?? ""), account);

    it("tells the set, the reason and the end of a restore point", async () => {
        const reason = "kept: Week 3 of 3";
        assert.deepEqual(await explained(healthyAccount([WEB]), "snap-0000000000000000b"), {
            exitCode: 0,
            snapshot: "snap-0000000000000000b",
            set: {
                server: "i-0a1b2c3d4e5f00001",
                name: "web01",
                type: "Week",
                time: "2027-02-14T02:01:30Z",
                volumes: volumes(11, "00001", reason),
                status: "restorePoint",
                foundByTime: false,
            },
            action: "keep",
            reason,
            deletedAt: "2027-03-08T06:00:00Z",
            volumesWithoutBackups: [],
            reportOnly: false,
        });
    });

    it("tells why a failed set of volumes without server stays", async () => {
        const account = healthyAccount([WEB]);
        const [id] = addSet(account.store, makeServer(9, "old"), "Day", NOW - 5 * DAY, { AppConsistent: "False", vssbackuphold: "x" });
        const reason = `kept: held by the tag vssbackuphold on ${id}`;
        assert.deepEqual(await explained(account, id), {
            exitCode: 0,
            snapshot: id,
            set: {
                type: "Day",
                time: "2027-02-28T07:01:30Z",
                volumes: volumes(21, "00009", reason),
                status: "failed",
                why: `${id} is not application-consistent`,
                heldBy: { snapshot: id, tag: "vssbackuphold" },
                foundByTime: false,
            },
            action: "keep",
            reason,
            staysBecause: reason,
            volumesWithoutBackups: ["vol-0c0c0c0c0c0c00009", "vol-0d0d0d0d0d0d00009"],
            reportOnly: false,
        });
    });

    for (const [what, tags, state] of [
        ["copied", {}, "pending"],
        ["marked", { AppConsistent: undefined }, "completed"],
    ] as const) {
        it(`tells the end of a set that is not yet ${what} only for the case that it becomes a restore point`, async () => {
            const account = healthyAccount([WEB]);
            const [id = ""] = addSet(account.store, WEB, "Day", NOW - 60 * 60_000, tags, state);
            const { text } = await perform("explain", (session) => explain(session, id), account, { columns: 200 });
            assert.deepEqual(
                text.split("\n").filter((line) => /^(Until|If)/.test(line)),
                [
                    "Until: the end of the set is known when it is a restore point.",
                    "If it becomes one, the cleaner deletes the set at 2027-03-10 07:00, if all windows go on making restore points.",
                ],
            );
        });
    }

    it("has no end with reportOnly, and names the one that it would have without", async () => {
        const account = withSettings(healthyAccount([WEB]), { reportOnly: true });
        const act = (session: Session) => explain(session, "snap-0000000000000000b");
        const { result, text } = await perform("explain", act, account, { columns: 200 });
        const { staysBecause, deletedAt, deletedAtWithoutReportOnly } = result as Readonly<Record<string, unknown>>;
        assert.deepEqual(
            [staysBecause, deletedAt, deletedAtWithoutReportOnly, text.split("\n").slice(3, 5)],
            [
                "the cleaner has reportOnly, so it deletes nothing",
                undefined,
                "2027-03-08T06:00:00Z",
                [
                    "Until: the set stays, because the cleaner has reportOnly, so it deletes nothing.",
                    "Without reportOnly: the cleaner deletes the set at 2027-03-08 07:00, if all windows go on making restore points.",
                ],
            ],
        );
    });

    it("foresees that a lost volume becomes an orphan, and asks only for volumes without server", async () => {
        const account = withSettings(healthyAccount([WEB]), { orphanDays: 10 });
        const lost = makeServer(7, "lost");
        const [first = "", , last = ""] = [6, 5].flatMap((days) => addSet(account.store, lost, "Day", NOW - days * DAY));
        for (const { id } of lost.volumes) {
            account.store.volumes.delete(id);
        }
        const answers = await Promise.all([first, last].map((id) => perform("explain", (session) => explain(session, id), account)));
        assert.deepEqual(
            answers.map(({ result, calls }) => {
                const { deletedAt, staysBecause } = result as Readonly<Record<string, unknown>>;
                return [deletedAt, staysBecause, calls.filter(({ action }) => action === "DescribeVolumes").length];
            }),
            [
                ["2027-03-11T06:00:00Z", undefined, 1],
                [undefined, "kept: newest restore point of vol-0d0d0d0d0d0d00007, which no longer exists", 1],
            ],
        );
    });

    it("honours the most deletions of a run", async () => {
        const account = withSettings(healthyAccount([WEB]), { maxDeletionsPerRun: 2 });
        const ids = [12, 11, 10].map((days) => addSet(account.store, WEB, "Day", NOW - days * DAY)[0]);
        const answers = await Promise.all(ids.map((id) => explained(account, id)));
        assert.deepEqual(
            answers.map((answer) => (answer as { readonly deletedAt?: string }).deletedAt),
            ["2027-03-06T06:00:00Z", "2027-03-07T06:00:00Z", "2027-03-09T06:00:00Z"],
        );
    });

    it("knows which volumes the windows back up", async () => {
        const untagged = makeServer(1, "web01", { tags: new Map([["Name", "web01"]]) });
        const excluded = makeServer(1, "web01", { tags: new Map([...WEB.tags, ["VssBackupExclude", "test"]]) });
        const { targets } = DEPLOYED;
        const withoutBoot = { ...DEPLOYED, targets: { ...targets, excludeBootVolume: true } };
        const parameters = new Map([[parameterName("prod"), JSON.stringify(withoutBoot)]]);
        const accounts = [healthyAccount([untagged]), healthyAccount([excluded]), { ...healthyAccount([WEB]), parameters }];
        const found = await Promise.all(accounts.map((account) => explained(account, "snap-00000000000000001")));
        assert.deepEqual(
            found.map((result) => (result as { readonly volumesWithoutBackups: unknown }).volumesWithoutBackups),
            [["vol-0c0c0c0c0c0c00001", "vol-0d0d0d0d0d0d00001"], [], ["vol-0c0c0c0c0c0c00001"]],
        );
    });

    it("refuses a snapshot that is not the policy's", async () => {
        await assert.rejects(
            explained(healthyAccount(), "snap-1"),
            new Failure(
                "Policy prod has no snapshot snap-1.",
                "Give the id of a snapshot with the tag of the policy. To list all of them: vss-backup plan --json",
                2,
            ),
        );
    });
});

describe("vss-backup doctor", () => {
    /** The rows that are not ok, without the cures. */
    async function troubles(account: TestAccount, options: PerformOptions = {}): Promise<unknown> {
        const { exitCode, result } = await perform("doctor", doctor, account, options);
        const { checks } = result as { readonly checks: readonly Readonly<Record<string, string>>[] };
        return [exitCode, ...checks.filter((row) => row.result !== "ok").map((row) => `${row.check} ${row.result}: ${row.sentence}`)];
    }

    it("finds nothing in a healthy account", async () => {
        assert.deepEqual(await troubles(withCleaner(healthyAccount())), [0]);
    });

    it("shows why the backup of last night failed", async () => {
        assert.deepEqual(await troubles(badNight()), [
            4,
            "runs problem: The last Day run on sql01 (i-0a1b2c3d4e5f00002), of 2027-03-05 00:00 UTC, ended with Failed: Encountered an error: the writer SqlServerWriter timed out.",
            "backups problem: sql01 (i-0a1b2c3d4e5f00002) has no Day restore point of the run that was due at 2027-03-05 00:00 UTC. The newest is of 2027-03-04 00:01 UTC.",
        ]);
    });

    it("shows why the last monthly backup failed, although newer runs fill the listing", async () => {
        const account = healthyAccount([WEB]);
        const month = Date.parse("2027-03-01T04:00:00Z");
        for (const { id, startTime } of account.store.all()) {
            if (startTime >= month && startTime < month + 3_600_000) {
                account.store.delete(id);
            }
        }
        const invocations = (account.invocations ?? []).map((run) =>
            Math.abs(run.requestedAt - month) < 60_000 ? { ...run, status: "DeliveryTimedOut", outputs: {} } : run,
        );
        assert.deepEqual(await troubles(withCleaner({ ...account, invocations })), [
            4,
            "runs problem: The last Month run on web01 (i-0a1b2c3d4e5f00001), of 2027-03-01 04:00 UTC, ended with DeliveryTimedOut.",
            "backups problem: web01 (i-0a1b2c3d4e5f00001) has no Month restore point of the run that was due at 2027-03-01 04:00 UTC. The newest is of 2027-02-01 04:01 UTC.",
        ]);
    });

    describe("if the run of last night is not to blame", () => {
        const missing =
            "backups problem: sql01 (i-0a1b2c3d4e5f00002) has no Day restore point of the run that was due at 2027-03-05 00:00 UTC. The newest is of 2027-03-04 00:01 UTC.";
        const run = "The last Day run on sql01 (i-0a1b2c3d4e5f00002), of 2027-03-05 00:00 UTC,";
        const isLate = (time: number) => time > NOW - DAY / 2;
        const isOfSql = ({ serverId }: { readonly serverId: string }) => serverId === "i-0a1b2c3d4e5f00002";

        /** The account in which last night's set of sql01 has other tags or another state. */
        function withSet(tags: Readonly<Record<string, string>>, state?: string): TestAccount {
            const account = withoutSet();
            addSet(account.store, makeServer(2, "sql01"), "Day", Date.parse("2027-03-05T00:00Z"), tags, state);
            return account;
        }

        /** The account in which last night's set of sql01 is missing. */
        function withoutSet(): TestAccount {
            const account = withCleaner(healthyAccount());
            for (const { id, volumeId, startTime } of account.store.all()) {
                if (isLate(startTime) && volumeId.endsWith("00002")) {
                    account.store.delete(id);
                }
            }
            return account;
        }

        const silent = withoutSet();
        const hanging = withoutSet();
        const cases: Readonly<Record<string, readonly [account: TestAccount, sentence: string]>> = {
            "a set in state error": [
                withSet({}, "error"),
                `${run} succeeded, but its set is no restore point: snap-00000000000000029 is in state error.`,
            ],
            "a set that is not application-consistent": [
                withSet({ AppConsistent: "False" }),
                `${run} succeeded, but its set is no restore point: snap-00000000000000029 is not application-consistent.`,
            ],
            "no snapshots": [withoutSet(), `${run} succeeded, and EC2 lists no snapshot of it.`],
            "no command": [
                { ...silent, invocations: (silent.invocations ?? []).filter((one) => !(isOfSql(one) && isLate(one.requestedAt))) },
                "Systems Manager sent no command for the Day run of 2027-03-05 00:00 UTC on sql01 (i-0a1b2c3d4e5f00002).",
            ],
            "a run that hangs": [
                {
                    ...hanging,
                    invocations: (hanging.invocations ?? []).map((one) =>
                        isOfSql(one) && isLate(one.requestedAt) ? { ...one, status: "InProgress", outputs: {} } : one,
                    ),
                },
                `${run} has not ended: it is InProgress.`,
            ],
        };
        for (const [title, [account, sentence]] of Object.entries(cases)) {
            it(`shows ${title}`, async () => {
                assert.deepEqual(await troubles(account), [4, `runs problem: ${sentence}`, missing]);
            });
        }
    });

    it("gives a command that shows exactly the failed run", async () => {
        const { result } = await perform("doctor", doctor, badNight());
        const { checks } = result as { readonly checks: readonly Readonly<Record<string, string>>[] };
        assert.deepEqual(
            checks.filter(({ check }) => check === "runs").map(({ cure }) => cure),
            [
                'Look up the reason in docs/troubleshooting.md; see all of it: aws ssm list-command-invocations --instance-id i-0a1b2c3d4e5f00002 --filters "key=DocumentName,value=AWSEC2-CreateVssSnapshot" "key=InvokedAfter,value=2027-03-04T23:59:10Z" "key=InvokedBefore,value=2027-03-05T00:01:10Z" --details',
            ],
        );
    });

    it("looks at the command of each window, and leaves out a window that does not exist", async () => {
        const account = withCleaner(healthyAccount());
        const [day, week, month] = account.windows ?? [];
        assert.ok(day && week && month);
        const missing = [
            "windows problem: The window of Month (mw-0123456789abcdef2) does not exist.",
            "windows problem: The window of Month (mw-0123456789abcdef2) did not open for its run of 2027-03-01 04:00 UTC.",
            "windows problem: The window mw-0123456789abcdef1 of Week sends no AWSEC2-CreateVssSnapshot.",
        ];
        assert.deepEqual(await troubles({ ...account, windows: [day, { ...week, tasks: [] }] }), [4, ...missing]);
    });

    it("reports an hourly watch that did not run for hours", async () => {
        const account = withCleaner(healthyAccount());
        assert.deepEqual(await troubles(account, { now: NOW + 3 * 3_600_000 }), [
            4,
            "watch problem: It last ran 4 h ago, so nobody is informed about a missing backup.",
        ]);
    });

    it("has no good news about servers if there are none", async () => {
        const { result } = await perform("doctor", doctor, withCleaner(healthyAccount([])));
        const { checks } = result as { readonly checks: readonly Readonly<Record<string, string>>[] };
        assert.deepEqual(
            checks.map(({ check, result: found }) => `${check} ${found}`),
            [
                "listings ok",
                "permissions note",
                "permissions note",
                "permissions ok",
                "permissions ok",
                "tags problem",
                "windows ok",
                "backups ok",
                "cleaner ok",
                "watch ok",
                "notifications ok",
                "quotas ok",
            ],
        );
    });

    it("takes a failed run for a note if somebody has made up for it", async () => {
        const account = badNight();
        addSet(account.store, makeServer(2, "sql01"), "Day", Date.parse("2027-03-05T06:00:00Z"));
        assert.deepEqual(await troubles(account), [
            0,
            "runs note: The last Day run on sql01 (i-0a1b2c3d4e5f00002), of 2027-03-05 00:00 UTC, ended with Failed: Encountered an error: the writer SqlServerWriter timed out.",
        ]);
    });

    it("has no row for the runs of an excluded server, and a note for those of a stopped one", async () => {
        const excluded = makeServer(2, "sql01", { tags: new Map([...makeServer(2, "sql01").tags, ["VssBackupExclude", "test"]]) });
        const stopped = makeServer(2, "sql01", { state: "stopped", stoppedAt: Date.parse("2027-03-04T20:00:00Z") });
        const found = await Promise.all([excluded, stopped].map((server) => troubles({ ...badNight(), servers: [WEB, server] })));
        assert.deepEqual(
            found.map((rows) => (rows as unknown[]).filter((row) => String(row).startsWith("runs"))),
            [
                [],
                [
                    "runs note: The last Day run on sql01 (i-0a1b2c3d4e5f00002), of 2027-03-05 00:00 UTC, ended with Failed: Encountered an error: the writer SqlServerWriter timed out.",
                ],
            ],
        );
    });

    it("names each listing and each permission that the caller lacks", async () => {
        const refused = refusing("ListSubscriptionsByTopic", "CreateTags", "Invoke");
        assert.deepEqual(await troubles(withCleaner(healthyAccount()), refused), [
            4,
            "listings problem: vss-backup could not read the topic's subscriptions: AWS denied a request: the permission sns:ListSubscriptionsByTopic is missing.",
            "permissions note: You do not have ec2:CreateTags, which hold and adopt would need.",
            "permissions note: You do not have lambda:InvokeFunction, which clean would need.",
            "notifications unknown: AWS denied a request: the permission sns:ListSubscriptionsByTopic is missing.",
        ]);
    });

    it("reports a cleaner and a watch that do not exist or do not run", async () => {
        const account = { ...healthyAccount(), functions: new Map() };
        const cleaner = "cleaner problem: The function of the cleaner does not exist, so nothing is deleted.";
        const { watchFunction, ...without } = DEPLOYED;
        assert.deepEqual(
            [
                await troubles(account),
                await troubles({ ...account, parameters: new Map([[parameterName("prod"), JSON.stringify(without)]]) }),
                await troubles({
                    ...account,
                    logGroups: new Map([...(account.logGroups ?? []), [DEPLOYED.targets.watchLogGroup, []]]),
                }),
            ].map((rows) => (rows as string[]).slice(1)),
            [
                [cleaner],
                [cleaner, "watch note: The policy has no watch, so nobody is informed about a missing backup."],
                [cleaner, "watch note: The log /vss-backup/prod/watch has no run of the watch."],
            ],
        );
    });
});

describe("The JSON documents", () => {
    it("have a form for each command", () => {
        assert.deepEqual(
            Object.keys(RESULTS),
            COMMANDS.map(({ name }) => name),
        );
    });

    it("have a form for errors", () => {
        const document = JSON.parse(errorDocument(new Failure("It failed.", "Try again.", 1, "ec2:DescribeSnapshots"))) as unknown;
        assert.deepEqual(ERROR.parse(document), document);
    });

    it("have a JSON Schema that permits further fields", () => {
        const text = JSON.stringify(jsonSchema());
        assert.deepEqual([text.includes('"additionalProperties":false'), text.includes('"const":"explain"')], [false, true]);
    });
});
