import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { readWindowCommand } from "../backup/windowCommand";
import { EXIT } from "../exitCodes";
import { Failure, failureOf, isDenial, PUT_BACK } from "../failure";
import type { Session } from "../session";
import type { Row } from "./row";

/**
 * Tries out the permissions of an operator, with requests that change nothing: DryRun of EC2 and of Lambda. A caller who only reads lacks
 * them, so that is a note.
 *
 * @param snapshotId a snapshot of the policy; undefined if there is none
 * @param types those whose windows have a command to read
 */
export async function permissionRows(session: Session, snapshotId: string | undefined, types: readonly string[]): Promise<Row[]> {
    const { clients, policy, abortSignal } = session;
    const { hold } = policy.settings;
    const options = { abortSignal };
    const onSnapshot =
        snapshotId === undefined
            ? [untried("ec2:CreateTags"), untried("ec2:DeleteTags")]
            : [
                  tried("ec2:CreateTags", "hold and adopt", () =>
                      clients.ec2.send(
                          new CreateTagsCommand({ DryRun: true, Resources: [snapshotId], Tags: [{ Key: hold, Value: "doctor" }] }),
                          options,
                      ),
                  ),
                  tried("ec2:DeleteTags", "release", () =>
                      clients.ec2.send(new DeleteTagsCommand({ DryRun: true, Resources: [snapshotId], Tags: [{ Key: hold }] }), options),
                  ),
              ];
    const onFunction = tried("lambda:InvokeFunction", "clean", () =>
        clients.lambda.send(new InvokeCommand({ FunctionName: policy.cleanerFunction, InvocationType: "DryRun" }), options),
    );
    return (await Promise.all([...onSnapshot, onFunction, taskRows(session, types)])).flat();
}

/** Reads the tasks of all windows, as a backup does. Systems Manager has no DryRun for the command itself. */
async function taskRows(session: Session, types: readonly string[]): Promise<Row[]> {
    const rows = (await Promise.all(types.map((type) => taskRow(session, type)))).filter((row) => row !== undefined);
    const denied = rows.find(({ check }) => check === "permissions");
    const faults = rows.filter(({ check }) => check !== "permissions");
    const sentence = "You can read the command that backup sends. Nobody can try out ssm:SendCommand without sending it.";
    const isRead = rows.length === 0 && types.length > 0;
    return [...(denied ? [denied] : []), ...(isRead ? [{ check: "permissions", result: "ok", sentence } as const] : []), ...faults];
}

/** Why the task of a window cannot be read; undefined if it can. */
async function taskRow(session: Session, type: string): Promise<Row | undefined> {
    try {
        await readWindowCommand(session, type);
        return undefined;
    } catch (error) {
        session.abortSignal.throwIfAborted();
        const { message, cure, permission } = failureOf(error);
        return permission === undefined
            ? {
                  check: "windows",
                  result: error instanceof Failure ? "problem" : "unknown",
                  sentence: message,
                  ...(cure !== undefined && { cure }),
              }
            : lacking(permission, "backup", cure);
    }
}

function lacking(permission: string, commands: string, cure: string | undefined): Row {
    return {
        check: "permissions",
        result: "note",
        sentence: `You do not have ${permission}, which ${commands} would need.`,
        ...(cure !== undefined && { cure }),
    };
}

async function untried(permission: string): Promise<Row> {
    return {
        check: "permissions",
        result: "note",
        sentence: `${permission} cannot be tried out, because the policy has no snapshot yet.`,
    };
}

async function tried(permission: string, commands: string, request: () => Promise<unknown>): Promise<Row> {
    const ok: Row = { check: "permissions", result: "ok", sentence: `You have ${permission}, for ${commands}.` };
    try {
        await request();
        return ok;
    } catch (error) {
        if ((error as Error).name === "DryRunOperation") {
            return ok;
        }
        if ((error as Error).name === "ResourceNotFoundException") {
            const sentence = "The function of the cleaner does not exist, so nothing is deleted.";
            return { check: "cleaner", result: "problem", sentence, cure: PUT_BACK };
        }
        const { message, cure, exitCode } = failureOf(error);
        if (exitCode === EXIT.interrupted) {
            throw error;
        }
        return isDenial(error)
            ? lacking(permission, commands, cure)
            : { check: "permissions", result: "unknown", sentence: `${permission} could not be tried out: ${message}` };
    }
}
