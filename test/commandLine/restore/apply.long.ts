import assert from "node:assert/strict";
import { DATA, filesOf, RESCUE, ROOT, restoreAccount, stateOf, WEB, withBackups } from "./support/restoreAccount";
import { asUser } from "./support/user";

const NOW_FILES = { "/dev/sda1": "now", xvdd: "now" };

describe("vss-backup restore", () => {
    it("replaces data volumes in place, undoes it, and forgets what is left", async () => {
        const { state, aws } = withBackups(restoreAccount());
        await asUser(state, aws, async ({ run, plan, file, restoreId }) => {
            await plan("web01", "--mode", "volumes");
            assert.deepEqual(filesOf(state, WEB), NOW_FILES);
            await run(0, "apply", file, "--yes");
            assert.deepEqual([filesOf(state, WEB), stateOf(state, WEB)], [{ "/dev/sda1": "now", xvdd: "then" }, "running"]);
            await run(0, "undo", restoreId(), "--yes");
            assert.deepEqual([filesOf(state, WEB), stateOf(state, WEB)], [NOW_FILES, "running"]);
            await run(0, "forget", restoreId(), "--yes");
            assert.deepEqual(
                [...state.store.volumes].filter((id) => state.store.volumes.get(id)?.state !== "deleting" && id.endsWith("1")),
                [ROOT, DATA],
            );
            assert.deepEqual([...state.parameters.keys()], ["/vss-backup/prod/settings"]);
        });
    });

    it("replaces the root volume", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, plan, file, restoreId }) => {
            await plan("web01", "--mode", "root", "--no-backup");
            await run(0, "apply", file, "--yes");
            assert.deepEqual(filesOf(account, WEB), { "/dev/sda1": "then", xvdd: "now" });
            await run(0, "undo", restoreId(), "--yes");
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [NOW_FILES, "running"]);
        });
    });

    it("attaches new volumes to a rescue server", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, plan, file }) => {
            await plan(WEB, "--mode", "attach", "--to", "rescue01");
            await run(0, "apply", file, "--yes");
            const { xvdf, xvdg } = filesOf(account, RESCUE);
            assert.deepEqual([xvdf, xvdg, filesOf(account, WEB)], ["then", "then", NOW_FILES]);
        });
    });

    it("makes a copy of a server beside it", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, plan, file, restoreId }) => {
            await plan("web01", "--mode", "server", "--security-group", "sg-0123456789abcdef0");
            const { stdout } = await run(0, "apply", file, "--yes", "--json");
            const { made } = (JSON.parse(stdout) as { result: { made: Record<string, string> } }).result;
            assert.deepEqual(filesOf(account, made.run ?? ""), { "/dev/sda1": "then", xvdd: "then" });
            assert.deepEqual(filesOf(account, WEB), NOW_FILES);
            await run(0, "undo", restoreId(), "--yes");
            assert.deepEqual([stateOf(account, made.run ?? ""), stateOf(account, WEB)], ["stopped", "running"]);
            await run(0, "forget", restoreId(), "--yes");
            assert.equal(stateOf(account, made.run ?? ""), "terminated");
            assert.deepEqual(
                [ROOT, DATA].filter((id) => !account.store.volumes.has(id)),
                [],
            );
        });
    });
});
