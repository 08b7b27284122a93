import type { Account } from "./account";
import type { DeployedWindow } from "./deployed";
import type { Server } from "./embeddedAws/ssm";
import { remember } from "./playedAws";

const MINUTE = 60_000;
const RUN_MS = 3 * MINUTE;

/** The outcome of one command on one server. */
export interface CommandOutcome {
    readonly server: Server;
    readonly time: number;
    readonly commandId: string;
    /** SSM's status at the end; undefined if SSM sent nothing. */
    readonly status?: string;
    /** The cause of a failure; empty if there is none. */
    readonly why: string;
}

/** Puts a command on one server into SSM's history: first in progress, and later with its outcome. */
export function recordInvocation({ aws, timeline }: Account, window: DeployedWindow, outcome: CommandOutcome): void {
    const { server, time, commandId, status, why } = outcome;
    if (status === undefined) {
        return;
    }
    const { document, comment, deliverySeconds } = window;
    const sent = { commandId, serverId: server.id, document, comment, requestedAt: time };
    const first = { ...sent, status: status === "DeliveryTimedOut" ? "Pending" : "InProgress", outputs: {} };
    remember(aws.invocations, first, ({ requestedAt }) => requestedAt);
    const output = why === "" ? "VSS snapshots were created." : `VSS snapshots failed.\nError: ${why}\n`;
    const last = { ...sent, status, outputs: status === "DeliveryTimedOut" ? {} : { runPowerShellScript: output } };
    timeline.at(time + (status === "DeliveryTimedOut" ? deliverySeconds * 1000 : RUN_MS), () => replace(aws.invocations, first, last));
}

/** Puts an execution of a window into SSM's history: first in progress, and later with its end. */
export function recordExecution(
    { aws, timeline }: Account,
    { id: windowId, duration }: DeployedWindow,
    time: number,
    refusal?: string,
): void {
    const id = `we-${aws.windowExecutions.length}-${windowId}-${time}`;
    const first = { id, windowId, startTime: time, status: "IN_PROGRESS" };
    remember(aws.windowExecutions, first, ({ startTime }) => startTime);
    const last = { ...first, status: refusal ? "FAILED" : "SUCCESS", ...(refusal && { details: refusal }) };
    timeline.at(time + (refusal ? MINUTE : (duration * 60 * MINUTE) / 2), () => replace(aws.windowExecutions, first, last));
}

function replace<T>(list: T[], first: T, last: T): void {
    const place = list.indexOf(first);
    if (place >= 0) {
        list[place] = last;
    }
}
