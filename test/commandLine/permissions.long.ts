import assert from "node:assert/strict";
import type { EmbeddedIam } from "../../rehearsal/embeddedAws/iam";
import { busyAccount, snapshotsOf } from "./support/busyAccount";
import { withRuns } from "./support/liveRuns";
import { ACTING, LOOKING } from "./support/permissionTable";
import { vssBackup } from "./support/vssBackup";

/** An IAM that denies one permission, and remembers all for which it was asked. */
function iamWithout(denied?: string): { readonly iam: EmbeddedIam; readonly asked: Set<string> } {
    const asked = new Set<string>();
    const iam: EmbeddedIam = {
        accessKey: () => "",
        refusal: async ({ action, resource }) => {
            asked.add(action);
            return action === denied
                ? `User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
                : undefined;
        },
    };
    return { iam, asked };
}

/** Runs a command that IAM may deny one permission. */
async function runWithout(args: readonly string[], denied?: string) {
    const { state, aws } = withRuns(busyAccount());
    const before = snapshotsOf(state);
    const { iam, asked } = iamWithout(denied);
    const printed = await vssBackup([...args, "--json"], state, { aws: { ...aws, iam } });
    return { ...printed, document: JSON.parse(printed.stdout) as object, asked, isUnchanged: isSame(before, snapshotsOf(state)) };
}

function isSame(a: unknown, b: unknown): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}

describe("The permissions of the command line", () => {
    for (const { args, permissions } of [...LOOKING, ...ACTING]) {
        it(`vss-backup ${args.join(" ")} needs these, and no others`, async () => {
            const { asked } = await runWithout(args);
            assert.deepEqual([...asked].sort(), [...permissions].sort());
        });
    }

    // Status and doctor show the rest if a permission is missing. Plan and explain need those of points.
    for (const { args, permissions } of [...LOOKING.slice(2, 3), ...ACTING]) {
        for (const permission of permissions) {
            it(`vss-backup ${args.join(" ")} names ${permission} if it is missing, and changes no snapshot`, async () => {
                const { status, document, isUnchanged } = await runWithout(args, permission);
                // A backup that nobody can follow goes on.
                const goesOn = permission === "ssm:ListCommandInvocations";
                const { error, ...head } = document as { error: { message: string; permission: string; cure: string } };
                assert.deepEqual(
                    [status, head, error.message, error.permission, error.cure.includes("The backup goes on"), isUnchanged],
                    [
                        1,
                        { version: 1, exitCode: 1 },
                        `AWS denied a request: the permission ${permission} is missing.`,
                        permission,
                        goesOn,
                        !goesOn,
                    ],
                );
            });
        }
    }
});
