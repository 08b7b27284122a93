import { type LeftOut, packed, type RecordedServer, type RecordedVolume, recordedServerOf, unpacked } from "../../recordedServer";
import { compareIds } from "../../retention/snapshot";

/** A record as it is in Parameter Store. */
export interface StoredRecord {
    readonly value: string;
    /** In milliseconds since 1970. */
    readonly writtenAt: number;
}

/** A record that must be written. */
export interface ChangedRecord {
    readonly server: string;
    readonly value: string;
}

/** An advanced parameter takes 8 KB. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const MOST_BYTES = 8192;

/**
 * Finds the servers whose record is missing or differs. Those without a record come first, and then those whose record is oldest: so each
 * server has its turn, although one run writes only some. Pure.
 *
 * @param stored by the ids of servers
 * @param hasSnapshot whether the policy has a snapshot of a volume
 */
export function changedRecords(
    present: readonly RecordedServer[],
    stored: ReadonlyMap<string, StoredRecord>,
    hasSnapshot: (volumeId: string) => boolean,
): ChangedRecord[] {
    const age = ({ server }: ChangedRecord) => stored.get(server)?.writtenAt ?? Number.NEGATIVE_INFINITY;
    return present
        .flatMap((server) => {
            const before = stored.get(server.id)?.value;
            const text = fitting(withFormer(server, before, hasSnapshot));
            return before !== undefined && unpacked(before) === text ? [] : [{ server: server.id, value: packed(text) }];
        })
        .toSorted((a, b) => age(a) - age(b) || compareIds(a.server, b.server));
}

/** Keeps volumes of the record before that are no longer attached. A lost volume can be restored only as long as there are snapshots of it. */
function withFormer(server: RecordedServer, before: string | undefined, hasSnapshot: (volumeId: string) => boolean): RecordedServer {
    const known = before === undefined ? undefined : recordedServerOf(before);
    const attached = new Set(server.volumes.map(({ id }) => id));
    const former = new Map<string, RecordedVolume>();
    for (const volume of [...(known?.formerVolumes ?? []), ...(known?.volumes ?? [])]) {
        if (!attached.has(volume.id) && hasSnapshot(volume.id)) {
            former.set(volume.id, volume);
        }
    }
    return {
        ...server,
        formerVolumes: [...former.values()].toSorted((a, b) => compareIds(a.device, b.device) || compareIds(a.id, b.id)),
    };
}

/** What is left out if a record is too long, one after the other. */
const SHORTER: readonly (readonly [LeftOut, (server: RecordedServer) => Partial<RecordedServer>])[] = [
    ["tags of volumes", ({ volumes, formerVolumes }) => ({ volumes: volumes.map(bare), formerVolumes: formerVolumes.map(bare) })],
    ["tags", () => ({ tags: {} })],
    ["former volumes", () => ({ formerVolumes: [] })],
];

function bare(volume: RecordedVolume): RecordedVolume {
    return { ...volume, tags: {} };
}

/** Writes a record so that it fits into a parameter. */
function fitting(server: RecordedServer): string {
    let record = server;
    for (const [part, shorter] of SHORTER) {
        if (isFitting(record)) {
            break;
        }
        record = { ...record, ...shorter(record), leftOut: [...(record.leftOut ?? []), part] };
    }
    return JSON.stringify(record);
}

function isFitting(record: RecordedServer): boolean {
    return packed(JSON.stringify(record)).length <= MOST_BYTES;
}
