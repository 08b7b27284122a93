import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AwsOptions } from "../../../rehearsal/embeddedAws/aws";
import type { AwsCall } from "../../../rehearsal/embeddedAws/call";
import { startVssBackup, withEmbeddedAws } from "../support/vssBackup";
import { DATA, filesOf, RESCUE, type RestoreAccount, ROOT, restoreAccount, stateOf, WEB, withBackups } from "./support/restoreAccount";

/** A user who runs one command after the other. */
interface User {
    /** Runs a command that must end with this code. Returns its output. */
    run(code: number, ...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
    readonly calls: readonly AwsCall[];
    readonly file: string;
    restoreId(): string;
}

function asUser(account: RestoreAccount, aws: AwsOptions, act: (user: User) => Promise<void>): Promise<void> {
    return withEmbeddedAws(account, aws, async ({ endpoint, calls }) => {
        const folder = mkdtempSync(join(tmpdir(), "vss-backup-plan-"));
        const file = join(folder, "plan.json");
        const run = async (code: number, ...args: readonly string[]) => {
            const { status, stdout, stderr } = await startVssBackup(["restore", ...args], endpoint);
            assert.equal(status, code, `${args.join(" ")}: ${stdout}${stderr}`);
            return { stdout, stderr };
        };
        const restoreId = () => (JSON.parse(readFileSync(file, "utf8")) as { request: { id: string } }).request.id;
        try {
            await act({ run, calls, file, restoreId });
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });
}

const NOW_FILES = { "/dev/sda1": "now", xvdd: "now" };

describe("vss-backup restore", () => {
    it("replaces data volumes in place, undoes it, and forgets what is left", async () => {
        const { state, aws } = withBackups(restoreAccount());
        await asUser(state, aws, async ({ run, file, restoreId }) => {
            await run(0, "plan", "web01", "--mode", "volumes", "--out", file);
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
        await asUser(account, {}, async ({ run, file, restoreId }) => {
            await run(0, "plan", "web01", "--mode", "root", "--no-backup", "--out", file);
            await run(0, "apply", file, "--yes");
            assert.deepEqual(filesOf(account, WEB), { "/dev/sda1": "then", xvdd: "now" });
            await run(0, "undo", restoreId(), "--yes");
            assert.deepEqual([filesOf(account, WEB), stateOf(account, WEB)], [NOW_FILES, "running"]);
        });
    });

    it("attaches new volumes to a rescue server", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, file }) => {
            await run(0, "plan", WEB, "--mode", "attach", "--to", "rescue01", "--out", file);
            await run(0, "apply", file, "--yes");
            const { xvdf, xvdg } = filesOf(account, RESCUE);
            assert.deepEqual([xvdf, xvdg, filesOf(account, WEB)], ["then", "then", NOW_FILES]);
        });
    });

    it("makes a copy of a server beside it", async () => {
        const account = restoreAccount();
        await asUser(account, {}, async ({ run, file, restoreId }) => {
            await run(0, "plan", "web01", "--mode", "server", "--security-group", "sg-0123456789abcdef0", "--out", file);
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
