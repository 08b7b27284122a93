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
export function lookAsOperator(account: Account, endpoint: string): Promise<Shown> {
    return asOperator(account, endpoint, async (session) => ({
        status: (await status(session)).text,
        points: (await points(session, undefined)).text,
    }));
}

/**
 * Works with the command line as an administrator, without a terminal, at the present virtual time. What waits takes no time.
 *
 * @param endpoint of the embedded AWS
 */
export async function asOperator<T>(
    { deployment, timeline }: Pick<Account, "deployment" | "timeline">,
    endpoint: string,
    act: (session: Session) => Promise<T>,
): Promise<T> {
    const { region } = deployment;
    const given = { endpoint, credentials: { accessKeyId: OPERATOR, secretAccessKey: "rehearsal" } };
    const abortSignal = new AbortController().signal;
    const clientsWith = (signal: AbortSignal) => makeClients({ region }, signal, given);
    const clients = clientsWith(abortSignal);
    const { now } = timeline;
    let waited = 0;
    const clock = {
        now: () => now + waited,
        pause: async (ms: number) => {
            waited += ms;
        },
    };
    try {
        const policy = await findPolicy(clients, undefined, abortSignal);
        const screen = { columns: 80, isColored: false, isInteractive: false, tell: () => {}, progress: () => {}, clear: () => {} };
        return await act({ policy, clients, clientsWith, region, now, abortSignal, screen, clock, choice: {} });
    } finally {
        for (const client of Object.values(clients)) {
            client.destroy();
        }
    }
}
