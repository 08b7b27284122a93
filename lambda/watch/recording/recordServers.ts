import { setMaxListeners } from "node:events";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { type Parameter, PutParameterCommand, paginateGetParametersByPath, type SSMClient } from "@aws-sdk/client-ssm";
import { attempt } from "../../aws/attempt";
import { idOf, readPages } from "../../aws/pages";
import { type Pace, rateLimiter } from "../../cleaner/rateLimiter";
import { recordName, recordsPath } from "../../recordedServer";
import type { Recording, Signal, SizedSnapshot } from "../signals";
import type { WatchSettings, WatchTargets } from "../watchSettings";
import { type ChangedRecord, changedRecords, type StoredRecord } from "./changedRecords";
import { listPresentServers } from "./presentServers";

/** The most records that a run writes, so that it still has time for its report. A first run with more servers leaves them to the next. */
const MOST_WRITES = 200;

/** A refusal concerns most servers alike. So a run that has this many writes no more. */
const MOST_FAILURES = 3;

/**
 * Systems Manager takes 3 writes a second of an account and region. This pace leaves a part to others.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
const WRITE_PACE: Pace = { burst: 2, perSecond: 2 };

/**
 * Records what a restore must know of each server of the policy, in a parameter each. It writes only what has changed.
 *
 * @param snapshots of the policy
 * @param abortSignal ends the listings, and lets no more writes begin
 */
export function recordServers(
    { ec2, ssm }: { readonly ec2: EC2Client; readonly ssm: SSMClient },
    { name }: Pick<WatchSettings, "name">,
    targets: WatchTargets,
    snapshots: Signal<readonly SizedSnapshot[]>,
    abortSignal: AbortSignal,
    pace = WRITE_PACE,
): Promise<Signal<Recording>> {
    setMaxListeners(0, abortSignal);
    const record = async () => {
        const [present, stored] = await Promise.all([
            listPresentServers(ec2, targets, abortSignal),
            listStoredRecords(ssm, name, abortSignal),
        ]);
        const covered = "value" in snapshots ? new Set(snapshots.value.map(({ volumeId }) => volumeId)) : undefined;
        const changed = changedRecords(present, stored, (volumeId) => covered?.has(volumeId) ?? true);
        return writeRecords(ssm, name, changed, pace, abortSignal);
    };
    return attempt("Recording", record(), abortSignal);
}

async function listStoredRecords(ssm: SSMClient, policy: string, abortSignal: AbortSignal): Promise<Map<string, StoredRecord>> {
    const stored = await readPages({
        service: "Systems Manager",
        open: () => paginateGetParametersByPath({ client: ssm, pageSize: 10 }, { Path: recordsPath(policy) }, { abortSignal }),
        listOf: ({ Parameters }) => Parameters,
        read: ({ Name, Value = "", LastModifiedDate }: Parameter) => {
            const name = idOf("Systems Manager", "a parameter", Name);
            const record: StoredRecord = { value: Value, writtenAt: LastModifiedDate?.getTime() ?? 0 };
            return [name, [name.slice(name.lastIndexOf("/") + 1), record] as const];
        },
    });
    return new Map(stored);
}

async function writeRecords(
    ssm: SSMClient,
    policy: string,
    changed: readonly ChangedRecord[],
    pace: Pace,
    abortSignal: AbortSignal,
): Promise<Recording> {
    const waitForTurn = rateLimiter(pace);
    const failed: { readonly server: string; readonly why: string }[] = [];
    let written = 0;
    for (const { server, value } of changed.slice(0, MOST_WRITES)) {
        await waitForTurn();
        if (abortSignal.aborted || failed.length === MOST_FAILURES) {
            break;
        }
        try {
            await ssm.send(writeOf(policy, server, value), { abortSignal });
            written += 1;
        } catch (error) {
            const { name, message } = error as Error;
            failed.push({ server, why: abortSignal.aborted ? "the run had to end" : `${name}: ${message}` });
        }
    }
    return { written, failed, remaining: changed.length - written - failed.length };
}

function writeOf(policy: string, server: string, value: string): PutParameterCommand {
    return new PutParameterCommand({
        Name: recordName(policy, server),
        Description: `The server ${server} of VssBackupPolicy ${policy}, for vss-backup restore`,
        Value: value,
        Type: "String",
        // Standard and free up to 4 KB. Only a server with dozens of volumes needs more.
        Tier: "Intelligent-Tiering",
        Overwrite: true,
    });
}
