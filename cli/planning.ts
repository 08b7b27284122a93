import { findLostVolumes } from "../lambda/cleaner/listing";
import { type BackupSet, backupSets } from "../lambda/retention/backupSets";
import { type Decision, type Plan, planCleaning } from "../lambda/retention/plan";
import type { RetentionPolicy } from "../lambda/retention/retentionPolicy";
import type { Snapshot } from "../lambda/retention/snapshot";
import { POLICY_TAG } from "../lambda/retention/tags";
import type { Session } from "./session";

const DAY = 86_400_000;

/** A backup set, and the decisions of the plan about its snapshots. */
export interface PlannedSet {
    readonly set: BackupSet;
    /** The same for all snapshots of the set. */
    readonly action: Decision["action"];
    /** In the order of the set's snapshots. */
    readonly decisions: readonly Decision[];
    /** The reasons of all its snapshots, as one text. */
    readonly reason: string;
}

/** Asks EC2 which volumes no longer exist, if that matters to one of these policies. The cleaner asks in the same way. */
export async function readLostVolumes(
    session: Session,
    snapshots: readonly Snapshot[],
    policies: readonly RetentionPolicy[],
): Promise<ReadonlySet<string>> {
    return askForVolumes(
        session,
        policies.flatMap((policy) => orphanCandidates(snapshots, policy, session.now)),
    );
}

/** Asks EC2 which volumes no longer exist, if the cleaner will ask for them once `orphanDays` are over. Attached volumes exist. */
export async function readVolumesToBeLost(
    session: Session,
    snapshots: readonly Snapshot[],
    policy: RetentionPolicy,
    attached: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
    const { orphanDays = 0 } = policy;
    const candidates = orphanCandidates(snapshots, policy, session.now + orphanDays * DAY);
    return askForVolumes(
        session,
        candidates.filter((id) => !attached.has(id)),
    );
}

function orphanCandidates(snapshots: readonly Snapshot[], policy: RetentionPolicy, now: number): readonly string[] {
    return policy.orphanDays === undefined ? [] : planCleaning(snapshots, policy, now).orphanCandidates;
}

async function askForVolumes({ clients, abortSignal }: Session, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return ids.length === 0 ? new Set() : await findLostVolumes(clients.ec2, [...new Set(ids)], abortSignal);
}

/** Puts the decisions of a plan together by sets, the newest set first. Pure. */
export function plannedSets(plan: Plan, snapshots: readonly Snapshot[], policy: RetentionPolicy, now: number): PlannedSet[] {
    const decisionOf = new Map(plan.decisions.map((decision) => [decision.snapshot.id, decision]));
    const ofPolicy = snapshots.filter(({ tags }) => tags[POLICY_TAG] === policy.name);
    return backupSets(ofPolicy, policy, now).flatMap((set) => {
        const decisions = set.snapshots.flatMap(({ id }) => decisionOf.get(id) ?? []);
        const [first] = decisions;
        return first === undefined ? [] : [{ set, action: first.action, decisions, reason: reasonOf(decisions) }];
    });
}

/** Divides the sets that a plan deletes into runs. A run ends before the first set that does not fit, but always deletes one set. Pure. */
export function deletionRuns<T>(sets: readonly (readonly T[])[], most: number): T[][][] {
    const runs: T[][][] = [];
    let room = 0;
    for (const set of sets) {
        const last = runs.at(-1);
        if (last && set.length <= room) {
            last.push([...set]);
        } else {
            runs.push([[...set]]);
            room = most;
        }
        room -= set.length;
    }
    return runs;
}

/** Joins the reasons of a set's snapshots. If they differ, each follows the id of its volume. */
function reasonOf(decisions: readonly Decision[]): string {
    const reasons = new Set(decisions.map(({ reason }) => reason));
    return reasons.size === 1
        ? [...reasons].join()
        : decisions.map(({ snapshot, reason }) => `${snapshot.volumeId || snapshot.id}: ${reason}`).join("; ");
}
