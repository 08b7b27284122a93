import { DeleteParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { RECORDS_PATH } from "../../../lambda/deployedPolicy";
import { packed, unpacked } from "../../../lambda/recordedServer";
import { Failure } from "../../failure";
import { parametersBelow } from "../../parameters";
import type { Session } from "../../session";
import type { RestoreRecord } from "./record";

/** The most that the tier `Intelligent-Tiering` takes. It costs nothing up to 4 KB. */
const MOST_BYTES = 8192;

/** The records of a policy's restores, in Parameter Store. So a restore can go on from another machine. */
export interface RecordStore {
    list(): Promise<RestoreRecord[]>;
    find(restore: string): Promise<RestoreRecord | undefined>;
    /** @throws Failure if there is a record of this restore */
    create(record: RestoreRecord): Promise<void>;
    save(record: RestoreRecord): Promise<void>;
    remove(restore: string): Promise<void>;
}

export function makeRecordStore({ clients: { ssm }, policy, abortSignal }: Session): RecordStore {
    const path = `${RECORDS_PATH}/${policy.settings.name}/restores`;
    const nameOf = (restore: string) => `${path}/${restore}`;
    const list = async () => {
        const found: RestoreRecord[] = [];
        for await (const { Name = "", Value = "" } of parametersBelow(ssm, path, { abortSignal })) {
            found.push(read(Name, Value));
        }
        return found;
    };
    const find = async (restore: string) => (await list()).find(({ plan }) => plan.request.id === restore);
    // Ctrl-C aborts no request that changes something, so that its effect is known.
    const put = (record: RestoreRecord, Overwrite: boolean) => {
        const { id } = record.plan.request;
        return ssm.send(
            new PutParameterCommand({ Name: nameOf(id), Value: write(record), Type: "String", Tier: "Intelligent-Tiering", Overwrite }),
        );
    };
    return {
        list,
        find,
        create: async (record) => {
            const { id } = record.plan.request;
            await put(record, false).catch(async (error: Error) => {
                // The response of the first request can be lost. Then the SDK sends it again.
                const isMade = error.name === "ParameterAlreadyExists" && (await find(id))?.startedAt === record.startedAt;
                if (!isMade) {
                    throw error.name === "ParameterAlreadyExists"
                        ? new Failure(`The restore ${id} has begun already.`, `Go on with it: vss-backup restore apply ${id}`)
                        : error;
                }
            });
        },
        save: async (record) => {
            await put(record, true);
        },
        remove: async (restore) => {
            await ssm.send(new DeleteParameterCommand({ Name: nameOf(restore) })).catch((error: Error) => {
                if (error.name !== "ParameterNotFound") {
                    throw error;
                }
            });
        },
    };
}

/** @throws Failure if Parameter Store can't take it */
export function write(record: RestoreRecord): string {
    const value = packed(JSON.stringify(record));
    if (Buffer.byteLength(value) > MOST_BYTES) {
        throw new Failure(
            `The plan of the restore ${record.plan.request.id} is too long for Parameter Store: ${Buffer.byteLength(value)} bytes.`,
            "Restore fewer disks at a time, with --disk.",
        );
    }
    return value;
}

function read(name: string, value: string): RestoreRecord {
    try {
        const record = JSON.parse(unpacked(value) ?? "") as RestoreRecord;
        if (record.version === 1 && record.plan.version === 1) {
            return record;
        }
    } catch {
        // The error below says so.
    }
    throw new Failure(
        `This version of vss-backup cannot read the parameter ${name}.`,
        "Use the version of vss-backup that began the restore.",
    );
}
