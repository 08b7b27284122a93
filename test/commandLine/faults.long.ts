import assert from "node:assert/strict";
import {
    answerAsProxy,
    connectionReset,
    emptyResponse,
    type Fault,
    halfBody,
    internalError,
    lateConnectionReset,
    playAlways,
    playInOrder,
    throttling,
    unavailability,
} from "../support/faults";
import { busyAccount, snapshotsOf } from "./support/busyAccount";
import { withRuns } from "./support/liveRuns";
import { ACTING, LOOKING } from "./support/permissionTable";
import { vssBackup } from "./support/vssBackup";

/** Runs a command with a fault in each call of one action. */
async function runWith(args: readonly string[], action = "", fault?: Fault, isLasting = false) {
    const { state, aws } = withRuns(busyAccount());
    const disturbed = fault && (isLasting ? playAlways(fault) : playInOrder(fault));
    const run = await vssBackup([...args, "--json"], state, {
        env: { RUNNING_CLOCK: "true" },
        aws: { ...aws, faults: (call) => (call.action === action && disturbed?.(call)) || aws.faults?.(call) },
    });
    // Retries take time, by which the clock goes on.
    const stdout = run.stdout.replace(/2027-03-05T07:[\d:.]+Z/g, "now");
    return { ...run, stdout, snapshots: snapshotsOf(state) };
}

/** The actions of the permissions of a command. */
function actionsOf(permissions: readonly string[]): string[] {
    return permissions.map((permission) => permission.replace(/^\w+:/, "").replace("InvokeFunction", "Invoke"));
}

const PASSING: Readonly<Record<string, Fault>> = {
    throttling,
    "an internal error": internalError,
    "an unavailable service": unavailability,
    "a broken connection": connectionReset,
};

const LASTING: Readonly<Record<string, Fault>> = {
    "a proxy's page": answerAsProxy(403),
    "half of a response": halfBody,
    "an empty response": emptyResponse,
};

/** Every fault takes half an hour. So each action has one after the other, unless the environment wants all. */
const ALL = process.env.FAULTS === "all";

let turn = 0;

function chosen(faults: Readonly<Record<string, Fault>>): [string, Fault][] {
    const entries = Object.entries(faults);
    turn += 1;
    return ALL ? entries : [entries[turn % entries.length] as [string, Fault]];
}

describe("Faults of AWS", () => {
    for (const [what, fault] of Object.entries({ ...PASSING, "a lost response": lateConnectionReset, ...LASTING }).slice(1)) {
        it(`${what} in SendCommand never makes vss-backup send a command twice`, async () => {
            const { status, stdout, calls } = await runWith(["backup", "--yes"], "SendCommand", fault);
            const { error } = JSON.parse(stdout) as { error: { message: string; cure: string } };
            assert.deepEqual(
                [status, error.message.split(": ")[0], error.cure, calls.filter(({ action }) => action === "SendCommand").length],
                [
                    1,
                    "Systems Manager did not confirm the command, so the backup may run",
                    "Look before you send it again: aws ssm list-commands --max-items 1",
                    1,
                ],
            );
        });
    }

    // The other looking commands send requests that the acting ones send, too.
    for (const { args, permissions } of [...(ALL ? LOOKING : LOOKING.slice(0, 1)), ...ACTING]) {
        describe(`in vss-backup ${args.join(" ")}`, () => {
            let good: Awaited<ReturnType<typeof runWith>>;

            before(async () => {
                good = await runWith(args);
            });

            for (const action of actionsOf(permissions)) {
                for (const [what, fault] of chosen(action === "SendCommand" ? { throttling } : PASSING)) {
                    it(`${what} in ${action} changes nothing in the result`, async () => {
                        const { status, stdout, snapshots } = await runWith(args, action, fault);
                        assert.deepEqual([status, stdout, snapshots], [good.status, good.stdout, good.snapshots]);
                    });
                }
            }
        });
    }

    const seen = new Set<string>();
    for (const { args, permissions } of [...LOOKING, ...ACTING]) {
        // EC2's response to a change of tags has nothing that the SDK reads.
        for (const action of actionsOf(permissions).filter((one) => !one.endsWith("Tags") && (ALL || !seen.has(one)))) {
            seen.add(action);
            for (const [what, fault] of chosen(LASTING)) {
                it(`${what} in each ${action} never makes vss-backup ${args.join(" ")} exit with 0`, async () => {
                    const { status, stdout } = await runWith(args, action, fault, true);
                    const { exitCode, error } = JSON.parse(stdout) as { exitCode: number; error?: { message: string } };
                    assert.deepEqual([status === 0, exitCode, error?.message === ""], [false, status, false]);
                });
            }
        }
    }
});
