import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import type { BackupSet } from "../../lambda/retention/backupSets";
import { POLICY_TAG } from "../../lambda/retention/tags";
import { counted } from "../../lambda/retention/wording";
import { EXIT } from "../exitCodes";
import { Failure, failureOf } from "../failure";
import { interrupted, Unsent } from "../interruption";
import type { Session } from "../session";

/** EC2 tags up to 1,000 resources in one request. */
const RESOURCES = 1000;

/** The next step after a run that stopped part-way. */
export const GO_ON = "To go on, run it again: vss-backup adopt --apply";

/** What was tagged. */
export interface Tagging {
    readonly tagged: readonly BackupSet[];
    /** The error that stopped it; undefined if all sets are tagged. */
    readonly failure?: Failure;
}

/**
 * Tags sets as the policy's. Each request has whole sets, so an interruption leaves none half tagged.
 *
 * @throws Failure if nothing was tagged, or after Ctrl-C
 */
export async function tagSets({ policy, clients, screen }: Session, sets: readonly BackupSet[]): Promise<Tagging> {
    const tagged: BackupSet[] = [];
    const Tags = [{ Key: POLICY_TAG, Value: policy.settings.name }];
    for (const request of requestsOf(sets)) {
        try {
            await clients.ec2.send(new CreateTagsCommand({ Resources: idsOf(request), Tags }));
        } catch (error) {
            if (error instanceof Unsent) {
                throw interruption(error, tagged, sets);
            }
            if (tagged.length === 0) {
                throw error;
            }
            return { tagged, failure: failureOf(error) };
        }
        tagged.push(...request);
        screen.progress(`Tagged ${counted(idsOf(tagged).length, "snapshot")}.`);
    }
    return { tagged };
}

/** Says how many snapshots were tagged before Ctrl-C. */
function interruption(error: Unsent, tagged: readonly BackupSet[], sets: readonly BackupSet[]): Failure {
    const done = `${idsOf(tagged).length} of ${counted(idsOf(sets).length, "snapshot")} were tagged.`;
    const { message } = interrupted(error, done, GO_ON);
    return new Failure(error.isUncertain ? `${message} Before it, ${done}` : message, GO_ON, EXIT.interrupted);
}

/** The ids of the snapshots of sets. */
export function idsOf(sets: readonly BackupSet[]): string[] {
    return sets.flatMap(({ snapshots }) => snapshots.map(({ id }) => id));
}

function requestsOf(sets: readonly BackupSet[]): BackupSet[][] {
    const requests: BackupSet[][] = [];
    for (const set of sets) {
        const last = requests.at(-1);
        if (last && idsOf(last).length + set.snapshots.length <= RESOURCES) {
            last.push(set);
        } else {
            requests.push([set]);
        }
    }
    return requests;
}
