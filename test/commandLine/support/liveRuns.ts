import type { AwsOptions } from "../../../rehearsal/embeddedAws/aws";
import { answerNormally } from "../../../rehearsal/embeddedAws/exchange";
import { type Mishap, runVssDocument } from "../../../rehearsal/embeddedAws/ssm";
import type { SentCommand, StoredRun } from "../../../rehearsal/embeddedAws/state";
import { Timeline } from "../../../rehearsal/timeline";
import { NOW, type TestAccount } from "./account";

const MINUTE = 60_000;

/** How the runs of a command go. */
export interface RunOptions {
    /** What goes wrong on a server, by its id. */
    readonly mishaps?: Readonly<Record<string, Mishap>>;
    /** Minutes until EC2 has copied the snapshots. */
    readonly copyMinutes?: number;
}

/** Makes an account that runs the commands that somebody sends. Each listing of their runs moves its clock by a minute. */
export function withRuns(
    account: TestAccount,
    { mishaps = {}, copyMinutes = 5 }: RunOptions = {},
): { readonly state: TestAccount; readonly aws: AwsOptions } {
    const timeline = new Timeline();
    let time = NOW;
    const run = ({ server, document, parameters }: SentCommand): StoredRun => {
        const setId = `00000000-0000-4000-8000-${server.id.slice(-12)}`;
        const command = { document, parameters, server, time, mishap: mishaps[server.id], setId, completeAfterMs: copyMinutes * MINUTE };
        const { status, why = "" } = runVssDocument(command, account.store, timeline);
        const end = time + 2 * MINUTE;
        return {
            get status() {
                return time < end ? "InProgress" : status;
            },
            get outputs() {
                return time < end ? {} : { CreateVssSnapshot: `VSS started.\n${why}\n` };
            },
        };
    };
    const faults: AwsOptions["faults"] = ({ action }) =>
        action === "ListCommandInvocations"
            ? async (exchange) => {
                  time += MINUTE;
                  await timeline.play(time + 1);
                  await answerNormally(exchange);
              }
            : undefined;
    return { state: { ...account, now: () => time, run }, aws: { faults } };
}
