import assert from "node:assert/strict";
import type { AwsCall } from "../../rehearsal/embeddedAws/call";
import { MISHAPS, type Server } from "../../rehearsal/embeddedAws/ssm";
import { healthyAccount, makeServer, type TestAccount, taskOf } from "./support/account";
import { withRuns } from "./support/liveRuns";
import { changes, vssBackup } from "./support/vssBackup";

const web = () => makeServer(1, "web01");
const sql = () => makeServer(2, "sql01");
const WEB = "i-0a1b2c3d4e5f00001";
const SQL = "i-0a1b2c3d4e5f00002";

const INTENT = "Take a Day backup of 2 servers now: web01 (i-0a1b2c3d4e5f00001), sql01\n(i-0a1b2c3d4e5f00002).\n";

const cureFor = (id: string) =>
    `Look up the reason in docs/troubleshooting.md; see all of it: aws ssm list-command-invocations --command-id 00000000-0000-4000-8000-000000000001 --instance-id ${id} --details`;

function mishap(why: string) {
    return MISHAPS.find((one) => one.why.includes(why));
}

const DOCUMENT = "AWSEC2-CreateVssSnapshot";

/** A command with only the parameter `tags`. */
function runCommand(tags: string): object {
    return { RunCommand: { Parameters: { tags: [tags] } } };
}

/** The result of the document, without the command's id. */
function resultOf(stdout: string): object {
    return (JSON.parse(stdout) as { result: object }).result;
}

describe("vss-backup backup", () => {
    it("sends the command of the window, and follows it until each set is a restore point", async () => {
        const { state, aws } = withRuns(healthyAccount([web(), sql()]));
        const { calls, ...printed } = await vssBackup(["backup", "--yes"], state, { aws });
        assert.deepEqual(printed, {
            status: 0,
            stdout: `Server                       Result
web01 (i-0a1b2c3d4e5f00001)  restore point of 2027-03-05 08:01, 2 snapshots
sql01 (i-0a1b2c3d4e5f00002)  restore point of 2027-03-05 08:01, 2 snapshots
`,
            stderr: `${INTENT}Day backup: 0 of 2 done, 2 taking snapshots
Day backup: 0 of 2 done, 2 EC2 copies
Day backup: 0 of 2 done, 2 waiting for the mark
Day backup: 2 of 2 done
`,
        });
        const { parameters } = taskOf("Day");
        assert.deepEqual(
            calls.filter(({ action }) => action === "SendCommand").map(({ input }) => input),
            [
                {
                    DocumentName: "AWSEC2-CreateVssSnapshot",
                    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
                    TimeoutSeconds: 2800,
                    CloudWatchOutputConfig: { CloudWatchLogGroupName: "/vss-backup/prod/runs", CloudWatchOutputEnabled: true },
                    MaxConcurrency: "50",
                    MaxErrors: "100%",
                    Targets: [{ Key: "tag:VssBackup", Values: ["prod"] }],
                },
            ],
        );
    });

    it("backs up only the servers that the user names, with the type that the user names", async () => {
        const account = healthyAccount([web(), sql()]);
        const { state, aws } = withRuns(account);
        const { stdout, status } = await vssBackup(["backup", "--type", "Week", "--server", "web01", "--yes", "--json"], state, { aws });
        const made = account.store.all().slice(-2);
        assert.deepEqual(
            [status, resultOf(stdout)],
            [
                0,
                {
                    type: "Week",
                    commandId: "00000000-0000-4000-8000-000000000001",
                    servers: [{ id: WEB, name: "web01", time: "2027-03-05T07:01:00Z", snapshots: made.map(({ id }) => id) }],
                },
            ],
        );
        assert.deepEqual(
            made.map(({ volumeId, tags }) => [volumeId, tags.get("SnapshotType"), tags.get("VssBackupPolicy"), tags.get("AppConsistent")]),
            web().volumes.map(({ id }) => [id, "Week", "prod", "True"]),
        );
    });

    const failures = [
        ["2005", "the run ended with Failed: 2005: freezing took longer than VSS allows"],
        ["a VSS writer failed", "the run ended with Failed: a VSS writer failed"],
        ["one snapshot of the set failed", "the run ended with Failed: one snapshot of the set failed"],
        ["the server was down", "the run ended with Failed: the server was down"],
    ] as const;
    for (const [why, failure] of failures) {
        it(`says why a set is no restore point: ${why}`, async () => {
            const made = mishap(why);
            const { state, aws } = withRuns(healthyAccount([web(), sql()]), { mishaps: made ? { [SQL]: made } : {} });
            const { stdout, status } = await vssBackup(["backup", "--yes", "--json"], state, { aws });
            const { servers } = resultOf(stdout) as { servers: { id: string; failure?: string; cure?: string }[] };
            assert.deepEqual(
                [status, servers.map(({ id, failure: given, cure }) => [id, given, cure])],
                [
                    3,
                    [
                        [WEB, undefined, undefined],
                        [SQL, failure, cureFor(SQL)],
                    ],
                ],
            );
        });
    }

    it("exits with 1 if no set is a restore point", async () => {
        const made = mishap("2005");
        const { state, aws } = withRuns(healthyAccount([sql()]), { mishaps: made ? { [SQL]: made } : {} });
        const { status, stdout } = await vssBackup(["backup", "--yes"], state, { aws });
        assert.deepEqual(
            [status, stdout],
            [
                1,
                `Server                       Result
sql01 (i-0a1b2c3d4e5f00002)  failed: the run ended with Failed: 2005: freezing
                             took longer than VSS allows

${cureFor(SQL).replace(": aws", ":\n    aws")}
`,
            ],
        );
    });

    it("waits as long as EC2 copies", async () => {
        const server = makeServer(1, "web01", { volumes: web().volumes.slice(0, 1) });
        const { state, aws } = withRuns(healthyAccount([server]), { copyMinutes: 300 });
        const { status, stdout } = await vssBackup(["backup", "--yes"], state, { aws });
        assert.deepEqual([status, stdout.endsWith("restore point of 2027-03-05 08:01, 1 snapshot\n")], [0, true]);
    });

    it("says so if a run succeeds, and makes no snapshot", async () => {
        const account = { ...healthyAccount([web()]), run: () => ({ status: "Success", outputs: {} }) };
        const { status, stdout } = await vssBackup(["backup", "--yes", "--json"], account);
        const { servers } = resultOf(stdout) as { servers: { failure?: string }[] };
        assert.deepEqual([status, servers.map(({ failure }) => failure)], [1, ["the run succeeded, and EC2 lists no snapshot of it"]]);
    });

    it("backs up the others if Systems Manager does not reach a server", async () => {
        const servers = [web(), makeServer(2, "sql01", { state: "stopped" }), makeServer(3, "app01", { agent: "none" })];
        const { state, aws } = withRuns(healthyAccount(servers));
        const { status, stdout, stderr } = await vssBackup(["backup", "--yes"], state, { aws });
        assert.deepEqual(
            [status, stdout, stderr.split("\n").slice(0, 3)],
            [
                3,
                `Server                       Result
web01 (i-0a1b2c3d4e5f00001)  restore point of 2027-03-05 08:01, 2 snapshots
sql01 (i-0a1b2c3d4e5f00002)  failed: Systems Manager does not reach it
app01 (i-0a1b2c3d4e5f00003)  failed: Systems Manager does not reach it

Start the server and its SSM Agent. To see more: vss-backup doctor
`,
                [
                    "Take a Day backup of 1 server now: web01 (i-0a1b2c3d4e5f00001).",
                    "Systems Manager does not reach sql01 (i-0a1b2c3d4e5f00002), app01",
                    "(i-0a1b2c3d4e5f00003).",
                ],
            ],
        );
    });

    const refusals: readonly (readonly [
        title: string,
        args: readonly string[],
        servers: readonly Server[],
        status: number,
        stderr: string,
    ])[] = [
        [
            "without a terminal and without --yes",
            [],
            [web(), sql()],
            5,
            `${INTENT}Nobody confirmed the action. Nothing was done.\nWithout a terminal, add --yes.\n`,
        ],
        [
            "for a type that the policy does not have",
            ["--type", "Year", "--yes"],
            [web()],
            2,
            "Policy prod has no type Year.\nIt has: Day, Week, Month. Check --type.\n",
        ],
        [
            "for a server that the policy does not have",
            ["--server", "lab01", "--yes"],
            [web(), makeServer(2, "lab01", { tags: new Map([["Name", "lab01"]]) })],
            2,
            "The policy has no server lab01. Did you mean web01?\nServers need the tag VssBackup=prod. To list them: vss-backup status\n",
        ],
        [
            "if no server has the tag",
            ["--yes"],
            [],
            1,
            "No server has the tag VssBackup=prod.\nTag the servers that the policy shall back up.\n",
        ],
        [
            "if Systems Manager reaches no server",
            ["--yes"],
            [makeServer(1, "web01", { agent: "none" })],
            1,
            "Systems Manager reaches none of these servers: web01 (i-0a1b2c3d4e5f00001).\nTo see why: vss-backup doctor\n",
        ],
    ];
    for (const [title, args, servers, status, stderr] of refusals) {
        it(`does nothing ${title}`, async () => {
            const { calls, ...printed } = await vssBackup(["backup", ...args], healthyAccount(servers));
            assert.deepEqual([printed, changes(calls)], [{ status, stdout: "", stderr }, []]);
        });
    }

    it("does nothing if the window sends another command", async () => {
        const account: TestAccount = healthyAccount([web()]);
        const windows = account.windows?.map((window) => ({
            ...window,
            tasks: [{ ...taskOf("Day"), document: "AWS-RunPowerShellScript" }],
        }));
        const { calls, ...printed } = await vssBackup(["backup", "--yes"], { ...account, windows: windows ?? [] });
        assert.deepEqual(
            [printed, changes(calls)],
            [
                {
                    status: 1,
                    stdout: "",
                    stderr: "The window mw-0123456789abcdef0 of Day sends no AWSEC2-CreateVssSnapshot.\nDeploy the policy again: pulumi up --refresh\n",
                },
                [],
            ],
        );
    });

    const halves: readonly (readonly [title: string, task: object])[] = [
        ["nothing", {}],
        ["no parameters", { TaskArn: DOCUMENT, TaskInvocationParameters: { RunCommand: { Parameters: {} } } }],
        ["no document", { TaskInvocationParameters: runCommand("Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod") }],
        ["no tags", { TaskArn: DOCUMENT, TaskInvocationParameters: runCommand("") }],
        [
            "the tags of another type",
            { TaskArn: DOCUMENT, TaskInvocationParameters: runCommand("Key=SnapshotType,Value=Week;Key=VssBackupPolicy,Value=prod") },
        ],
        [
            "the tags of another policy",
            { TaskArn: DOCUMENT, TaskInvocationParameters: runCommand("Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod2") },
        ],
    ];
    for (const [title, task] of halves) {
        it(`does nothing if the response about the window's command has ${title}`, async () => {
            const intercept = ({ action }: AwsCall) => (action === "GetMaintenanceWindowTask" ? task : undefined);
            const { calls, ...printed } = await vssBackup(["backup", "--yes"], healthyAccount([web()]), { aws: { intercept } });
            assert.deepEqual(
                [printed, changes(calls)],
                [
                    {
                        status: 1,
                        stdout: "",
                        stderr: `The command of the window mw-0123456789abcdef0 has no AWSEC2-CreateVssSnapshot
with the tags SnapshotType=Day and VssBackupPolicy=prod.
Run the command again. If that does not help, deploy the policy again:
    pulumi up --refresh
`,
                    },
                    [],
                ],
            );
        });
    }
});
