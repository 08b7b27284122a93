import assert from "node:assert/strict";
import { forget } from "../../../cli/commands/restore/forget";
import type { RestoreRecord } from "../../../cli/restore/apply/record";
import { perform } from "../support/session";
import { withEmbeddedAws } from "../support/vssBackup";
import { type EmbeddedRun, startRun } from "./support/embeddedRun";
import { DATA, filesOf, type RestoreAccount, restoreAccount, stateOf, WEB } from "./support/restoreAccount";

const NOW = { "/dev/sda1": "now", xvdd: "now" };

/** Starts a restore of the data disk in place. */
async function withRestore(act: (run: EmbeddedRun, account: RestoreAccount) => Promise<void>): Promise<void> {
    const account = restoreAccount();
    await withEmbeddedAws(account, {}, async ({ endpoint }) => {
        const from = account.point[DATA] ?? "";
        await act(await startRun(endpoint, { mode: "volumes", serverId: WEB, from, backup: false, anotherZone: false }), account);
    });
}

/** The record of a run that ended before it stopped the server. */
function beforeTheStop({ plan, newRecord }: EmbeddedRun, applied: RestoreRecord): RestoreRecord {
    const count = plan.steps.findIndex(({ kind }) => kind === "stop");
    return { ...newRecord(), done: applied.done.slice(0, count), made: applied.made };
}

function newVolume({ made }: RestoreRecord): string {
    return Object.values(made).find((id) => id.startsWith("vol-")) ?? "";
}

/** Takes a volume off web01, as somebody does in the console. */
function detach(account: RestoreAccount, id: string): void {
    const [web] = account.servers;
    if (web) {
        web.volumes = web.volumes.filter((volume) => volume.id !== id);
    }
}

describe("If somebody meddles with a restore", () => {
    it("a run that goes on does not stop the server for a new volume that is gone", () =>
        withRestore(async (run, account) => {
            const applied = await run.apply(run.newRecord());
            const record = beforeTheStop(run, applied);
            await run.undo(applied);
            account.store.volumes.delete(newVolume(applied));
            await assert.rejects(run.apply(record), /no longer exists/);
            assert.deepEqual([stateOf(account, WEB), filesOf(account, WEB)], ["running", NOW]);
        }));

    it("undo starts the stopped server again, although a new volume is gone", () =>
        withRestore(async (run, account) => {
            const applied = await run.apply(run.newRecord());
            const count = run.plan.steps.findIndex(({ kind }) => kind === "detach");
            await run.undo(applied);
            account.store.volumes.delete(newVolume(applied));
            const [web] = account.servers;
            assert.ok(web);
            web.state = "stopped";
            await run.undo({ ...run.newRecord(), done: applied.done.slice(0, count), made: applied.made });
            assert.deepEqual([stateOf(account, WEB), filesOf(account, WEB)], ["running", NOW]);
        }));

    it("undo leaves a new volume alone that is at another server now, and puts the old one back", () =>
        withRestore(async (run, account) => {
            const applied = await run.apply(run.newRecord());
            const id = newVolume(applied);
            detach(account, id);
            const [, rescue] = account.servers;
            if (rescue) {
                rescue.volumes = [...rescue.volumes, { id, device: "xvdf", mounted: true }];
            }
            await run.undo(applied);
            assert.deepEqual(
                [stateOf(account, WEB), filesOf(account, WEB), rescue?.volumes.some((volume) => volume.id === id)],
                ["running", NOW, true],
            );
        }));

    it("forget keeps the new volume of an applied restore, also while it is detached", () =>
        withRestore(async (run, account) => {
            const record = run.newRecord();
            await run.store.create(record);
            const applied = await run.apply(record);
            detach(account, newVolume(applied));
            const { result } = await perform(
                "restore forget",
                (session) => forget(session, run.plan.request.id, { yes: true, takeOver: false }),
                account,
            );
            assert.deepEqual(result, { restore: run.plan.request.id, removed: [DATA], kept: [] });
        }));
});
