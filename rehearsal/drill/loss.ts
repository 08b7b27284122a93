import { recordName } from "../../lambda/recordedServer";
import { DEVICE_TAG } from "../../lambda/retention/tags";
import type { Account } from "../account";
import { contentsAt, writeContents } from "../contents";
import { isBootVolume, type Server } from "../embeddedAws/ssm";
import type { LedgerEntry } from "../ledger";

/** What a drill loses. A whole server comes back only if the watch has recorded it, and if its boot volume is in the restore point. */
export type LossKind = "server" | "data disks" | "boot disk";

/** A loss, and the restore point from which it comes back. */
export interface Loss {
    readonly kind: LossKind;
    readonly server: Server;
    readonly point: LedgerEntry;
}

/** Finds what can be lost of each running server that has a restore point, and that exists. */
export function findLosses(account: Pick<Account, "aws" | "servers" | "windows">, points: readonly LedgerEntry[]): Loss[] {
    return account.servers
        .filter(({ state = "running" }) => state === "running")
        .flatMap((server) => {
            const ofServer = points.filter((point) => point.server === server.id);
            const [newest] = ofServer.toSorted((a, b) => b.startTime - a.startTime);
            return newest ? [{ kind: kindOf(account, server, newest), server, point: newest }] : [];
        });
}

function kindOf({ aws, windows }: Pick<Account, "aws" | "windows">, server: Server, { members }: LedgerEntry): LossKind {
    const boot = server.volumes.find(isBootVolume)?.id;
    const hasBoot = members.some(({ volumeId }) => volumeId === boot);
    if (hasBoot && aws.parameters.has(recordName(windows[0]?.policy ?? "", server.id))) {
        return "server";
    }
    return members.some(({ volumeId }) => volumeId !== boot) ? "data disks" : "boot disk";
}

/** Lets a loss happen in an account. Returns what must be on each disk of the server after its restore, by the devices. */
export function lose(
    { aws: { store, servers } }: Pick<Account, "aws">,
    { kind, server: { id }, point }: Loss,
    now: number,
): Map<string, string> {
    const server = servers.find((one) => one.id === id);
    const volumes = server?.volumes ?? [];
    const fromPoint = point.members.map(
        ({ id: snapshotId, volumeId }) =>
            [store.get(snapshotId)?.tags.get(DEVICE_TAG) ?? "", contentsAt(volumeId, point.startTime)] as const,
    );
    if (server) {
        writeContents(server, store, now);
    }
    if (kind === "server") {
        servers.splice(0, servers.length, ...servers.filter((one) => one !== server));
        for (const volume of volumes) {
            store.volumes.delete(volume.id);
        }
        return new Map(fromPoint);
    }
    const isLost = (device: string) => (device === "/dev/sda1") === (kind === "boot disk");
    const staying = volumes.filter(({ device }) => !isLost(device)).map((volume) => [volume.device, contentsAt(volume.id, now)] as const);
    return new Map([...staying, ...fromPoint.filter(([device]) => isLost(device))]);
}
