import assert from "node:assert/strict";
import { adopt } from "../../cli/commands/adopt";
import type { Session } from "../../cli/session";
import { type DeployedPolicy, parameterName } from "../../lambda/deployedPolicy";
import { type AwsCall, AwsError } from "../../rehearsal/embeddedAws/call";
import type { Server } from "../../rehearsal/embeddedAws/ssm";
import { addSet, DEPLOYED, healthyAccount, makeServer, type TestAccount } from "./support/account";
import { perform } from "./support/session";
import { changes, vssBackup } from "./support/vssBackup";

const [WEB, SQL] = [makeServer(1, "web01"), makeServer(2, "sql01")];

/** Adds a set that somebody made by hand. Returns the ids of its snapshots. */
function addByHand(
    { store }: TestAccount,
    server: Server,
    type: string,
    time: string,
    tags: Readonly<Record<string, string | undefined>> = {},
): string[] {
    return addSet(store, server, type, Date.parse(`${time}Z`), { VssBackupPolicy: undefined, ...tags });
}

/** The snapshots of a policy. */
function ofPolicy({ store }: TestAccount, policy = "prod"): string[] {
    return store
        .all()
        .filter(({ tags }) => tags.get("VssBackupPolicy") === policy)
        .map(({ id }) => id);
}

/** An account with two sets made by hand that do not fit into one request. */
function largeAccount() {
    const volumes = Array.from({ length: 600 }, (_, i) => ({
        id: `vol-0e0e0e0e0e0e0${String(i).padStart(4, "0")}`,
        device: `xvd${i}`,
        mounted: true,
    }));
    const big = makeServer(9, "big01", { volumes });
    const account = { ...healthyAccount([WEB]), servers: [WEB, big] };
    const first = addByHand(account, big, "Month", "2027-03-04T12:00");
    const second = addByHand(account, big, "Month", "2027-03-03T12:00");
    return { account, first, second };
}

/** Refuses each request for tags but the first. */
function failSecond() {
    let requests = 0;
    return ({ action }: AwsCall) => {
        requests += action === "CreateTags" ? 1 : 0;
        if (action === "CreateTags" && requests > 1) {
            throw new AwsError("TagLimitExceeded", "The maximum number of Tags for this resource is 50");
        }
        return undefined;
    };
}

/** Changes tags of a snapshot; undefined removes one. */
function retag({ store }: TestAccount, id: string, tags: Readonly<Record<string, string | undefined>>): void {
    const stored = store.get(id)?.tags;
    for (const [key, value] of Object.entries(tags)) {
        value === undefined ? stored?.delete(key) : stored?.set(key, value);
    }
}

/** Adopts, and returns the snapshots of each set with its refusal. */
async function refusalsOf(account: TestAccount) {
    const { status, stdout } = await vssBackup(["adopt", "--apply", "--yes", "--json"], account);
    const { sets } = (JSON.parse(stdout) as { result: { sets: { snapshots: string[]; refusal?: string }[] } }).result;
    return { status, refusals: sets.map(({ snapshots, refusal }) => [snapshots, refusal]) };
}

describe("vss-backup adopt", () => {
    it("shows the sets that somebody made by hand, and changes nothing", async () => {
        const account = healthyAccount([WEB, SQL]);
        addByHand(account, WEB, "Day", "2027-02-26T00:00");
        addByHand(account, SQL, "Month", "2027-01-01T04:00");
        const { calls, ...printed } = await vssBackup(["adopt"], account);
        assert.deepEqual(printed, {
            status: 0,
            stdout: `Time              Type   Server                       Snapshots  Result
2027-02-26 01:01  Day    web01 (i-0a1b2c3d4e5f00001)  2          can be adopted
2027-01-01 05:01  Month  sql01 (i-0a1b2c3d4e5f00002)  2          can be adopted

The next run of the cleaner would delete 2 snapshots.
To adopt them: vss-backup adopt --apply
`,
            stderr: "",
        });
        assert.deepEqual([ofPolicy(account).length, changes(calls)], [40, []]);
    });

    it("tags whole sets as the policy's with --apply and --yes", async () => {
        const account = healthyAccount([WEB, SQL]);
        const made = [...addByHand(account, WEB, "Day", "2027-02-26T00:00"), ...addByHand(account, SQL, "Month", "2027-01-01T04:00")];
        const before = ofPolicy(account);
        const { calls, stdout, ...printed } = await vssBackup(["adopt", "--apply", "--yes", "--json"], account);
        assert.deepEqual(printed, {
            status: 0,
            stderr: `Tag 4 snapshots of 2 sets as those of policy prod. The next run of the cleaner
then deletes 2 snapshots.
Tagged 4 snapshots.
`,
        });
        assert.deepEqual([ofPolicy(account), changes(calls)], [[...before, ...made], ["CreateTags"]]);
        assert.deepEqual((JSON.parse(stdout) as { result: object }).result, {
            applied: true,
            sets: [
                { server: WEB.id, name: "web01", type: "Day", time: "2027-02-26T00:01:30Z", snapshots: made.slice(0, 2) },
                { server: SQL.id, name: "sql01", type: "Month", time: "2027-01-01T04:01:30Z", snapshots: made.slice(2) },
            ],
            deletedByNextRun: made.slice(0, 2),
        });
    });

    it("completes a set that an interruption left half tagged", async () => {
        const account = healthyAccount([WEB]);
        const [first, second] = addByHand(account, WEB, "Day", "2027-02-26T00:00");
        account.store.get(first ?? "")?.tags.set("VssBackupPolicy", "prod");
        const { status } = await vssBackup(["adopt", "--apply", "--yes"], account);
        assert.deepEqual([status, ofPolicy(account).slice(-2)], [0, [first, second]]);
    });

    it("groups snapshots without a set id by their times", async () => {
        const account = healthyAccount([WEB]);
        const made = addByHand(account, WEB, "Day", "2027-02-26T00:00", { AwsVssConfig: undefined });
        const { stdout } = await vssBackup(["adopt", "--json"], account);
        const { sets } = (JSON.parse(stdout) as { result: { sets: object[] } }).result;
        assert.deepEqual(sets, [{ server: WEB.id, name: "web01", type: "Day", time: "2027-02-26T00:01:30Z", snapshots: made }]);
    });

    it("refuses what it can't group, and adopts the rest", async () => {
        const account = healthyAccount([WEB]);
        const good = addByHand(account, WEB, "Day", "2027-02-26T00:00");
        const mixed = addByHand(account, WEB, "Day", "2027-02-25T00:00");
        account.store.get(mixed[1] ?? "")?.tags.set("SnapshotType", "Week");
        const foreign = addByHand(account, WEB, "Year", "2027-02-24T00:00");
        const inconsistent = addByHand(account, WEB, "Day", "2027-02-23T00:00", { AppConsistent: "False" });
        const unmarked = addByHand(account, WEB, "Day", "2027-02-22T00:00", { AppConsistent: undefined });
        const managed = addByHand(account, WEB, "Day", "2027-02-21T00:00", { "aws:backup:source-resource": "i-1" });
        addByHand(account, WEB, "Day", "2027-02-20T00:00", { VssBackupPolicy: "other" });
        addByHand(account, WEB, "Day", "2027-02-19T00:00", { SnapshotType: undefined });
        const { status, stdout } = await vssBackup(["adopt", "--apply", "--yes", "--json"], account);
        const { sets } = (JSON.parse(stdout) as { result: { sets: { snapshots: string[]; refusal?: string }[] } }).result;
        assert.deepEqual(
            [status, sets.map(({ snapshots, refusal }) => [snapshots, refusal])],
            [
                3,
                [
                    [good, undefined],
                    [mixed, "its snapshots have several types"],
                    [foreign, "the policy has no type Year"],
                    [inconsistent, `it is no restore point, ${inconsistent[0]} is not application-consistent`],
                    [unmarked, `it is no restore point, ${unmarked[0]} was never marked application-consistent`],
                    [managed, `AWS Backup or Data Lifecycle Manager manages ${managed[0]}`],
                ],
            ],
        );
        assert.deepEqual([ofPolicy(account).slice(-2), ofPolicy(account, "other").length], [good, 2]);
    });

    const others: readonly (readonly [what: string, tags: Readonly<Record<string, string | undefined>>, refusal: string])[] = [
        ["no SnapshotType", { SnapshotType: undefined }, "has the same AwsVssConfig, and has no SnapshotType"],
        [
            "no SnapshotType, and is the policy's",
            { SnapshotType: undefined, VssBackupPolicy: "prod" },
            "has the same AwsVssConfig, and has no SnapshotType",
        ],
        ["another policy", { VssBackupPolicy: "other" }, "has the same AwsVssConfig, and is of policy other"],
    ];
    for (const [what, tags, refusal] of others) {
        it(`refuses half of a set if the other half has ${what}`, async () => {
            const account = healthyAccount([WEB]);
            const [first = "", second = ""] = addByHand(account, WEB, "Day", "2027-02-26T00:00");
            retag(account, second, tags);
            const before = ofPolicy(account);
            const { status, refusals } = await refusalsOf(account);
            assert.deepEqual([status, refusals, ofPolicy(account)], [1, [[[first], `can't be grouped: ${second} ${refusal}`]], before]);
        });
    }

    it("refuses a set whose other half has another type", async () => {
        const account = healthyAccount([WEB]);
        const made = addByHand(account, WEB, "Day", "2027-02-26T00:00");
        retag(account, made[1] ?? "", { SnapshotType: "Week", VssBackupPolicy: "prod" });
        assert.deepEqual(await refusalsOf(account), { status: 1, refusals: [[made, "its snapshots have several types"]] });
    });

    it("refuses a set without an id that has a volume twice", async () => {
        const account = healthyAccount([WEB]);
        const first = addByHand(account, WEB, "Day", "2027-02-26T00:00", { AwsVssConfig: undefined });
        const second = addByHand(account, WEB, "Day", "2027-02-26T00:05", { AwsVssConfig: undefined });
        assert.deepEqual(await refusalsOf(account), {
            status: 1,
            refusals: [
                [[first[0], second[0], first[1], second[1]], "can't be grouped: without AwsVssConfig, it has vol-0c0c0c0c0c0c00001 twice"],
            ],
        });
    });

    it("refuses a set without an id that has volumes of several servers", async () => {
        const account = healthyAccount([WEB, SQL]);
        const web = addByHand(account, WEB, "Day", "2027-02-26T00:00", { AwsVssConfig: undefined });
        const sql = addByHand(account, SQL, "Day", "2027-02-26T00:05", { AwsVssConfig: undefined });
        assert.deepEqual(await refusalsOf(account), {
            status: 1,
            refusals: [
                [
                    [web[0], sql[0], web[1], sql[1]],
                    "can't be grouped: without AwsVssConfig, it has volumes of web01 (i-0a1b2c3d4e5f00001) and sql01 (i-0a1b2c3d4e5f00002)",
                ],
            ],
        });
    });

    it("refuses a set of a server with another value of the server tag, but not of one without the tag", async () => {
        const lab = makeServer(3, "lab01", {
            tags: new Map([
                ["Name", "lab01"],
                ["VssBackup", "lab"],
            ]),
        });
        const bare = makeServer(4, "app01", { tags: new Map([["Name", "app01"]]) });
        const account = { ...healthyAccount([WEB]), servers: [WEB, lab, bare] };
        const foreign = addByHand(account, lab, "Day", "2027-02-26T00:00");
        const untagged = addByHand(account, bare, "Day", "2027-02-25T00:00");
        assert.deepEqual(await refusalsOf(account), {
            status: 3,
            refusals: [
                [foreign, "lab01 (i-0a1b2c3d4e5f00003) has the tag VssBackup=lab, and the policy's servers have VssBackup=prod"],
                [untagged, undefined],
            ],
        });
    });

    it("says what it tagged and what it did not if a request in the middle fails", async () => {
        const { account, first, second } = largeAccount();
        const before = ofPolicy(account);
        const performed = await perform("adopt", (session) => adopt(session, { apply: true, yes: true }), account, {
            columns: 120,
            intercept: failSecond(),
        });
        const { exitCode, text, result } = performed;
        assert.deepEqual(
            [exitCode, text, (result as { stopped: object }).stopped, ofPolicy(account)],
            [
                3,
                `Time              Type   Server                       Snapshots  Result
2027-03-04 13:01  Month  big01 (i-0a1b2c3d4e5f00009)  600        adopted
2027-03-03 13:01  Month  big01 (i-0a1b2c3d4e5f00009)  600        not adopted

Tagged 600 of 1200 snapshots, then an error stopped it.
A resource has too many tags: The maximum number of Tags for this resource is 50
Remove a tag from it. Then run the command again.
To go on, run it again: vss-backup adopt --apply

The next run of the cleaner deletes 0 snapshots.
`,
                {
                    message: "A resource has too many tags: The maximum number of Tags for this resource is 50",
                    cure: "Remove a tag from it. Then run the command again.",
                    tagged: first,
                    notTagged: second,
                },
                [...before, ...first],
            ],
        );
    });

    it("says after Ctrl-C how many snapshots it tagged, and that another run goes on", async () => {
        const { account, first } = largeAccount();
        const before = ofPolicy(account);
        const interrupted = new AbortController();
        const intercept = ({ action }: AwsCall) => {
            if (action === "CreateTags") {
                interrupted.abort();
            }
            return undefined;
        };
        const act = (session: Session) => adopt(session, { apply: true, yes: true });
        await assert.rejects(perform("adopt", act, account, { intercept, abortSignal: interrupted.signal }), {
            message: "The command was interrupted. 600 of 1200 snapshots were tagged.",
            cure: "To go on, run it again: vss-backup adopt --apply",
            exitCode: 130,
        });
        assert.deepEqual(ofPolicy(account), [...before, ...first]);
    });

    const predictions: readonly (readonly [
        title: string,
        settings: Partial<DeployedPolicy["settings"]>,
        sentence: string,
        deleted: readonly number[],
    ])[] = [
        ["all that the policy no longer needs", {}, "would delete 4 snapshots", [4, 5, 6, 7]],
        ["also the snapshots of lost volumes with orphanDays", { orphanDays: 30 }, "would delete 6 snapshots", [0, 1, 4, 5, 6, 7]],
        ["nothing with reportOnly", { reportOnly: true }, "deletes nothing, because reportOnly is true", []],
        ["as many whole sets as one run deletes", { maxDeletionsPerRun: 3 }, "would delete 2 snapshots, and later runs 2 more", [4, 5]],
        [
            "one set, even if it is larger than the limit",
            { maxDeletionsPerRun: 1 },
            "would delete 2 snapshots, and later runs 2 more",
            [4, 5],
        ],
    ];
    for (const [title, settings, sentence, deleted] of predictions) {
        it(`predicts that the cleaner deletes ${title}`, async () => {
            const account = healthyAccount([WEB]);
            const gone = makeServer(9, "gone01");
            const made = [
                ...addByHand(account, gone, "Day", "2026-12-01T00:00"),
                ...addByHand(account, gone, "Day", "2026-12-02T00:00"),
                ...addByHand(account, WEB, "Day", "2027-02-25T00:00"),
                ...addByHand(account, WEB, "Day", "2027-02-26T00:00"),
            ];
            for (const { id } of gone.volumes) {
                account.store.volumes.delete(id);
            }
            account.parameters.set(parameterName("prod"), JSON.stringify({ ...DEPLOYED, settings: { ...DEPLOYED.settings, ...settings } }));
            const { text, result } = await perform("adopt", (session) => adopt(session, { apply: false, yes: false }), account);
            const { deletedByNextRun } = result as { deletedByNextRun: string[] };
            assert.deepEqual(
                [text.split("\n").find((line) => line.startsWith("The next run")), deletedByNextRun],
                [`The next run of the cleaner ${sentence}.`, deleted.map((i) => made[i])],
            );
        });
    }

    it("changes nothing with --apply, but without a terminal and without --yes", async () => {
        const account = healthyAccount([WEB]);
        addByHand(account, WEB, "Day", "2027-02-26T00:00");
        const { status, calls } = await vssBackup(["adopt", "--apply"], account);
        assert.deepEqual([status, changes(calls), ofPolicy(account).length], [5, [], 20]);
    });

    it("asks nothing if there is nothing to adopt", async () => {
        const { calls, ...printed } = await vssBackup(["adopt", "--apply"], healthyAccount([WEB]));
        assert.deepEqual(
            [printed, changes(calls)],
            [
                {
                    status: 0,
                    stdout: "There are no snapshots with the tag SnapshotType and without the tag\nVssBackupPolicy.\n",
                    stderr: "",
                },
                [],
            ],
        );
    });
});
