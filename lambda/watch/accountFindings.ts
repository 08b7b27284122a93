import { counted } from "../retention/wording";
import { addressDigest } from "./addressDigest";
import { WORD_LENGTH } from "./memoryLog";
import { isRestorePoint, type ServerSets } from "./serverSets";
import type { Server } from "./signals";
import { type Draft, label, type Situation } from "./situation";
import type { WatchTargets } from "./watchSettings";

const DAY = 86_400_000;
const YEAR = 365 * DAY;

/** How long an address may take to confirm before it is a problem. */
const CONFIRM_MS = DAY;

const CONFIRM_CURE = "Open AWS's message to this address, and click its link. It is valid for two days.";

/** Dollars for a GiB and month of the standard tier in us-east-1. Snapshots hold only changed blocks, so the real cost is lower. */
const GIB_MONTH = 0.05;

/** Finds what concerns no single watched server: tags, addresses and old snapshots. */
export function accountFindings(situation: Situation): Draft[] {
    return [...nobodyTargeted(situation), ...wrongTags(situation), ...unconfirmed(situation), ...aging(situation)];
}

function tagOf({ targets }: Situation): string {
    return `${targets.serverTag.key}=${targets.serverTag.value}`;
}

/** The command that tags a server. Without the quotes, PowerShell reads a comma as the end of an argument. */
function tagCommand(id: string, { targets }: Situation): string {
    return `aws ec2 create-tags --resources ${id} --tags "Key=${targets.serverTag.key},Value=${targets.serverTag.value}"`;
}

function nobodyTargeted(situation: Situation): Draft[] {
    return !situation.readings.servers || situation.targeted.length > 0
        ? []
        : [
              {
                  kind: "nobody targeted",
                  severity: "problem",
                  sentence: `No server has the tag ${tagOf(situation)}, so nothing is backed up.`,
                  cure: `Tag each server, with its id in the place of INSTANCE: ${tagCommand("INSTANCE", situation)}`,
              },
          ];
}

/** Finds servers whose tag nearly is the server tag, and servers that were backed up and have lost it. */
function wrongTags(situation: Situation): Draft[] {
    const { untagged, settings, targets, sets } = situation;
    return untagged.flatMap((server): Draft[] => {
        const near = nearTag(server, targets);
        const retag = tagCommand(server.id, situation);
        if (near) {
            const sentence = `${label(server)} has the tag ${near.join("=")}. The policy backs up ${tagOf(situation)}, in exactly these letters.`;
            return [{ kind: "tag misspelled", severity: "problem", server: server.id, sentence, cure: retag }];
        }
        if (!wasBackedUp(server, sets)) {
            return [];
        }
        const other = server.tags[targets.serverTag.key];
        return [
            {
                kind: "tag removed",
                severity: other === undefined ? "problem" : "note",
                server: server.id,
                sentence: `${label(server)} has restore points, and no longer the tag ${tagOf(situation)}${other === undefined ? "" : ` but ${other}`}.`,
                cure: `Say why not, as the value of its tag ${settings.excludeTag}. Or tag it again: ${retag}`,
            },
        ];
    });
}

/** Finds a tag that nearly is the server tag. */
export function nearTag({ tags }: Server, { serverTag }: WatchTargets): [key: string, value: string] | undefined {
    return Object.entries(tags).find(
        ([key, value]) =>
            plain(key).replace(/[-_]/g, "") === plain(serverTag.key).replace(/[-_]/g, "") && plain(value) === plain(serverTag.value),
    );
}

/** Whether a restore point was taken of a server. It is not enough that it has a disk of another server now. */
function wasBackedUp(server: Server, sets: ServerSets | undefined): boolean {
    const attachments = new Map(server.volumes.map(({ id, attachedAt }) => [id, attachedAt]));
    return (sets?.of(server) ?? []).some(
        (set) =>
            isRestorePoint(set) &&
            set.snapshots.some(({ volumeId }) => (attachments.get(volumeId) ?? Number.POSITIVE_INFINITY) <= set.startTime),
    );
}

/** A text without letter case and spaces. */
function plain(text: string): string {
    return text.toLowerCase().replace(/\s/g, "");
}

/** Finds addresses that get no message: they have not confirmed, or SNS has no subscription of theirs any more. */
function unconfirmed(situation: Situation): Draft[] {
    const { readings, targets } = situation;
    if (!readings.subscriptions) {
        return [];
    }
    const byDigest = new Map(readings.subscriptions.map((subscription) => [addressDigest(subscription.endpoint), subscription]));
    const ofPolicy = Object.entries(targets.emails).map(([entry, digest]) => ({ entry, subscription: byDigest.get(digest) }));
    const known = new Set(ofPolicy.map(({ subscription }) => subscription));
    return [
        ...ofPolicy
            .filter(({ subscription }) => !subscription?.isConfirmed)
            .map(({ entry, subscription }) =>
                withoutMessages(
                    entry,
                    `The address ${entry} of notificationEmails has ${subscription ? "not confirmed its subscription" : "no subscription"}`,
                    subscription ? CONFIRM_CURE : `Run pulumi up --refresh. ${CONFIRM_CURE}`,
                    situation,
                ),
            ),
        ...readings.subscriptions
            .filter((subscription) => !subscription.isConfirmed && !known.has(subscription))
            .map(({ protocol, endpoint }) =>
                withoutMessages(
                    addressName(endpoint),
                    `${endpoint} has not confirmed its ${protocol} subscription`,
                    CONFIRM_CURE,
                    situation,
                ),
            ),
    ];
}

/** The address; or its digest, if the memory would cut it. The next run must find the same name. */
function addressName(endpoint: string): string {
    return endpoint.length <= WORD_LENGTH ? endpoint : addressDigest(endpoint);
}

function withoutMessages(about: string, sentence: string, cure: string, { now, known }: Situation): Draft {
    const name = { kind: "subscription unconfirmed", about } as const;
    const since = known(name)?.since ?? now;
    return {
        ...name,
        severity: now - since < CONFIRM_MS ? "note" : "problem",
        sentence: `${sentence}, so it gets no message.`,
        cure,
    };
}

/** Finds old snapshots that an operator holds, or whose volume is attached to no server. */
function aging(situation: Situation): Draft[] {
    const { now, readings, sets } = situation;
    if (!sets || !readings.servers || !readings.snapshots) {
        return [];
    }
    const attached = new Set(readings.servers.flatMap(({ volumes }) => volumes.map(({ id }) => id)));
    const old = sets.all.filter(({ startTime }) => startTime <= now - YEAR);
    const held = old.filter(({ heldBy }) => heldBy !== undefined);
    const lost = old.filter(({ heldBy, snapshots }) => heldBy === undefined && snapshots.every(({ volumeId }) => !attached.has(volumeId)));
    const sizes = new Map(readings.snapshots.map(({ id, sizeGib }) => [id, sizeGib]));
    const cost = (of: typeof old) => of.flatMap(({ snapshots }) => snapshots).reduce((sum, { id }) => sum + (sizes.get(id) ?? 0), 0);
    const draft = (of: typeof old, about: string, reason: string, cure: string): Draft[] => {
        const count = `${counted(of.length, "backup set")} ${of.length === 1 ? "is" : "are"}`;
        const price = `${of.length === 1 ? "It costs" : "They cost"} at most $${(cost(of) * GIB_MONTH).toFixed(2)} a month (${cost(of)} GiB)`;
        const sentence = `${count} older than a year ${reason}. ${price}.`;
        return of.length === 0 ? [] : [{ kind: "snapshots aging", severity: "note", about, sentence, cure }];
    };
    return [
        ...draft(
            held,
            "held",
            `since somebody holds ${held.length === 1 ? "it" : "them"}`,
            `Take the tag ${situation.settings.hold} off the sets that you no longer need.`,
        ),
        ...draft(lost, "lost", "and of volumes that no server has", "Set orphanDays, or delete those that you no longer need."),
    ];
}
