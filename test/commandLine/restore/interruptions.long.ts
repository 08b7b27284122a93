import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { AwsOptions } from "../../../rehearsal/embeddedAws/aws";
import { answerNormally } from "../../../rehearsal/embeddedAws/exchange";
import { accessDenied, type Fault, type Faults } from "../../support/faults";
import { DATA, filesOf, type RestoreAccount, restoreAccount, stateOf, WEB } from "./support/restoreAccount";
import { asUser, type User } from "./support/user";

const NOW_FILES = { "/dev/sda1": "now", xvdd: "now" };
const THEN_FILES = { "/dev/sda1": "now", xvdd: "then" };

const VOLUMES = ["web01", "--mode", "volumes", "--no-backup"] as const;
const LOCK = `/vss-backup-records/prod/restore-locks/${WEB}`;

/** Does something to the process at the first call of an action that changes the account. */
function at(action: string, act: () => void, fault: Fault = answerNormally): Faults {
    let isDone = false;
    return (call) => {
        if (call.action !== action || isDone) {
            return undefined;
        }
        isDone = true;
        act();
        return fault;
    };
}

/** Lets a user plan a restore of data volumes in an account. */
async function withPlan(aws: AwsOptions, act: (user: User, account: RestoreAccount) => Promise<void>): Promise<void> {
    const account = restoreAccount();
    await asUser(account, aws, async (user) => {
        await user.plan(...VOLUMES);
        await act(user, account);
    });
}

describe("vss-backup restore apply", () => {
    it("refuses a plan whose account has changed since", async () => {
        await withPlan({}, async ({ run, file, restoreId, changes }, account) => {
            account.store.volumes.get(DATA)?.tags.set("Name", "another disk");
            const { stderr } = await run(5, "apply", file, "--yes");
            assert.equal(
                stderr,
                `The account has changed since the plan ${restoreId()} was made. Nothing\nwas done.\nMake a new plan: vss-backup restore plan ${WEB} --mode volumes\n`,
            );
            assert.deepEqual(changes(), []);
        });
    });

    it("refuses a plan that somebody has edited", async () => {
        await withPlan({}, async ({ run, file, changes }) => {
            writeFileSync(file, readFileSync(file, "utf8").replace('"sizeGib": 100', '"sizeGib": 1000'));
            const { stderr } = await run(5, "apply", file, "--yes");
            assert.match(stderr, /^Somebody has changed the plan/);
            assert.deepEqual(changes(), []);
        });
    });

    it("refuses a file that is no plan", async () => {
        await withPlan({}, async ({ run, file }) => {
            writeFileSync(file, '{ "version": 1 }');
            const { stderr } = await run(2, "apply", file, "--yes");
            assert.match(stderr, /is no plan of a restore/);
        });
    });

    it("does nothing without a terminal and without --yes", async () => {
        await withPlan({}, async ({ run, file, changes }) => {
            const { stderr } = await run(5, "apply", file);
            assert.match(stderr, /Nobody confirmed the action. Nothing was done.\nWithout a terminal, add --yes.\n$/);
            assert.deepEqual(changes(), []);
        });
    });

    it("refuses to work on a server on which somebody else works", async () => {
        await withPlan({}, async ({ run, file, changes }, account) => {
            account.parameters.set(LOCK, '{"restore":"other","by":"ann@pc","since":"2027-03-05T06:59:00Z","run":"1"}');
            const { stderr } = await run(5, "apply", file, "--yes");
            assert.match(
                stderr.replaceAll("\n", " "),
                /ann@pc works on i-0a1b2c3d4e5f00001 since 2027-03-05T06:59:00Z, with the restore other/,
            );
            assert.deepEqual([changes(), account.parameters.has(LOCK)], [["PutParameter"], true]);
            await run(0, "apply", file, "--yes", "--take-over");
            assert.deepEqual([filesOf(account, WEB), account.parameters.has(LOCK)], [THEN_FILES, false]);
        });
    });

    it("refuses a set from which somebody else restores", async () => {
        await withPlan({}, async ({ run, file, changes }, account) => {
            const lock = `/vss-backup-records/prod/restore-locks/${account.point[DATA]}`;
            account.parameters.set(lock, '{"restore":"other","by":"ann@pc","since":"2027-03-05T06:59:00Z","run":"1"}');
            const { stderr } = await run(5, "apply", file, "--yes");
            assert.match(stderr.replaceAll("\n", " "), /ann@pc works on snap-00000000000000016 since/);
            assert.deepEqual(changes(), ["PutParameter", "PutParameter", "DeleteParameter"]);
        });
    });

    it("does a finished restore only once", async () => {
        await withPlan({}, async ({ run, file, calls, restoreId, changes }) => {
            await run(0, "apply", file, "--yes");
            const before = calls.length;
            const { stdout } = await run(0, "apply", file, "--yes");
            assert.match(stdout, new RegExp(`The restore ${restoreId()} is done already. Nothing was done.\n$`));
            assert.deepEqual(changes(before), []);
        });
    });

    it("refuses a second restore of a server until the first one is finished", async () => {
        let user: User | undefined;
        await withPlan({ faults: at("DetachVolume", () => user?.child()?.kill("SIGKILL")) }, async (one) => {
            user = one;
            await one.run(null, "apply", one.file, "--yes");
            const { stderr } = await one.run(5, "plan", ...VOLUMES);
            const id = one.restoreId();
            assert.ok(stderr.replaceAll("\n", " ").includes(`The restore ${id} of this set is not finished.`), stderr);
        });
    });

    for (const action of ["CreateTags", "CreateVolume", "StopInstances", "DetachVolume", "AttachVolume", "StartInstances", "DeleteTags"]) {
        it(`goes on after its process was killed at ${action}, or goes back`, async () => {
            for (const [verb, files] of [
                ["apply", THEN_FILES],
                ["undo", NOW_FILES],
            ] as const) {
                let user: User | undefined;
                await withPlan({ faults: at(action, () => user?.child()?.kill("SIGKILL")) }, async (one, account) => {
                    user = one;
                    await one.run(null, "apply", one.file, "--yes");
                    await one.run(5, verb, one.restoreId(), "--yes");
                    await one.run(0, verb, one.restoreId(), "--yes", "--take-over");
                    assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [files, "running"]);
                    assert.equal(account.parameters.has(LOCK), false);
                });
            }
        });
    }

    it("says how to go on after Ctrl-C, and leaves no lock", async () => {
        let user: User | undefined;
        await withPlan({ faults: at("StopInstances", () => user?.child()?.kill("SIGINT")) }, async (one, account) => {
            user = one;
            const { stderr } = await one.run(130, "apply", one.file, "--yes");
            const id = one.restoreId();
            assert.ok(
                stderr.endsWith(
                    `The restore ${id} was interrupted. It can go on or back at any\ntime.\nGo on: vss-backup restore apply ${id}\nGo back: vss-backup restore undo ${id}\n`,
                ),
                stderr,
            );
            assert.equal(account.parameters.has(LOCK), false);
            const { stdout } = await one.run(4, "status", id);
            assert.match(stdout, new RegExp(`To go on: vss-backup restore apply ${id}\n$`));
            await one.run(0, "apply", id, "--yes");
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [THEN_FILES, "running"]);
        });
    });

    it("puts the old volumes back if a volume can't be attached", async () => {
        await withPlan({ faults: at("AttachVolume", () => {}, accessDenied) }, async ({ run, file, restoreId }, account) => {
            const { stderr } = await run(1, "apply", file, "--yes");
            assert.match(stderr.replaceAll("\n", " "), /The old volumes are back, and the server is as before\./);
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [NOW_FILES, "running"]);
            await run(5, "apply", restoreId(), "--yes");
        });
    });

    it("attaches the old root volume again if EC2 leaves the server without one", async () => {
        const account = restoreAccount();
        account.ec2.behaviour.rootOutcome = "failed-detached";
        await asUser(account, {}, async ({ run, plan, file }) => {
            await plan("web01", "--mode", "root", "--no-backup");
            const { stderr } = await run(1, "apply", file, "--yes");
            const root = "aws ec2 attach-volume --volume-id vol-0c0c0c0c0c0c00001 --instance-id i-0a1b2c3d4e5f00001 --device /dev/sda1";
            assert.ok(stderr.replaceAll(/\s+/g, " ").includes(root), stderr);
            assert.match(stderr.replaceAll("\n", " "), /The old root volume is back, and the server is as before\. $/);
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [NOW_FILES, "running"]);
        });
    });
});

describe("vss-backup restore undo", () => {
    it("changes nothing if an old volume is gone", async () => {
        await withPlan({}, async ({ run, file, calls, restoreId, changes }, account) => {
            await run(0, "apply", file, "--yes");
            account.store.volumes.delete(DATA);
            const before = calls.length;
            const { stderr } = await run(1, "undo", restoreId(), "--yes");
            assert.match(stderr.replaceAll("\n", " "), /the old volume vol-0d0d0d0d0d0d00001 no longer exists/);
            assert.deepEqual(changes(before), ["PutParameter", "PutParameter", "DeleteParameter", "DeleteParameter"]);
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [THEN_FILES, "running"]);
        });
    });

    it("has nothing to undo on a new server that somebody has terminated", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, plan, file, restoreId }) => {
            await plan("web01", "--mode", "server", "--security-group", "sg-0123456789abcdef0");
            const { stdout } = await run(0, "apply", file, "--yes", "--json");
            const { made } = (JSON.parse(stdout) as { result: { made: Record<string, string> } }).result;
            const server = account.servers.find(({ id }) => id === made.run);
            assert.ok(server);
            server.state = "terminated";
            server.volumes = [];
            await run(0, "undo", restoreId(), "--yes");
            await run(0, "forget", restoreId(), "--yes");
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [NOW_FILES, "running"]);
        });
    });

    it("has nothing to undo on a rescue server that is gone with the new volumes", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, plan, file, restoreId }) => {
            await plan("web01", "--mode", "attach", "--to", "rescue01", "--disk", "xvdd");
            const { stdout } = await run(0, "apply", file, "--yes", "--json");
            const { made } = (JSON.parse(stdout) as { result: { made: Record<string, string> } }).result;
            account.servers.pop();
            account.store.volumes.delete(made["create-xvdd"] ?? "");
            await run(0, "undo", restoreId(), "--yes");
        });
    });

    it("refuses a restore that nobody knows", async () => {
        await withPlan({}, async ({ run }) => {
            const { stderr } = await run(1, "undo", "20270305-0700-00000000", "--yes");
            assert.equal(stderr, "There is no restore 20270305-0700-00000000.\nvss-backup restore status lists the restores.\n");
        });
    });
});

describe("vss-backup restore forget", () => {
    it("deletes the old volumes of a restore, and nothing that is in use", async () => {
        await withPlan({}, async ({ run, file, calls, restoreId }, account) => {
            await run(0, "apply", file, "--yes");
            const before = calls.length;
            await run(0, "forget", restoreId(), "--yes");
            const deleted = calls
                .slice(before)
                .flatMap(({ action, parameters }) => (action === "DeleteVolume" ? parameters.get("VolumeId") : []));
            assert.deepEqual([deleted, filesOf(account, WEB)], [[DATA], THEN_FILES]);
        });
    });

    it("deletes nothing of a restore that is not finished", async () => {
        let user: User | undefined;
        await withPlan({ faults: at("StopInstances", () => user?.child()?.kill("SIGINT")) }, async (one) => {
            user = one;
            await one.run(130, "apply", one.file, "--yes");
            const before = one.calls.length;
            await one.run(5, "forget", one.restoreId(), "--yes");
            assert.deepEqual(one.changes(before), []);
        });
    });
});
