import assert from "node:assert/strict";
import { testName } from "../../../../lambda/restoreTest";
import { NOW } from "../../support/account";
import { DATA, type RestoreAccount, ROOT, WEB } from "../support/restoreAccount";
import { isChange, pictureOf, SERVER, scripted, test, testAccount, VOLUMES, withScript } from "../support/restoreTests";

interface Result {
    readonly restore: string;
    readonly outcome: string;
    readonly checks: readonly { readonly check: string; readonly passed: boolean; readonly sentence: string }[];
    readonly removed: readonly string[];
}

/** What the account has of the last test. */
function recorded({ store, parameters, point, metrics = [] }: RestoreAccount): object {
    const test = JSON.parse(parameters.get(testName("prod", WEB)) ?? "{}") as { time?: string; result?: string };
    return {
        day: test.time?.slice(0, 10),
        result: test.result,
        tags: [ROOT, DATA].map((id) => store.get(point[id] ?? "")?.tags.get("VssBackupTested")),
        metrics: metrics.map(({ namespace, metric, dimensions, value }) => [namespace, metric, dimensions, value]),
    };
}

function resultOf(word: "passed" | "failed"): object {
    return {
        day: new Date(NOW).toISOString().slice(0, 10),
        result: word,
        tags: [`2027-03-05 ${word}`, `2027-03-05 ${word}`],
        metrics: [["VssBackup", "RestoreTest", { Policy: "prod" }, word === "passed" ? 1 : 0]],
    };
}

const NOTHING = { day: undefined, result: undefined, tags: [undefined, undefined], metrics: [] };

function failedSentences(result: object): string[] {
    return (result as Result).checks.filter(({ passed }) => !passed).map(({ sentence }) => sentence.replace(/vol-\w+|i-\w+/g, "ID"));
}

describe("vss-backup restore test", () => {
    it("reads the volumes of the newest restore point at another server, removes them, and records that", async () => {
        const account = testAccount();
        const before = pictureOf(account);
        const { exitCode, result, text, calls } = await test(account, VOLUMES);
        const { outcome, checks, removed } = result as Result;
        assert.deepEqual([exitCode, outcome, removed.length], [0, "passed", 2]);
        assert.deepEqual(
            checks.map(({ sentence }) => sentence.replace(/ \(vol-\w+\)/, "")),
            [
                "The disk xvdf is online.",
                "The disk xvdg is online.",
                "The disk xvdf can be read: NTFS, 1 entries in the root.",
                "The disk xvdg can be read: NTFS, 1 entries in the root.",
            ],
        );
        assert.match(text, /The restore test of web01 has passed\. The 2 things that it made are\s+removed\./);
        assert.deepEqual(pictureOf(account), before);
        assert.deepEqual(recorded(account), resultOf("passed"));
        assert.deepEqual(
            calls.map(({ action }) => action).filter((action) => /^(Delete(Volume|Snapshot)|Terminate)/.test(action)),
            ["DeleteVolume", "DeleteVolume"],
        );
    });

    it("starts an isolated server from the restore point, removes it, and records that", async () => {
        const account = testAccount();
        const before = pictureOf(account);
        const { exitCode, result } = await test(account, SERVER);
        const { checks } = result as Result;
        assert.deepEqual([exitCode, checks.map(({ check }) => check)], [0, ["server", "disk", "disk", "file system", "file system"]]);
        assert.deepEqual(pictureOf(account), before);
        assert.deepEqual(recorded(account), resultOf("passed"));
    });

    it("holds the set until the volumes are made", async () => {
        const account = testAccount();
        const held: boolean[] = [];
        await test(account, VOLUMES, {
            intercept: ({ action }) => {
                if (action === "CreateVolume") {
                    held.push([ROOT, DATA].every((id) => account.store.get(account.point[id] ?? "")?.tags.has("VssBackupHold")));
                }
                return undefined;
            },
        });
        assert.deepEqual(held, [true, true]);
    });

    it("leaves the hold of a person on the set", async () => {
        const account = testAccount();
        account.store.get(account.point[DATA] ?? "")?.tags.set("VssBackupHold", "audit");
        const before = pictureOf(account);
        await test(account, VOLUMES);
        assert.deepEqual(pictureOf(account), before);
    });

    it("tests the server that was never tested, if nobody names one", async () => {
        const { result } = await test(testAccount(), VOLUMES, { server: undefined });
        assert.equal((result as { server: string }).server, WEB);
    });

    it("runs a script that gets the disks", async () => {
        const account = testAccount();
        await withScript("Test-Orders $VssBackupDisks", async (script) => {
            const { exitCode, result, calls } = await test(account, { ...VOLUMES, script });
            const sent = calls.flatMap(({ input }) => (input.Parameters as { commands?: string[] } | undefined)?.commands ?? []);
            assert.match(sent.find((text) => text.includes("Test-Orders")) ?? "", /"device":"xvdf","serial":"vol[0-9a-f]{17}"/);
            assert.deepEqual([exitCode, (result as Result).checks.at(-1)?.sentence], [0, "The script ended with exit code 0."]);
        });
    });

    const failing: readonly (readonly [
        title: string,
        account: () => RestoreAccount,
        mode: typeof VOLUMES,
        sentences: readonly string[],
    ])[] = [
        [
            "a disk that stays offline",
            () => {
                const account = scripted(testAccount(), "Set-Disk -IsOffline $false", { status: "Success", outputs: {} });
                // The helper has a disk with the same signature.
                const twin = account.store.volumes.get("vol-0c0c0c0c0c0c00009") ?? account.store.volumes.add("vol-0c0c0c0c0c0c00009");
                twin.disk = { signature: "AAAA0002", letters: ["C"], files: {} };
                return account;
            },
            VOLUMES,
            ["The disk xvdg (ID) stays offline."],
        ],
        [
            "a file system that can't be read",
            () =>
                scripted(testAccount(), "Get-ChildItem", {
                    status: "Success",
                    outputs: { runPowerShellScript: "[]" },
                }),
            VOLUMES,
            ["xvdf", "xvdg"].map((device) => `The disk ${device} has no file system that Windows knows.`),
        ],
        [
            "a volume that EC2 can't make",
            () => {
                const account = testAccount();
                account.ec2.behaviour.volumeOutcome = "error";
                return account;
            },
            VOLUMES,
            ["EC2 could not make the volume ID from snap-ID."],
        ],
        [
            "a server that does not start",
            () => {
                const account = testAccount();
                const snapshot = account.store.get(account.point[ROOT] ?? "") as { disk?: object };
                snapshot.disk = { signature: "AAAA0001", letters: ["X"], files: {} };
                return account;
            },
            SERVER,
            ["After 30 minutes, this has not happened: ID passes its status checks."],
        ],
    ];
    for (const [title, makeAccount, mode, sentences] of failing) {
        it(`fails with ${title}, removes all, and records that`, async () => {
            const account = makeAccount();
            const before = pictureOf(account);
            const { exitCode, result } = await test(account, mode);
            assert.deepEqual(
                [exitCode, failedSentences(result).map((sentence) => sentence.replace(/snap-\w+/, "snap-ID"))],
                [4, sentences],
            );
            assert.deepEqual(pictureOf(account), before);
            assert.deepEqual(recorded(account), resultOf("failed"));
        });
    }

    it("fails with a script that fails", async () => {
        const account = scripted(testAccount(), "Test-Orders", { status: "Failed", outputs: {} });
        const before = pictureOf(account);
        await withScript("Test-Orders", async (script) => {
            const { exitCode, result } = await test(account, { ...VOLUMES, script });
            assert.deepEqual([exitCode, failedSentences(result)], [4, ["The script on ID ended with Failed: "]]);
        });
        assert.deepEqual([pictureOf(account), recorded(account)], [before, resultOf("failed")]);
    });

    const refused: readonly (readonly [title: string, options: Partial<typeof VOLUMES>, message: RegExp])[] = [
        ["without a server for the volumes", { on: undefined }, /^The mode volumes needs --on/],
        ["without a security group for a new server", { mode: "server", on: undefined }, /^The mode server needs --security-group/],
        ["with the server itself for its volumes", { on: "web01" }, /would put the disks on the server itself/],
        [
            "with a security group of the server itself",
            { mode: "server", on: undefined, securityGroup: ["sg-0123456789abcdef0"] },
            /so it does not isolate the new one/,
        ],
        ["without a confirmation", { yes: false }, /^Nobody confirmed the action/],
        ["with a script that does not exist", { script: "/nowhere/check.ps1" }, /^The script could not be read/],
        ["with a set that is not there", { from: "snap-0999" }, /has no snapshot snap-0999/],
    ] as never;
    for (const [title, options, message] of refused) {
        it(`is refused ${title}, and changes nothing`, async () => {
            const account = testAccount();
            const before = pictureOf(account);
            const actions: string[] = [];
            const note = ({ action }: { readonly action: string }) => void actions.push(action);
            const given = Object.fromEntries(Object.entries({ ...VOLUMES, ...options }).filter(([, value]) => value !== undefined));
            await assert.rejects(test(account, given as unknown as typeof VOLUMES, { intercept: note as never }), { message });
            assert.deepEqual([pictureOf(account), recorded(account), actions.filter(isChange)], [before, NOTHING, []]);
        });
    }

    it("removes what it made after Ctrl-C, and has no result", async () => {
        const account = testAccount();
        const before = pictureOf(account);
        const interrupted = new AbortController();
        const stopped = test(account, VOLUMES, {
            abortSignal: interrupted.signal,
            intercept: ({ action }) => {
                if (action === "AttachVolume") {
                    interrupted.abort();
                }
                return undefined;
            },
        });
        await assert.rejects(stopped, { exitCode: 130, message: "The test was interrupted. It has removed what it made." });
        assert.deepEqual([pictureOf(account), recorded(account)], [before, NOTHING]);
    });

    it("has no result if Systems Manager does not reach the other server", async () => {
        const account = testAccount();
        const rescue = account.servers.find(({ id }) => id !== WEB);
        assert.ok(rescue);
        rescue.agent = "ConnectionLost";
        await assert.rejects(test(account, VOLUMES), { message: /^Systems Manager does not reach/, exitCode: 5 });
        assert.deepEqual(recorded(account), NOTHING);
    });
});
