import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AwsOptions } from "../../../../rehearsal/embeddedAws/aws";
import type { AwsCall } from "../../../../rehearsal/embeddedAws/call";
import { changes, startVssBackup, withEmbeddedAws } from "../../support/vssBackup";
import type { RestoreAccount } from "./restoreAccount";

interface Output {
    readonly stdout: string;
    readonly stderr: string;
}

/** A user who runs one command of `restore` after the other. */
export interface User {
    /** Runs a command that must end with this code; null for one that is killed. */
    run(code: number | null, ...args: readonly string[]): Promise<Output>;
    /** Makes a plan and saves it in the file. */
    plan(...args: readonly string[]): Promise<Output>;
    readonly calls: readonly AwsCall[];
    /** The actions so far that change something, after so many calls, without retries: a busy machine can lose a connection. */
    changes(after?: number): string[];
    readonly file: string;
    /** The id of the plan in the file. */
    restoreId(): string;
    /** The process that runs now. */
    child(): ChildProcess | undefined;
}

/** Lets a user work in an account. */
export function asUser(account: RestoreAccount, aws: AwsOptions, act: (user: User) => Promise<void>): Promise<void> {
    return withEmbeddedAws(account, aws, async ({ endpoint, calls }) => {
        const folder = mkdtempSync(join(tmpdir(), "vss-backup-plan-"));
        const file = join(folder, "plan.json");
        let child: ChildProcess | undefined;
        const onStart = (started: ChildProcess) => {
            child = started;
        };
        const run = async (code: number | null, ...args: readonly string[]) => {
            const { status, stdout, stderr } = await startVssBackup(["restore", ...args], endpoint, { onStart });
            assert.equal(status, code, `${args.join(" ")}: ${stdout}${stderr}`);
            return { stdout, stderr };
        };
        const plan = (...args: readonly string[]) => run(0, "plan", ...args, "--out", file);
        const restoreId = () => (JSON.parse(readFileSync(file, "utf8")) as { request: { id: string } }).request.id;
        try {
            const changesAfter = (after = 0) => changes(calls.slice(after).filter(({ attempt }) => attempt === 1));
            await act({ run, plan, calls, changes: changesAfter, file, restoreId, child: () => child });
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });
}
