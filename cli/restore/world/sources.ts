import type { Instance } from "@aws-sdk/client-ec2";
import { listSnapshots } from "../../../lambda/cleaner/listing";
import { recordedServerOf, recordsPath } from "../../../lambda/recordedServer";
import { type BackupSet, backupSets } from "../../../lambda/retention/backupSets";
import { parametersBelow } from "../../parameters";
import type { Session } from "../../session";
import { describeInstances } from "../listings";
import type { RecordedFacts } from "../plan/world";
import { recordedFacts } from "./facts";

/** EC2's states before an instance is terminated. */
const STATES = ["pending", "running", "stopping", "stopped"];

/** What a restore chooses from: all servers of the region, those that the watch recorded, and the policy's backup sets. */
export interface Sources {
    readonly instances: readonly Instance[];
    readonly records: readonly RecordedFacts[];
    /** Newest first. */
    readonly sets: readonly BackupSet[];
}

export async function readSources(session: Session): Promise<Sources> {
    const { policy, clients, abortSignal } = session;
    const [instances, records, snapshots] = await Promise.all([
        describeInstances(clients.ec2, [{ Name: "instance-state-name", Values: STATES }], abortSignal),
        readRecords(session),
        listSnapshots(clients.ec2, policy.settings.name, abortSignal),
    ]);
    return { instances, records, sets: backupSets(snapshots, policy.settings, session.now) };
}

/** Reads the records of the watch. One that this version can't read is left out. */
async function readRecords({ clients, policy, abortSignal }: Session): Promise<RecordedFacts[]> {
    const found: RecordedFacts[] = [];
    for await (const { Value = "", LastModifiedDate } of parametersBelow(clients.ssm, recordsPath(policy.settings.name), { abortSignal })) {
        const record = recordedServerOf(Value);
        if (record) {
            found.push(recordedFacts(record, LastModifiedDate?.getTime() ?? 0));
        }
    }
    return found;
}
