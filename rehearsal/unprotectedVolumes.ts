import { type Account, findTargetedServers } from "./account";
import { isBootVolume, type Volume } from "./embeddedAws/ssm";
import type { LedgerEntry } from "./ledger";

/** A volume of a backed-up server that is in no restore point. */
export interface UnprotectedVolume {
    readonly server: string;
    readonly volume: string;
    readonly device: string;
    readonly why: "not mounted in Windows" | "boot volume, excluded" | "no run completed";
}

/** Finds the volumes of targeted servers that are in no restore point. */
export function findUnprotectedVolumes({ windows, servers }: Account, restorePoints: readonly LedgerEntry[]): UnprotectedVolume[] {
    const restorable = new Set(restorePoints.flatMap(({ members }) => members.map(({ volumeId }) => volumeId)));
    const backedUp = servers.filter((server) => windows.some(({ targets }) => findTargetedServers([server], targets).length > 0));
    const excludesBoot = windows.every(({ parameters }) => parameters.ExcludeBootVolume === "True");
    return backedUp.flatMap(({ id: server, volumes }) =>
        volumes
            .filter(({ id }) => !restorable.has(id))
            .map((volume) => ({ server, volume: volume.id, device: volume.device, why: reasonFor(volume, excludesBoot) })),
    );
}

function reasonFor(volume: Volume, excludesBoot: boolean): UnprotectedVolume["why"] {
    if (!volume.mounted) {
        return "not mounted in Windows";
    }
    return excludesBoot && isBootVolume(volume) ? "boot volume, excluded" : "no run completed";
}
