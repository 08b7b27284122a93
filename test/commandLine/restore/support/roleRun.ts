import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan } from "../../../../cli/commands/restore/apply";
import { forget } from "../../../../cli/commands/restore/forget";
import { planRestore } from "../../../../cli/commands/restore/plan";
import { restoreStatus } from "../../../../cli/commands/restore/status";
import { undo } from "../../../../cli/commands/restore/undo";
import { failureOf } from "../../../../cli/failure";
import type { Outcome, Session } from "../../../../cli/session";
import type { Role } from "../../support/roles";
import { perform } from "../../support/session";
import { type RestoreAccount, WEB, withBackups } from "./restoreAccount";
import type { RestoreMode } from "./restoreModes";

export const CONFIRMED = { yes: true, takeOver: false };

/** Performs a command of `vss-backup`. */
type Command = (act: (session: Session) => Promise<Outcome>) => Promise<Outcome>;

/** Lets a role use one command after the other in an account. */
export function commandsOf(account: RestoreAccount, { iam, accessKeyId }: Role): Command {
    const { state, aws } = withBackups(account);
    return (act) => perform("any", act, state, { ...aws, iam, accessKeyId, isChecked: false });
}

/** Plans a restore and applies it. Returns its id, and its findings. */
export async function apply(
    command: Command,
    options: RestoreMode["options"],
): Promise<{ readonly id: string; readonly findings: string }> {
    const folder = mkdtempSync(join(tmpdir(), "vss-backup-plan-"));
    const out = join(folder, "plan.json");
    try {
        await command((session) => planRestore(session, WEB, { ...options, out }));
        const { result } = await command((session) => applyPlan(session, out, CONFIRMED));
        const { restore, findings } = result as { readonly restore: string; readonly findings: readonly string[] };
        return { id: restore, findings: findings.join(" ") };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** Carries out a restore, shows it, undoes it, and forgets it. Returns its fault, as the user sees it; empty without a fault. */
export async function restore(role: Role, { options }: RestoreMode, account: RestoreAccount): Promise<string> {
    const command = commandsOf(account, role);
    const run = async () => {
        const { id, findings } = await apply(command, options);
        await command((session) => restoreStatus(session, id));
        await command((session) => undo(session, id, CONFIRMED));
        await command((session) => forget(session, id, CONFIRMED));
        return findings;
    };
    return run().catch((error: unknown) => failureOf(error).message);
}
