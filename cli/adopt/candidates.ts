import { type BackupSet, backupSets, setId } from "../../lambda/retention/backupSets";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { POLICY_TAG, SET_TAG, TYPE_TAG } from "../../lambda/retention/tags";
import type { Server } from "../../lambda/watch/signals";
import { serverLabel } from "../account";
import type { Session } from "../session";

/** Tags of services that delete their snapshots themselves. */
const OF_OTHER_SERVICES = /^aws:(backup|dlm):/;

/** A set that somebody made by hand, and the sentence that refuses it; undefined if it can be adopted. */
export interface Candidate {
    readonly set: BackupSet;
    readonly refusal: string | undefined;
}

/**
 * Groups the snapshots without a policy as the cleaner would. A set whose other snapshots are the policy's is among them.
 *
 * @param listed every snapshot of the account with the tag `SnapshotType` or `AwsVssConfig`
 */
export function candidatesIn(session: Session, servers: readonly Server[], listed: readonly Snapshot[]): Candidate[] {
    const { settings } = session.policy;
    const open = listed.filter(
        ({ tags }) => tags[TYPE_TAG] !== undefined && (tags[POLICY_TAG] === undefined || tags[POLICY_TAG] === settings.name),
    );
    const openIds = new Set(open.map(({ id }) => id));
    const outside = new Map(listed.filter(({ id }) => !openIds.has(id)).map((snapshot) => [setId(snapshot), snapshot]));
    const byVolume = new Map(servers.flatMap((server) => server.volumes.map(({ id }) => [id, server] as const)));
    return backupSets(open, settings, session.now)
        .filter(({ snapshots }) => snapshots.some(({ tags }) => tags[POLICY_TAG] === undefined))
        .map((set) => {
            const attached = new Set(set.snapshots.flatMap(({ volumeId }) => byVolume.get(volumeId) ?? []));
            const rest = set.identified ? outside.get(setId(set.anchor)) : undefined;
            return { set, refusal: refusalOf(session, set) ?? ungroupable(set, attached, rest) ?? foreignServer(session, attached) };
        });
}

function refusalOf({ policy: { settings } }: Session, { type, status, snapshots }: BackupSet): string | undefined {
    const managed = snapshots.find(({ tags }) => Object.keys(tags).some((key) => OF_OTHER_SERVICES.test(key)));
    if (managed) {
        return `AWS Backup or Data Lifecycle Manager manages ${managed.id}`;
    }
    if (type === undefined) {
        return "its snapshots have several types";
    }
    if (!Object.hasOwn(settings.retention, type)) {
        return `the policy has no type ${type}`;
    }
    return status.kind === "restorePoint" ? undefined : `it is no restore point, ${status.why}`;
}

/**
 * Why these snapshots are perhaps not exactly those of one run.
 *
 * @param rest a snapshot with the same set id that can't be adopted
 */
function ungroupable({ identified, snapshots }: BackupSet, attached: ReadonlySet<Server>, rest: Snapshot | undefined): string | undefined {
    if (rest) {
        const { [TYPE_TAG]: type, [POLICY_TAG]: policy } = rest.tags;
        const fault = type === undefined ? `has no ${TYPE_TAG}` : `is of policy ${policy}`;
        return `can't be grouped: ${rest.id} has the same ${SET_TAG}, and ${fault}`;
    }
    if (identified) {
        return undefined;
    }
    const volumes = snapshots.map(({ volumeId }) => volumeId);
    const repeated = volumes.find((id, i) => volumes.indexOf(id) !== i);
    if (repeated !== undefined) {
        return `can't be grouped: without ${SET_TAG}, it has ${repeated || "an unnamed volume"} twice`;
    }
    return attached.size > 1
        ? `can't be grouped: without ${SET_TAG}, it has volumes of ${[...attached].map(serverLabel).join(" and ")}`
        : undefined;
}

/** Refuses a set of a server that belongs to another policy by its server tag. A server without the tag may have lost it. */
function foreignServer({ policy: { targets } }: Session, attached: ReadonlySet<Server>): string | undefined {
    const { key, value } = targets.serverTag;
    const foreign = [...attached].find(({ tags }) => tags[key] !== undefined && tags[key] !== value);
    return foreign && `${serverLabel(foreign)} has the tag ${key}=${foreign.tags[key]}, and the policy's servers have ${key}=${value}`;
}
