import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planRestore } from "../../../cli/commands/restore/plan";
import { recordName } from "../../../lambda/recordedServer";
import { perform } from "../support/session";
import { changes } from "../support/vssBackup";
import { DATA, RESCUE, type RestoreAccount, ROOT, restoreAccount, WEB } from "./support/restoreAccount";

type Options = Parameters<typeof planRestore>[2];

const GIVEN = { backup: true, anotherZone: false } as const;

function plan(account: RestoreAccount, server: string, options: Partial<Options>, columns = 120) {
    return perform("restore plan", (session) => planRestore(session, server, { ...GIVEN, ...options }), account, { columns });
}

/** The id of a restore is random. */
function withoutId(text: string): string {
    return text.replaceAll(/\d{8}-\d{4}-[0-9a-f]{8}/g, "ID");
}

function tagServer({ servers }: RestoreAccount, index: number, key: string, value: string): void {
    const server = servers[index];
    if (server) {
        server.tags = new Map([...server.tags, [key, value]]);
    }
}

/** The message, the cure and the exit code of a command that fails. */
async function failureOf(account: RestoreAccount, server: string, options: Partial<Options>): Promise<unknown[]> {
    const failure = await plan(account, server, options).then(
        () => ({ message: "no failure" }),
        (error: { readonly message: string; readonly cure?: string; readonly exitCode?: number }) => error,
    );
    return [failure.message, "cure" in failure && failure.cure, "exitCode" in failure && failure.exitCode];
}

const TEXT = `Restore ID: Data volumes of web01, replaced in place
From the restore point of 2027-03-05 04:01. What was written since is not on the new volumes.

#   Step                                Downtime  What can go wrong                   How to undo
1   Put the tag VssBackupHold on the 2            none                                the tag is taken off at the end
    snapshots of the set, if it is not
    there
2   Take a backup of the present state            the run fails; nothing else was     the backup stays, as any other
    of i-0a1b2c3d4e5f00001                        done then
3   Make a volume of 100 GiB io2 for              a quota, or a key that your role    the volume stays; vss-backup
    xvdd from snap-00000000000000016              may not use; nothing else was done  restore forget lists it
    in eu-central-1a                              then
4   Tag the old volume                            none                                the tags are removed
    vol-0d0d0d0d0d0d00001 of xvdd
5   Stop i-0a1b2c3d4e5f00001            5 min     Windows hangs while it stops; data  the server is started, if it was
                                                  on instance store disks is lost     running
6   Detach vol-0d0d0d0d0d0d00001 at     1 min     EC2 does not let it go; the old     it is attached again
    xvdd from i-0a1b2c3d4e5f00001; it             volumes are then put back
    is kept
7   Attach the new volume of step                 Windows keeps the disk offline      it is detached, and kept
    create-xvdd to i-0a1b2c3d4e5f00001
    at xvdd
8   Start i-0a1b2c3d4e5f00001           5 min     no capacity in the zone; disks      the server is stopped
                                                  that are not yet loaded are slow
9   Look in Windows on                            Systems Manager does not reach the  nothing to undo
    i-0a1b2c3d4e5f00001 for the disks,            server; then look yourself
    whether they are online
10  Take the tag VssBackupHold off                none                                nothing to undo
    again, where this restore put it

The server does not work for about 11 minutes. This is an estimate.
AWS bills by the GiB-month: 100 GiB of new io2 volumes; 100 GiB of old io2 volumes, until you remove them; the snapshots
of the fresh backup: the changed blocks of 150 GiB. The price depends on the region, and is not known here:
https://aws.amazon.com/ebs/pricing/
AWS also bills the provisioned IOPS and the throughput of the new volumes.
Each block of a new volume is slow when it is first read. To pay for faster loading: --initialize 300

To carry it out, save it with --out plan.json. Then: vss-backup restore apply plan.json
`;

describe("vss-backup restore plan", () => {
    it("shows the steps, the downtime, the costs and the next command", async () => {
        const { text, calls, exitCode } = await plan(restoreAccount(), "web01", { mode: "volumes" });
        assert.deepEqual([exitCode, changes(calls)], [0, []]);
        assert.equal(withoutId(text), TEXT);
    });

    it("saves the plan in a file", async () => {
        const folder = mkdtempSync(join(tmpdir(), "vss-backup-plan-"));
        try {
            const file = join(folder, "plan.json");
            const { result } = await plan(restoreAccount(), WEB, { mode: "root", out: file });
            const { plan: shown } = result as { readonly plan: object };
            assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), shown);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    it("finds the rescue server by its name, and takes the newest restore point", async () => {
        const account = restoreAccount();
        const { result } = await plan(account, WEB, { mode: "attach", to: "rescue01" });
        const { from, plan: made } = result as { readonly from: string; readonly plan: { readonly servers: readonly string[] } };
        assert.deepEqual([from, made.servers], [account.point[DATA], [RESCUE]]);
    });

    it("finds a lost server by its name in the record of the watch", async () => {
        const account = restoreAccount();
        account.servers.shift();
        const volume = { type: "gp3", encrypted: false, deleteOnTermination: true, tags: {} };
        account.parameters.set(
            recordName("prod", WEB),
            JSON.stringify({
                version: 1,
                id: WEB,
                instanceType: "m7i.large",
                zone: "eu-central-1a",
                securityGroups: ["sg-0123456789abcdef0"],
                imageId: "ami-0123456789abcdef0",
                platformDetails: "Windows",
                rootDevice: "/dev/sda1",
                tags: { Name: "web01" },
                volumes: [
                    { ...volume, id: ROOT, device: "/dev/sda1", sizeGib: 50 },
                    { ...volume, id: DATA, device: "xvdd", sizeGib: 100 },
                ],
                formerVolumes: [],
            }),
        );
        assert.deepEqual(await failureOf(account, "web01", { mode: "volumes" }), [
            `The restore is refused. The server ${WEB} no longer exists.`,
            "Use the mode server to make a new one, or attach to get files.",
            5,
        ]);
    });

    it("says all reasons to refuse it, with their cures", async () => {
        const account = restoreAccount();
        tagServer(account, 0, "aws:autoscaling:groupName", "web");
        assert.deepEqual(await failureOf(account, "web01", { mode: "volumes", disk: ["xvdd", "xvdz"] }), [
            `The restore is refused. The set has no disk xvdz. web01 (${WEB}) is in the Auto Scaling group web, which replaces servers that stop or change.`,
            "Check --disk. The set has: /dev/sda1, xvdd.\nDetach it from the group, or use another server.",
            5,
        ]);
    });

    const mistakes: readonly (readonly [title: string, server: string, options: Partial<Options>, failure: readonly unknown[]])[] = [
        [
            "a server that nobody knows",
            "web02",
            { mode: "volumes" },
            [
                "There is no server web02, and the watch has recorded none.",
                "Give the id or the value of the tag Name of an EC2 instance. vss-backup status lists the servers.",
                1,
            ],
        ],
        ["no mode", "web01", {}, ["The plan needs a mode.", "Add --mode with one of: attach, volumes, root, server.", 2]],
        [
            "options of other modes",
            "web01",
            { mode: "volumes", to: "rescue01", subnet: "subnet-1" },
            ["--to is only for the mode attach. --subnet is only for the mode server.", "Check --mode.", 2],
        ],
        [
            "a snapshot of no set",
            "web01",
            { mode: "volumes", from: "snap-0123456789abcdef0" },
            ["Policy prod has no snapshot snap-0123456789abcdef0.", "Check --from. vss-backup points --json lists the snapshots.", 1],
        ],
        [
            "a server without restore points",
            "rescue01",
            { mode: "volumes" },
            [`Policy prod has no restore point of ${RESCUE}.`, "Choose a set with --from. vss-backup points lists them.", 1],
        ],
        [
            "--sql beside --mode",
            "web01",
            { mode: "volumes", sql: "Sales" },
            ["--sql and --mode do not go together.", "Give one of them.", 2],
        ],
    ];
    for (const [title, server, options, failure] of mistakes) {
        it(`refuses ${title}`, async () => {
            assert.deepEqual(await failureOf(restoreAccount(), server, options), failure);
        });
    }

    it("refuses a name that several servers have", async () => {
        const account = restoreAccount();
        tagServer(account, 1, "Name", "web01");
        assert.deepEqual(await failureOf(account, "web01", { mode: "volumes" }), [
            `Several servers have the name web01: ${WEB}, ${RESCUE}.`,
            "Give the id of one.",
            2,
        ]);
    });
});

describe("vss-backup restore plan --sql", () => {
    it("prints the call of AWS's runbook, and checks what it needs", async () => {
        const { text, exitCode } = await plan(restoreAccount(), "web01", { sql: "Sales" });
        assert.equal(exitCode, 4);
        assert.equal(
            text,
            `AWS's runbook AWSEC2-RestoreSqlServerDatabaseWithVss, with the set of 2027-03-05 04:01

Check             Result   What was found
original server   ok       i-0a1b2c3d4e5f00001 is running
restore point     ok       all 2 snapshots are completed and application-consistent
id of the set     ok       01cad5f4-0000-4000-8000-c3d4e5f00001
original volumes  ok       vol-0c0c0c0c0c0c00001, vol-0d0d0d0d0d0d00001 exist
AwsVssComponents  ok       2.5.1 took the backup
SaveVssMetadata   problem  the window does not save it; deploy the policy with saveVssMetadata. Older sets may still
                           have it: look in C:\\ProgramData\\Amazon\\AwsVss\\VssMetadata on the server

The runbook makes a new database beside the original one. SQL Server goes on. It needs basic disks, and a database that
is standalone or the primary one of an availability group, from which you first remove it.
Your role, or the role of AutomationAssumeRole, needs the managed policy AWSEC2VssRestorePolicy.
The new volumes stay on the server. Detach and delete those that the runbook lists as unused.
To apply logs of transactions afterwards, give RestoreWithNorecovery the value True.

Hold the set first, so that the cleaner does not delete it meanwhile:
  vss-backup hold snap-00000000000000016
Then:
  aws ssm start-automation-execution --document-name AWSEC2-RestoreSqlServerDatabaseWithVss --parameters InstanceId=i-0a1b2c3d4e5f00001,SourceDatabaseName=Sales,TargetDatabaseName=Sales_Restored,SnapshotSetId=01cad5f4-0000-4000-8000-c3d4e5f00001,RestoreWithNorecovery=False
`,
        );
    });

    it("quotes a name that shells would read otherwise", async () => {
        const { result } = await plan(restoreAccount(), "web01", { sql: "Bob's orders" });
        assert.equal(
            (result as { readonly call: string }).call.split(" --parameters ")[1],
            `'{"InstanceId":["i-0a1b2c3d4e5f00001"],"SourceDatabaseName":["Bob'\\''s orders"],"TargetDatabaseName":["Bob'\\''s orders_Restored"],"SnapshotSetId":["01cad5f4-0000-4000-8000-c3d4e5f00001"],"RestoreWithNorecovery":["False"]}'`,
        );
    });

    it("names each need that is not met", async () => {
        const account = restoreAccount();
        const [web] = account.servers;
        if (web) {
            web.state = "stopped";
            web.volumes = web.volumes.filter(({ id }) => id !== DATA);
        }
        account.store.volumes.delete(DATA);
        for (const id of Object.values(account.point)) {
            account.store.get(id)?.tags.set("AwsVssConfig", "2.3.1");
        }
        const { result } = await plan(account, "web01", { sql: "Sales" });
        const { checks } = result as { readonly checks: readonly { readonly check: string; readonly result: string }[] };
        assert.deepEqual(
            checks.map(({ check, result: one }) => [check, one]),
            [
                ["original server", "problem"],
                ["restore point", "ok"],
                ["id of the set", "problem"],
                ["original volumes", "problem"],
                ["AwsVssComponents", "problem"],
                ["SaveVssMetadata", "problem"],
            ],
        );
    });
});
