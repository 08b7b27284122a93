import { findLostVolumes } from "../lambda/cleaner/listing";
import { type BackupSet, backupSets } from "../lambda/retention/backupSets";
import { type Decision, type Plan, planCleaning } from "../lambda/retention/plan";
import type { RetentionPolicy } from "../lambda/retention/retentionPolicy";
import type { Snapshot } from "../lambda/retention/snapshot";
import { POLICY_TAG } from "../lambda/retention/tags";
import type { Session } from "./session";

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
    { clients, now, abortSignal }: Session,
    snapshots: readonly Snapshot[],
    policies: readonly RetentionPolicy[],
): Promise<ReadonlySet<string>> {
    const orphaning = policies.filter(({ orphanDays }) => orphanDays !== undefined);
    const candidates = new Set(orphaning.flatMap((policy) => planCleaning(snapshots, policy, now).orphanCandidates));
    return candidates.size === 0 ? new Set() : await findLostVolumes(clients.ec2, [...candidates], abortSignal);
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

/** Divides the deletions of a plan into runs. A run ends before the first set that does not fit, but always deletes one set. Pure. */
export function deletionRuns(deletions: Plan["deletions"], most: number): Decision[][][] {
    const runs: Decision[][][] = [];
    let room = 0;
    for (const set of deletions) {
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
