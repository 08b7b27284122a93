import { makeClients } from "../cli/clients";
import { points } from "../cli/commands/points";
import { status } from "../cli/commands/status";
import { findPolicy } from "../cli/policies";
import type { Session } from "../cli/session";
import type { Account } from "./account";

/** The output of the command line in the account of a rehearsal. */
export interface Shown {
    /** `vss-backup status` */
    readonly status: string;
    /** `vss-backup points` */
    readonly points: string;
}

/** The access key of a user of the account. */
const OPERATOR = "AKIAOPERATOR";

/**
 * Runs commands of the command line, as an administrator, at the present virtual time.
 *
 * @param endpoint of the embedded AWS
 */
export async function lookAsOperator({ deployment, timeline }: Account, endpoint: string): Promise<Shown> {
    const { region } = deployment;
    const given = { endpoint, credentials: { accessKeyId: OPERATOR, secretAccessKey: "rehearsal" } };
    const abortSignal = new AbortController().signal;
    const clients = makeClients({ region }, abortSignal, given);
    try {
        const policy = await findPolicy(clients, undefined, abortSignal);
        const screen = { columns: 80, isColored: false, isInteractive: false, progress: () => {}, clear: () => {} };
        const session: Session = { policy, clients, region, now: timeline.now, abortSignal, screen, choice: {} };
        return { status: (await status(session)).text, points: (await points(session, undefined)).text };
    } finally {
        for (const client of Object.values(clients)) {
            client.destroy();
        }
    }
}
