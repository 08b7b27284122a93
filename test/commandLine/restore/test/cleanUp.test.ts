import assert from "node:assert/strict";
import { parameterName } from "../../../../lambda/deployedPolicy";
import type { EmbeddedIam } from "../../../../rehearsal/embeddedAws/iam";
import { RESTORE_TEST_PERMISSIONS } from "../../support/permissionTable";
import { RESCUE, type RestoreAccount } from "../support/restoreAccount";
import { CLEAN_UP, crashAfter, isChange, pictureOf, SERVER, test, testAccount, VOLUMES } from "../support/restoreTests";

const MODES = [
    ["volumes", VOLUMES],
    ["server", SERVER],
] as const;

/** Adds things that look like those of a test. None of them is. */
function withLookalikes(account: RestoreAccount): RestoreAccount {
    const tagged = (id: string, restore: string, step?: string) =>
        account.store.volumes.add(id, {
            tags: new Map([["VssBackupRestore", restore], ...(step === undefined ? [] : [["VssBackupRestoreStep", step] as const])]),
        });
    tagged("vol-0eeeeeeeeeeee0001", "test-20270301-0700-00000001");
    tagged("vol-0eeeeeeeeeeee0002", "20270301-0700-00000001", "create-xvdd");
    tagged("vol-0eeeeeeeeeeee0003", "test-20270301-0700-00000003", "create-xvdd");
    // A test of another policy, which may run.
    account.parameters.set("/vss-backup-records/other/restores/test-20270301-0700-00000003", "{}");
    // Somebody allows restores to use this server.
    const rescue = account.servers.find(({ id }) => id === RESCUE);
    assert.ok(rescue);
    rescue.tags = new Map([...rescue.tags, ["VssBackupRestore", "test-server"]]);
    return account;
}

/** The lines that are only in one of two pictures. */
function differences(before: object, after: object): string[] {
    const lines = (picture: object) => Object.values(picture).flatMap((things: unknown[]) => things.map((thing) => JSON.stringify(thing)));
    const [old, present] = [lines(before), lines(after)];
    return [
        ...old.filter((line) => !present.includes(line)).map((line) => `lost: ${line}`),
        ...present.filter((line) => !old.includes(line)).map((line) => `left: ${line}`),
    ];
}

/** The changes of a whole test, in their order. */
async function changesOf(options: typeof VOLUMES): Promise<string[]> {
    const { calls } = await test(testAccount(), options);
    return calls.map(({ action }) => action).filter(isChange);
}

describe("vss-backup restore test --clean-up", () => {
    for (const [mode, options] of MODES) {
        it(`leaves all as it was after a crash at any change of the mode ${mode}`, async () => {
            const changes = await changesOf(options);
            const left: unknown[] = [];
            for (const number of changes.keys()) {
                const account = withLookalikes(testAccount());
                const before = pictureOf(account);
                // A lock that stays is only reported.
                await Promise.allSettled([test(account, options, crashAfter(number + 1))]);
                const { exitCode } = await test(account, CLEAN_UP, { server: undefined });
                left.push(
                    ...(exitCode === 0 ? [] : [[number + 1, changes[number], exitCode]]),
                    ...differences(before, pictureOf(account)).map((one) => [number + 1, changes[number], one]),
                );
            }
            assert.deepEqual(left, []);
        });
    }

    it("leaves a test that may still run, unless somebody says that it has crashed", async () => {
        const account = testAccount();
        const before = pictureOf(account);
        await assert.rejects(test(account, VOLUMES, crashAfter(5)));
        const crashed = [...account.parameters.keys()];
        const { exitCode, result } = await test(account, { ...CLEAN_UP, takeOver: false }, { server: undefined });
        assert.deepEqual([exitCode, (result as { running: object[] }).running.length, [...account.parameters.keys()]], [4, 1, crashed]);
        await test(account, CLEAN_UP, { server: undefined });
        assert.deepEqual(pictureOf(account), before);
    });

    it("is done by the next test, when the lock of a crashed one is a day old", async () => {
        const account = testAccount();
        const before = pictureOf(account);
        await assert.rejects(test(account, VOLUMES, crashAfter(5)));
        for (const [name, lock] of [...account.parameters].filter(([one]) => one.includes("/restore-locks/"))) {
            account.parameters.set(name, lock.replace(/"since":"[^"]+"/, '"since":"2026-01-01T00:00:00Z"'));
        }
        const { exitCode, result } = await test(account, VOLUMES);
        assert.deepEqual([exitCode, (result as { cleanedUp: object[] }).cleanedUp.length], [0, 1]);
        assert.deepEqual(pictureOf(account), before);
    });

    it("removes things of a test whose record is gone", async () => {
        const account = testAccount();
        const before = pictureOf(account);
        await assert.rejects(test(account, VOLUMES, crashAfter(4)));
        for (const [name] of [...account.parameters].filter(([one]) => one !== parameterName("prod"))) {
            account.parameters.delete(name);
        }
        for (const snapshot of account.store.all()) {
            snapshot.tags.delete("VssBackupHold");
        }
        await test(account, CLEAN_UP, { server: undefined });
        assert.deepEqual(pictureOf(account), before);
    });

    it("finds nothing after a test that has ended", async () => {
        const account = testAccount();
        await test(account, VOLUMES);
        const { exitCode, text } = await test(account, CLEAN_UP, { server: undefined });
        assert.deepEqual([exitCode, text], [0, "No restore test has left anything.\n"]);
    });
});

describe("The permissions of vss-backup restore test", () => {
    for (const [mode, options] of MODES) {
        it(`are these in the mode ${mode}, and no others`, async () => {
            const asked = new Set<string>();
            const iam: EmbeddedIam = {
                accessKey: () => "",
                refusal: async ({ action }) => {
                    asked.add(action);
                    return undefined;
                },
            };
            await test(testAccount(), options, { iam });
            assert.deepEqual([...asked].sort(), RESTORE_TEST_PERMISSIONS[mode]);
        });
    }

    it("can be missing: then the test has no result, and removes what it made", async () => {
        for (const permission of ["ec2:AttachVolume", "cloudwatch:PutMetricData"]) {
            const account = testAccount();
            const before = pictureOf(account);
            const iam: EmbeddedIam = {
                accessKey: () => "",
                refusal: async ({ action }) =>
                    action === permission ? `User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ${action}` : undefined,
            };
            await assert.rejects(test(account, VOLUMES, { iam }), { exitCode: 1, permission });
            assert.deepEqual(pictureOf(account), before);
        }
    });

    it("can lack a deletion: then the error names what to do", async () => {
        const account = testAccount();
        const iam: EmbeddedIam = {
            accessKey: () => "",
            refusal: async ({ action }) => (action === "ec2:DeleteVolume" ? "is not authorized to perform: ec2:DeleteVolume" : undefined),
        };
        await assert.rejects(test(account, VOLUMES, { iam }), {
            message: /^The test has passed\. It could not remove all that it made: AWS denied a request/,
            cure: "Remove it: vss-backup restore test --clean-up",
            exitCode: 1,
        });
    });
});
