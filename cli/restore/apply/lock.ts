import { hostname, userInfo } from "node:os";
import { DeleteParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { RECORDS_PATH } from "../../../lambda/deployedPolicy";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { iso } from "../../output/times";
import { parametersBelow } from "../../parameters";
import { type Session, unstoppable } from "../../session";
import { isTest, MOST_TEST_MS } from "../plan/testId";

/** Who works on a server or restores from a set, and since when. */
interface Holder {
    readonly restore: string;
    readonly by: string;
    readonly since: string;
    /** Tells apart two runs of one person. */
    readonly run: string;
}

/**
 * Runs something while nobody else works on these servers, or restores from this set. Of the requests of Parameter Store, only one that
 * creates a parameter is atomic.
 *
 * @param subjects the ids of servers, and of a snapshot for its set
 * @param takesOver replaces the locks of others: after a crash, a lock stays
 * @throws Failure if somebody else has a lock
 */
export async function withLocks<T>(
    session: Session,
    {
        restore,
        subjects,
        takesOver,
        run,
    }: { readonly restore: string; readonly subjects: readonly string[]; readonly takesOver: boolean; readonly run: string },
    act: () => Promise<T>,
): Promise<T> {
    const holder: Holder = { restore, by: `${userInfo().username}@${hostname()}`, since: iso(Date.now()), run };
    const locked: string[] = [];
    try {
        for (const subject of subjects) {
            await lock(session, subject, holder, takesOver);
            locked.push(subject);
        }
        return await act();
    } finally {
        // The lock must go, also after Ctrl-C.
        const whole = session.abortSignal.aborted ? unstoppable(session) : session;
        for (const subject of locked) {
            await unlock(whole, subject, holder);
        }
    }
}

async function lock(session: Session, subject: string, holder: Holder, takesOver: boolean): Promise<void> {
    const { clients } = session;
    const request = { Name: nameOf(session, subject), Value: JSON.stringify(holder), Type: "String" } as const;
    try {
        await clients.ssm.send(new PutParameterCommand({ ...request, Overwrite: takesOver }));
    } catch (error) {
        if ((error as Error).name !== "ParameterAlreadyExists") {
            throw error;
        }
        const other = await holderOf(session, subject);
        // A response can be lost after the lock was made, and then the SDK asks again.
        if (other?.run === holder.run) {
            return;
        }
        if (!isLeftByTest(other)) {
            throw new Failure(
                `${other?.by ?? "Somebody"} works on ${subject} since ${other?.since ?? "an unknown time"}, with the restore ${other?.restore ?? "of an unknown id"}.`,
                "Wait until it has ended. If that run has crashed, add --take-over.",
                EXIT.refused,
            );
        }
        await clients.ssm.send(new PutParameterCommand({ ...request, Overwrite: true }));
    }
}

/** Whether the holder is a restore test that must have crashed, since each test ends within hours. So the next scheduled one can run. */
function isLeftByTest(holder: Holder | undefined): boolean {
    return holder !== undefined && isTest(holder.restore) && Date.now() - Date.parse(holder.since) > 2 * MOST_TEST_MS;
}

/** Removes the locks of restore tests that have crashed before they had a record, or after it was removed. */
export async function removeTestLocks({ clients, policy }: Session): Promise<void> {
    for await (const { Name, Value } of parametersBelow(clients.ssm, pathOf(policy.settings.name))) {
        if (isTest(read(Value)?.restore ?? "")) {
            await clients.ssm.send(new DeleteParameterCommand({ Name }));
        }
    }
}

/** Removes a lock, unless somebody else has taken it over. If this fails, the next one takes it over. */
async function unlock(session: Session, subject: string, holder: Holder): Promise<void> {
    try {
        if ((await holderOf(session, subject))?.run === holder.run) {
            await session.clients.ssm.send(new DeleteParameterCommand({ Name: nameOf(session, subject) }));
        }
    } catch {
        session.screen.progress(`The lock of ${subject} is still there. Add --take-over the next time.`);
    }
}

async function holderOf(session: Session, subject: string): Promise<Holder | undefined> {
    for await (const { Name, Value } of parametersBelow(session.clients.ssm, pathOf(session.policy.settings.name))) {
        if (Name === nameOf(session, subject)) {
            return read(Value);
        }
    }
    return undefined;
}

function read(value = ""): Holder | undefined {
    try {
        return JSON.parse(value) as Holder;
    } catch {
        return undefined;
    }
}

function pathOf(policy: string): string {
    return `${RECORDS_PATH}/${policy}/restore-locks`;
}

function nameOf({ policy }: Session, subject: string): string {
    return `${pathOf(policy.settings.name)}/${subject}`;
}
