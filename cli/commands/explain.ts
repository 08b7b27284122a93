import { type Decision, planCleaning } from "../../lambda/retention/plan";
import type { SetStatus } from "../../lambda/retention/setStatus";
import { plain } from "../../lambda/watch/plainText";
import { type Backups, backupsOf, serversLabel } from "../account";
import { EXIT } from "../exitCodes";
import { Failure } from "../failure";
import { type Future, finishedSet, futureOf } from "../future";
import { listBackups } from "../listing";
import { commandLines } from "../output/findings";
import { lines, writeTable } from "../output/table";
import { clock, inZone, iso } from "../output/times";
import { type PlannedSet, plannedSets, readVolumesToBeLost } from "../planning";
import type { Outcome, Session } from "../session";
import { listedSet } from "../sets";
import { withChoice } from "../userCommands";

/** A set with its plan and its future. */
interface Explanation {
    readonly planned: PlannedSet;
    readonly future: Future;
    /** The volumes of the set of which the windows make no restore points any more. */
    readonly volumesWithoutBackups: readonly string[];
}

/** Why a set stays that the plan deletes. */
const REPORT_ONLY = "the cleaner has reportOnly, so it deletes nothing";

/** Explains one snapshot: its set, its status, the decision about it, and until when it stays if all goes on as now. */
export async function explain(session: Session, snapshotId: string): Promise<Outcome> {
    const { policy, now } = session;
    const { settings } = policy;
    const { servers, snapshots } = await listBackups(session);
    const backups = backupsOf(session, servers, snapshots);
    const attached = new Set(servers.flatMap(({ volumes }) => volumes.map(({ id }) => id)));
    const lost = await readVolumesToBeLost(session, backups.snapshots, settings, attached);
    const planned = plannedSets(planCleaning(snapshots, settings, now, lost), snapshots, settings, now).find(({ set }) =>
        set.snapshots.some(({ id }) => id === snapshotId),
    );
    if (planned === undefined) {
        throw new Failure(
            `Policy ${settings.name} has no snapshot ${snapshotId}.`,
            "Give the id of a snapshot with the tag of the policy. To list all of them: vss-backup plan --json",
            EXIT.usage,
        );
    }
    const backedUp = backedUpVolumes(session, backups);
    const isBackedUp = (volumeId: string) => backedUp.has(volumeId);
    const assumed = isUnfinished(planned) ? finishedSet(planned.set) : planned.set;
    const future = futureOf({
        set: assumed,
        sets: backups.sets.map((set) => (set.anchor.id === assumed.anchor.id ? assumed : set)),
        policy: settings,
        cleanerSchedule: settings.cleanerSchedule,
        maxDeletionsPerRun: settings.maxDeletionsPerRun,
        now,
        lostVolumes: lost,
        isBackedUp,
    });
    const volumes = [...new Set(planned.set.snapshots.map(({ volumeId }) => volumeId))];
    const explanation = { planned, future, volumesWithoutBackups: volumes.filter((id) => !isBackedUp(id)) };
    return {
        exitCode: EXIT.done,
        result: resultOf(snapshotId, explanation, session, backups),
        text: textOf(snapshotId, explanation, session, backups),
    };
}

/** Whether a set may still become a restore point. Until then, its end is not known. */
function isUnfinished({ set }: PlannedSet): boolean {
    return set.status.kind === "pending";
}

/** Lists the volumes of which the windows make restore points, if all goes on as now. They also back up servers that the watch leaves out. */
function backedUpVolumes({ policy: { targets } }: Session, { servers }: Backups): ReadonlySet<string> {
    const { key, value } = targets.serverTag;
    const targeted = servers.filter(({ tags }) => tags[key] === value);
    const volumes = targeted.flatMap((server) => server.volumes.filter(({ isRoot }) => !(isRoot && targets.excludeBootVolume)));
    return new Set(volumes.map(({ id }) => id));
}

function resultOf(snapshot: string, explanation: Explanation, { policy: { settings } }: Session, backups: Backups): object {
    const { planned, future, volumesWithoutBackups } = explanation;
    const { set, action, decisions } = planned;
    return {
        snapshot,
        set: {
            ...listedSet(set, decisions, backups),
            status: set.status.kind,
            ...("why" in set.status && { why: set.status.why }),
            ...(set.heldBy && { heldBy: { snapshot: set.heldBy.snapshotId, tag: set.heldBy.key } }),
            foundByTime: !set.identified,
        },
        action,
        reason: decisions.find((decision) => decision.snapshot.id === snapshot)?.reason,
        ...endFields(future, settings.reportOnly),
        volumesWithoutBackups,
        reportOnly: settings.reportOnly,
    };
}

/** The end of the set for a program. A cleaner that only reports deletes nothing. */
function endFields(future: Future, isReportOnly: boolean): object {
    if ("staysBecause" in future) {
        return future;
    }
    const end = iso(future.deletedAt);
    return isReportOnly ? { staysBecause: REPORT_ONLY, deletedAtWithoutReportOnly: end } : { deletedAt: end };
}

function textOf(snapshot: string, explanation: Explanation, session: Session, backups: Backups): string {
    const { policy, screen } = session;
    const { set, decisions } = explanation.planned;
    const at = (time: number) => clock(time, policy.settings.timezone);
    const started = Number.isNaN(set.startTime) ? "at an unknown time" : `at ${at(set.startTime)}, ${policy.settings.timezone}`;
    const sentences = [
        `${snapshot} belongs to a ${set.type === undefined ? "backup set without a type" : `${set.type} backup set`} of ${serversLabel(backups.serversOf(set))}. It started ${started}.`,
        `Status: ${statusText(set.status)}.`,
        ...(set.heldBy ? [`Hold: the tag ${set.heldBy.key} on ${set.heldBy.snapshotId}.`] : []),
        ...(set.identified ? [] : ["The set was found by its time alone, so it may hold snapshots of several servers."]),
        `Now: ${decisions.find((decision) => decision.snapshot.id === snapshot)?.reason}.`,
        ...futureSentences(explanation, session, at),
    ];
    return `${lines([...sentences.flatMap((sentence) => commandLines(withChoice(inZone(plain(sentence), policy.settings.timezone), session.choice), screen.columns)), ""])}${snapshotTable(
        decisions,
        backups,
        session,
    )}`;
}

/** Lists the snapshots of the set, each with its reason if they differ. */
function snapshotTable(decisions: readonly Decision[], backups: Backups, { policy, screen }: Session): string {
    const differ = new Set(decisions.map(({ reason }) => reason)).size > 1;
    const rows = decisions.map(({ snapshot: { id, volumeId, state }, reason }) => [
        id,
        volumeId,
        `${backups.sizeOf(id)} GiB`,
        state,
        ...(differ ? [inZone(plain(reason), policy.settings.timezone)] : []),
    ]);
    return writeTable(["Snapshot", "Volume", "Size", "State", ...(differ ? ["Reason"] : [])], rows, screen.columns);
}

function statusText(status: SetStatus): string {
    switch (status.kind) {
        case "restorePoint":
            return "restore point";
        case "pending":
            return `not finished, because ${status.why}`;
        case "failed":
            return `failed, because ${status.why}`;
    }
}

function futureSentences(explanation: Explanation, { policy: { settings } }: Session, at: (time: number) => string): string[] {
    const { future, planned, volumesWithoutBackups } = explanation;
    const withoutBackups =
        volumesWithoutBackups.length > 0 ? [`The windows make no restore points of ${volumesWithoutBackups.join(", ")} any more.`] : [];
    if ("staysBecause" in future) {
        return [`Until: nobody can foresee an end. The set stays for this reason: ${bareReason(future.staysBecause)}.`, ...withoutBackups];
    }
    const end = `the cleaner deletes the set at ${at(future.deletedAt)}, if all windows go on making restore points.`;
    const keepLonger = `To keep the set for longer: vss-backup hold ${planned.set.anchor.id}`;
    if (settings.reportOnly) {
        const condition = isUnfinished(planned) ? "if the set becomes a restore point, " : "";
        return [`Until: the set stays, because ${REPORT_ONLY}.`, `Without reportOnly: ${condition}${end}`, ...withoutBackups];
    }
    return isUnfinished(planned)
        ? ["Until: the end of the set is known when it is a restore point.", `If it becomes one, ${end}`, ...withoutBackups, keepLonger]
        : [`Until: ${end}`, ...withoutBackups, keepLonger];
}

/** A reason of the plan, without the word for its action. */
function bareReason(reason: string): string {
    return reason.replace(/^(kept|left): /, "");
}
