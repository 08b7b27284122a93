import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import type { BackupSet } from "../../lambda/retention/backupSets";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { counted } from "../../lambda/retention/wording";
import { plain } from "../../lambda/watch/plainText";
import type { Server } from "../../lambda/watch/signals";
import { backupsOf, serversLabel } from "../account";
import { type ActingOptions, confirm } from "../confirmation";
import { EXIT } from "../exitCodes";
import { Failure } from "../failure";
import { whole } from "../interruption";
import { listBackups } from "../listing";
import { commandLines } from "../output/findings";
import { lines } from "../output/table";
import { clock, iso } from "../output/times";
import { wordOf } from "../serverLabel";
import type { Outcome, Session } from "../session";
import { listedServers } from "../sets";
import { withChoice } from "../userCommands";

interface HoldOptions extends ActingOptions {
    /** The value of the tag. */
    readonly reason?: string;
}

/** A backup set, and the servers of its volumes; none if no server has them any more. */
interface FoundSet {
    readonly set: BackupSet;
    readonly servers: readonly Server[];
}

/** Puts the hold tag on all snapshots of a set with one request, so that it is never half held. */
export async function hold(session: Session, snapshotId: string, options: HoldOptions): Promise<Outcome> {
    const { policy, clients } = session;
    const key = policy.settings.hold;
    const found = await findSet(session, snapshotId);
    const name = describe(session, found);
    const missing = found.set.snapshots.filter((snapshot) => holdKeys(snapshot, key).length === 0);
    if (missing.length === 0) {
        return outcome(session, found, { isHeld: true, changed: [] }, [
            `The ${name}, is held already. Nothing was done.`,
            ...(options.reason === undefined
                ? []
                : [`The reason stays as it is. To change it, first release the set: vss-backup release ${snapshotId}`]),
        ]);
    }
    const { length: all } = found.set.snapshots;
    const on = missing.length === all ? "" : `${missing.length} of the ${all} snapshots of `;
    const sentences = [`Put the tag ${key} on ${on}the ${name}. The cleaner will not delete it.`];
    await confirm(session, { sentences, word: wordFor(session, found) }, options);
    const changed = missing.map(({ id }) => id);
    const tags = [{ Key: key, Value: options.reason ?? "" }];
    await whole(clients.ec2.send(new CreateTagsCommand({ Resources: changed, Tags: tags })), lookAt(snapshotId));
    return outcome(session, found, { isHeld: true, changed }, [`Held: the ${name}.`, `To end it: vss-backup release ${snapshotId}`]);
}

/** Removes the hold tag, in any letter case, from all snapshots of a set with one request. */
export async function release(session: Session, snapshotId: string, options: ActingOptions): Promise<Outcome> {
    const { policy, clients } = session;
    const found = await findSet(session, snapshotId);
    const name = describe(session, found);
    const held = found.set.snapshots.filter((snapshot) => holdKeys(snapshot, policy.settings.hold).length > 0);
    if (held.length === 0) {
        return outcome(session, found, { isHeld: false, changed: [] }, [`The ${name}, is not held. Nothing was done.`]);
    }
    const keys = [...new Set(held.flatMap((snapshot) => holdKeys(snapshot, policy.settings.hold)))];
    const sentences = [`Remove the tag ${keys.map(plain).join(", ")} from the ${name}. The cleaner may then delete it.`];
    await confirm(session, { sentences, word: wordFor(session, found) }, options);
    const changed = held.map(({ id }) => id);
    const request = new DeleteTagsCommand({ Resources: changed, Tags: keys.map((Key) => ({ Key })) });
    await whole(clients.ec2.send(request), lookAt(snapshotId));
    return outcome(session, found, { isHeld: false, changed }, [`Released: the ${name}.`]);
}

/** How to see if a set is held. */
function lookAt(snapshotId: string): string {
    return `To see if the set is held: vss-backup explain ${snapshotId}`;
}

/** The keys of a snapshot that hold it. Their letter case does not matter to the cleaner. */
function holdKeys({ tags }: Snapshot, hold: string): string[] {
    return Object.keys(tags).filter((key) => key.toLowerCase() === hold.toLowerCase());
}

async function findSet(session: Session, snapshotId: string): Promise<FoundSet> {
    const { name } = session.policy.settings;
    const { servers, snapshots } = await listBackups(session);
    const backups = backupsOf(session, servers, snapshots);
    const set = backups.sets.find((one) => one.snapshots.some(({ id }) => id === snapshotId));
    if (!set) {
        throw new Failure(`Policy ${name} has no snapshot ${snapshotId}.`, "To list the snapshots: vss-backup points --json", EXIT.usage);
    }
    return { set, servers: backups.serversOf(set) };
}

function describe({ policy: { settings } }: Session, { set, servers }: FoundSet): string {
    const count = counted(set.snapshots.length, "snapshot");
    const time = Number.isNaN(set.startTime) ? "an unknown time" : clock(set.startTime, settings.timezone);
    return `${plain(set.type ?? "untyped")} set of ${time}, ${serversLabel(servers)}, ${count}`;
}

/** The word that confirms the action: that of the only server, or else the name of the policy. */
function wordFor({ policy }: Session, { servers: [only, ...others] }: FoundSet): string {
    return only !== undefined && others.length === 0 ? wordOf(only) : policy.settings.name;
}

function outcome(
    { screen, choice }: Session,
    { set, servers }: FoundSet,
    done: { readonly isHeld: boolean; readonly changed: readonly string[] },
    text: string[],
): Outcome {
    return {
        exitCode: EXIT.done,
        result: {
            ...listedServers(servers),
            ...(set.type !== undefined && { type: set.type }),
            ...(!Number.isNaN(set.startTime) && { time: iso(set.startTime) }),
            snapshots: set.snapshots.map(({ id }) => id),
            held: done.isHeld,
            changed: done.changed,
        },
        text: lines(text.flatMap((line) => commandLines(withChoice(line, choice), screen.columns))),
    };
}
