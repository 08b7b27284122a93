import { release } from "./attachments";
import { rootOf } from "./ec2Resources";
import type { Place } from "./service";
import type { Server } from "./ssm";
import type { StoredRun } from "./state";
import { RAW_DISK } from "./volumeStore";
import { collides, diskOn, disksOf, fileSystemsOf, setOnline } from "./windowsDisks";

/** The step of AWS-RunPowerShellScript. */
const STEP = "runPowerShellScript";

/**
 * Runs a script of PowerShell on a server, as far as it is about disks. It knows these commands:
 * - `Set-Disk` with `-IsOffline $false` or `$true`, for the disks whose serials the script has, or for all that are not so;
 * - `Initialize-Disk`, `Clear-Disk` and `Format-Volume`, which destroy what is on the disks that are offline;
 * - `Get-ChildItem`, with which it prints as JSON the file systems on the disks whose serials the script has;
 * - `Get-Disk`, with which it prints the disks as JSON.
 */
export function runPowerShell(server: Server, script: string, place: Place): StoredRun {
    const { agent = "Online" } = server;
    if (agent !== "Online") {
        return { status: "DeliveryTimedOut", outputs: {} };
    }
    const { volumes } = place.state.store;
    if (/\b(Initialize-Disk|Clear-Disk|Format-Volume)\b/i.test(script)) {
        for (const { id } of server.volumes.filter(({ mounted }) => !mounted)) {
            const volume = volumes.get(id) ?? volumes.add(id);
            volume.disk = RAW_DISK;
        }
    }
    const [, isOffline] = /\bSet-Disk\b.*-IsOffline:?\s*\$(true|false)/i.exec(script) ?? [];
    if (isOffline !== undefined) {
        setDisks(server, script, isOffline.toLowerCase() === "false", place);
    }
    if (/\bGet-ChildItem\b/i.test(script)) {
        return { status: "Success", outputs: { [STEP]: JSON.stringify(fileSystemsOf(server, serialsIn(script), volumes)) } };
    }
    return { status: "Success", outputs: { [STEP]: /\bGet-Disk\b/i.test(script) ? JSON.stringify(disksOf(server, volumes)) : "" } };
}

function setDisks(server: Server, script: string, isOnline: boolean, place: Place): void {
    const { volumes } = place.state.store;
    const serials = serialsIn(script);
    for (const { id, mounted, attachment } of server.volumes) {
        const isMeant = serials.length === 0 || serials.includes(id.replace("-", ""));
        if (!isMeant || mounted === isOnline || id === rootOf(server)?.id) {
            continue;
        }
        if (isOnline && collides(server, id, volumes)) {
            // Windows writes another signature on a disk that somebody brings online.
            const volume = volumes.get(id) ?? volumes.add(id);
            volume.disk = { ...diskOn(id, volumes), signature: id.slice(-8).toUpperCase() };
        }
        setOnline(server, id, isOnline);
        if (!isOnline && attachment === "busy") {
            release(server, id, place);
        }
    }
}

function serialsIn(script: string): string[] {
    return [...script.matchAll(/\bvol[0-9a-f]{17}\b/g)].map(([serial]) => serial);
}
