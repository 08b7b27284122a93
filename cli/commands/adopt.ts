import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { listSnapshotsWithTag } from "../../lambda/cleaner/listing";
import type { BackupSet } from "../../lambda/retention/backupSets";
import { planCleaning } from "../../lambda/retention/plan";
import type { SizedSnapshot } from "../../lambda/retention/snapshot";
import { POLICY_TAG, SET_TAG, TYPE_TAG } from "../../lambda/retention/tags";
import { listServers } from "../../lambda/watch/reading/servers";
import { backupsOf, serverLabel } from "../account";
import { candidatesIn } from "../adopt/candidates";
import { type ActingOptions, confirm } from "../confirmation";
import { EXIT } from "../exitCodes";
import { lines, writeTable } from "../output/table";
import { clock, iso } from "../output/times";
import type { Outcome, Session } from "../session";

/** EC2 tags up to 1,000 resources in one request. */
const RESOURCES = 1000;

interface AdoptOptions extends ActingOptions {
    /** Tag the snapshots. Without it, nothing is changed. */
    readonly apply: boolean;
}

/** Finds the sets that somebody made by hand, shows them, and tags them as the policy's. */
export async function adopt(session: Session, options: AdoptOptions): Promise<Outcome> {
    const { policy, clients, abortSignal } = session;
    const [servers, listed] = await Promise.all([
        listServers(clients.ec2, abortSignal),
        listSnapshotsWithTag(clients.ec2, [TYPE_TAG, SET_TAG], abortSignal),
    ]);
    const { name } = policy.settings;
    const candidates = candidatesIn(session, servers, listed);
    const adopted = candidates.filter(({ refusal }) => refusal === undefined).map(({ set }) => set);
    const { serverOf } = backupsOf(session, servers, []);
    const shown = candidates.map((candidate) => ({ ...candidate, server: serverOf(candidate.set) }));
    const doomed = deletedAfter(session, listed, adopted);
    if (options.apply && adopted.length > 0) {
        const snapshots = adopted.flatMap((set) => set.snapshots).length;
        const sentences = [
            `Tag ${snapshots} snapshots of ${adopted.length} sets as those of policy ${name}. The next run of the cleaner then deletes ${doomed.length} snapshots.`,
        ];
        await confirm(session, { sentences, word: name }, options);
        await tag(session, adopted);
    }
    const isApplied = options.apply && adopted.length > 0;
    const rows = shown.map(({ set, server, refusal }) => [
        timeOf(session, set),
        set.type ?? "",
        serverLabel(server),
        String(set.snapshots.length),
        refusal === undefined ? (isApplied ? "adopted" : "can be adopted") : `refused: ${refusal}`,
    ]);
    return {
        exitCode: options.apply && adopted.length < candidates.length ? EXIT.partly : EXIT.done,
        result: {
            applied: isApplied,
            sets: shown.map(({ set, server, refusal }) => ({
                ...(server && { server: server.id, name: server.name }),
                ...(set.type !== undefined && { type: set.type }),
                ...(!Number.isNaN(set.startTime) && { time: iso(set.startTime) }),
                snapshots: set.snapshots.map(({ id }) => id),
                ...(refusal !== undefined && { refusal }),
            })),
            deletedByNextRun: doomed,
        },
        text:
            rows.length === 0
                ? lines([`There are no snapshots with the tag ${TYPE_TAG} and without the tag ${POLICY_TAG}.`])
                : [
                      writeTable(["Time", "Type", "Server", "Snapshots", "Result"], rows, session.screen.columns),
                      lines(["", `The next run of the cleaner ${isApplied ? "deletes" : "would delete"} ${doomed.length} snapshots.`]),
                      ...(isApplied || adopted.length === 0 ? [] : [lines(["To adopt them: vss-backup adopt --apply"])]),
                  ].join(""),
    };
}

/** The snapshots that the cleaner would delete if these sets were the policy's. */
function deletedAfter({ policy: { settings }, now }: Session, listed: readonly SizedSnapshot[], adopted: readonly BackupSet[]): string[] {
    const ids = new Set(adopted.flatMap(({ snapshots }) => snapshots.map(({ id }) => id)));
    const after = listed
        .map((snapshot) => (ids.has(snapshot.id) ? { ...snapshot, tags: { ...snapshot.tags, [POLICY_TAG]: settings.name } } : snapshot))
        .filter(({ tags }) => tags[POLICY_TAG] === settings.name);
    return planCleaning(after, settings, now)
        .deletions.flat()
        .map(({ snapshot }) => snapshot.id);
}

/** Tags the sets. Each request has whole sets, so an interruption leaves none half tagged. */
async function tag({ policy, clients, abortSignal, screen }: Session, sets: readonly BackupSet[]): Promise<void> {
    let done = 0;
    for (const Resources of requestsOf(sets)) {
        abortSignal.throwIfAborted();
        await clients.ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: POLICY_TAG, Value: policy.settings.name }] }));
        done += Resources.length;
        screen.progress(`Tagged ${done} snapshots.`);
    }
}

function requestsOf(sets: readonly BackupSet[]): string[][] {
    const requests: string[][] = [];
    for (const { snapshots } of sets) {
        const last = requests.at(-1);
        const ids = snapshots.map(({ id }) => id);
        if (last && last.length + ids.length <= RESOURCES) {
            last.push(...ids);
        } else {
            requests.push(ids);
        }
    }
    return requests;
}

function timeOf({ policy: { settings } }: Session, { startTime }: BackupSet): string {
    return Number.isNaN(startTime) ? "unknown" : clock(startTime, settings.timezone);
}
