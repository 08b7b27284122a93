import assert from "node:assert/strict";
import { adopt } from "../../cli/commands/adopt";
import { backup } from "../../cli/commands/backup";
import { clean } from "../../cli/commands/clean";
import { hold, release } from "../../cli/commands/hold";
import { Failure } from "../../cli/failure";
import type { Outcome, Session } from "../../cli/session";
import { answerNormally } from "../../rehearsal/embeddedAws/exchange";
import { type Fault, lateConnectionReset, throttling } from "../support/faults";
import { atNow, busyAccount, FREE, HELD, snapshotsOf } from "./support/busyAccount";
import { perform } from "./support/session";

type Act = (session: Session) => Promise<Outcome>;

const LOOK = "To see if the set is held: vss-backup explain";
const LOG = "To see its reports: aws logs tail /vss-backup/prod/cleaner --since 1h";

/** Presses Ctrl-C when the nth request of an action has failed with a fault. Returns the error, and the number of these requests. */
async function interrupt(act: Act, action: string, fault: Fault, nth = 1) {
    const account = atNow(busyAccount());
    const before = snapshotsOf(account);
    const controller = new AbortController();
    let sent = 0;
    const faults = (call: { readonly action: string }): Fault | undefined => {
        sent += call.action === action ? 1 : 0;
        return call.action === action && sent >= nth ? fault : undefined;
    };
    const interrupted: Act = (session) => {
        const { ec2, ssm, lambda } = session.clients;
        const pressAfterFailure =
            <Args, Result>(next: (args: Args) => Promise<Result>) =>
            (args: Args): Promise<Result> =>
                next(args).catch((error: unknown) => {
                    controller.abort();
                    throw error;
                });
        const place = { step: "deserialize", priority: "high", name: "pressAfterFailure" } as const;
        ec2.middlewareStack.add(pressAfterFailure, place);
        ssm.middlewareStack.add(pressAfterFailure, place);
        lambda.middlewareStack.add(pressAfterFailure, place);
        return act(session);
    };
    const error = await perform("", interrupted, account, { faults, abortSignal: controller.signal, isChecked: false }).then(
        () => undefined,
        (failure: unknown) => failure,
    );
    return { error, sent, isUnchanged: JSON.stringify(before) === JSON.stringify(snapshotsOf(account)) };
}

const NOTHING = new Failure("The command was interrupted. Nothing was done.", undefined, 130);
const holding: Act = (session) => hold(session, FREE, { yes: true });
const releasing: Act = (session) => release(session, HELD, { yes: true });

describe("Ctrl-C while AWS throttles a request", () => {
    for (const [command, act, action, expected] of [
        ["backup", (session) => backup(session, { yes: true }), "SendCommand", NOTHING],
        ["hold", holding, "CreateTags", NOTHING],
        ["release", releasing, "DeleteTags", NOTHING],
        [
            "adopt",
            (session) => adopt(session, { yes: true, apply: true }),
            "CreateTags",
            new Failure(
                "The command was interrupted. 0 of 2 snapshots were tagged.",
                "To go on, run it again: vss-backup adopt --apply",
                130,
            ),
        ],
    ] as readonly (readonly [string, Act, string, Failure])[]) {
        it(`ends vss-backup ${command}, which sends it no more and says so`, async () => {
            assert.deepEqual(await interrupt(act, action, throttling), { error: expected, sent: 1, isUnchanged: true });
        });
    }

    it("ends vss-backup clean before the cleaner is started to delete", async () => {
        const result = await interrupt((session) => clean(session, { yes: true, apply: true }), "Invoke", throttling, 2);
        const failure = new Failure("The command was interrupted. The cleaner was not started, so nothing was deleted.", undefined, 130);
        assert.deepEqual(result, { error: failure, sent: 2, isUnchanged: true });
    });
});

describe("Ctrl-C after a lost response", () => {
    it("makes vss-backup hold say that the request may be done", async () => {
        assert.deepEqual(await interrupt(holding, "CreateTags", lateConnectionReset), {
            error: new Failure("The command was interrupted. AWS did not confirm the request, so it may be done.", `${LOOK} ${FREE}`, 130),
            sent: 1,
            isUnchanged: false,
        });
    });
});

describe("Ctrl-C during a request", () => {
    it("lets vss-backup hold end it", async () => {
        const account = busyAccount();
        const controller = new AbortController();
        const { result } = await perform("hold", holding, account, {
            abortSignal: controller.signal,
            faults: ({ action }) =>
                action === "CreateTags"
                    ? async (exchange) => {
                          controller.abort();
                          await answerNormally(exchange);
                      }
                    : undefined,
        });
        assert.deepEqual((result as { readonly held: boolean }).held, true);
        assert.equal(account.store.get(FREE)?.tags.get("VssBackupHold"), "");
    });

    it("makes vss-backup clean say that the cleaner goes on if it has started", async () => {
        const controller = new AbortController();
        let invocations = 0;
        const act = perform("clean", (session) => clean(session, { yes: true, apply: true }), atNow(busyAccount()), {
            abortSignal: controller.signal,
            faults: ({ action }) => {
                invocations += action === "Invoke" ? 1 : 0;
                return action === "Invoke" && invocations === 2 ? async () => controller.abort() : undefined;
            },
        });
        await assert.rejects(
            act,
            new Failure("The command was interrupted. If the cleaner has started, it goes on until its run ends.", LOG, 130),
        );
    });
});
