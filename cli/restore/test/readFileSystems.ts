import type { SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { Failure } from "../../failure";
import type { Clock } from "../apply/cloud";
import { runScript, serialOf } from "../apply/windowsDisks";

const HOUR = 3_600_000;

/** A file system on one of the disks. */
export interface FileSystem {
    /** Of the disk: `vol` and 17 hexadecimal digits. */
    readonly serial: string;
    /** Such as `NTFS`; empty if Windows knows none. */
    readonly type: string;
    /** Files and folders in its root folder. */
    readonly entries: number;
    /** Why it could not be read; empty if it could. */
    readonly error: string;
}

const FOUND = z.array(z.object({ serial: z.string(), type: z.string(), entries: z.number(), error: z.string() }));

/** Lists the root folder of each file system, and reads the beginnings of files in it. It writes nothing. */
const READ = `$ErrorActionPreference = 'Stop'
$found = @(foreach ($disk in Get-Disk) {
    $serial = ([string]$disk.SerialNumber).Trim() -replace '_.*$', ''
    if ($serials -notcontains $serial) { continue }
    foreach ($partition in @(Get-Partition -DiskNumber $disk.Number -ErrorAction SilentlyContinue)) {
        $volume = $partition | Get-Volume -ErrorAction SilentlyContinue
        if (-not $volume -or 'System', 'Reserved', 'Recovery' -contains $partition.Type) { continue }
        $path = if ($partition.DriveLetter) { "$($partition.DriveLetter):\\" } else { $volume.Path }
        $entries = 0
        $problem = ''
        try {
            $entries = @(Get-ChildItem -LiteralPath $path -Force).Count
            foreach ($file in @(Get-ChildItem -LiteralPath $path -File | Select-Object -First 20)) {
                try { [void]@(Get-Content -LiteralPath $file.FullName -TotalCount 4096 -Encoding Byte) } catch [UnauthorizedAccessException] { }
            }
        } catch { $problem = $_.Exception.Message }
        [pscustomobject]@{ serial = $serial; type = [string]$volume.FileSystem; entries = $entries; error = $problem }
    }
})
ConvertTo-Json -InputObject $found -Compress`;

/** Reads the file systems on the disks of these volumes. @throws Failure if Windows gives no answer */
export async function readFileSystems(
    ssm: SSMClient,
    clock: Clock,
    serverId: string,
    volumeIds: readonly string[],
): Promise<readonly FileSystem[]> {
    // Each block of a new volume is slow when it is first read.
    const output = await runScript(ssm, clock, serverId, `$serials = ${listOf(volumeIds)}\n${READ}`, HOUR);
    try {
        return FOUND.parse(JSON.parse(output.trim()));
    } catch {
        throw new Failure(`The script on ${serverId} gave no list of file systems.`);
    }
}

/** Brings the disks of these volumes online in Windows. A disk of a test may get another signature. Its original is on another volume. */
export async function bringOnline(ssm: SSMClient, clock: Clock, serverId: string, volumeIds: readonly string[]): Promise<void> {
    const isOurs = "$serials -contains (([string]$_.SerialNumber).Trim() -replace '_.*$', '')";
    const script = `$serials = ${listOf(volumeIds)}\nGet-Disk | Where-Object { $_.IsOffline -and (${isOurs}) } | Set-Disk -IsOffline $false`;
    await runScript(ssm, clock, serverId, script);
}

function listOf(volumeIds: readonly string[]): string {
    return volumeIds.map((id) => `'${serialOf(id)}'`).join(", ");
}
