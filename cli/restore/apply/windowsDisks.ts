import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { Failure } from "../../failure";
import type { Clock, ShownDisk } from "./cloud";

const POLL_MS = 3000;
const LIMIT_MS = 10 * 60_000;

const DOCUMENT = "AWS-RunPowerShellScript";

/**
 * Lists the disks of Windows as JSON. It changes nothing. The serial of an NVMe disk is `vol0123456789abcdef0_00000001.`
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
 */
const SCRIPT = `$ErrorActionPreference = 'Stop'
$disks = @(Get-Disk | ForEach-Object {
    $disk = $_
    $letters = @(Get-Partition -DiskNumber $disk.Number -ErrorAction SilentlyContinue | Where-Object { $_.DriveLetter } | ForEach-Object { [string]$_.DriveLetter })
    $signature = if ($disk.PartitionStyle -eq 'RAW') { '' } elseif ($disk.PartitionStyle -eq 'GPT') { [string]$disk.Guid } else { [string]$disk.Signature }
    [pscustomobject]@{
        serial = ([string]$disk.SerialNumber).Trim() -replace '_.*$', ''
        number = [int]$disk.Number
        isOffline = [bool]$disk.IsOffline
        isReadOnly = [bool]$disk.IsReadOnly
        signature = $signature
        letters = $letters
    }
})
ConvertTo-Json -InputObject $disks -Compress -Depth 3`;

const SHOWN = z.array(
    z.object({
        serial: z.string(),
        number: z.number(),
        isOffline: z.boolean(),
        isReadOnly: z.boolean(),
        signature: z.string(),
        letters: z.array(z.string()),
    }),
);

/** Asks Windows on a server for its disks. */
export async function showDisks(ssm: SSMClient, clock: Clock, serverId: string): Promise<ShownDisk[]> {
    const disks = SHOWN.safeParse(jsonIn(await runScript(ssm, clock, serverId, SCRIPT)));
    if (!disks.success) {
        throw new Failure(`The script on ${serverId} gave no list of disks.`);
    }
    return disks.data;
}

/** The serial number that Windows shows for the disk of a volume. */
export function serialOf(volumeId: string): string {
    return volumeId.replace("-", "");
}

/** Takes the disk of a volume offline in Windows, if it is there. */
export async function takeOffline(ssm: SSMClient, clock: Clock, serverId: string, volumeId: string): Promise<void> {
    const script = `Get-Disk | Where-Object { ([string]$_.SerialNumber) -like '${serialOf(volumeId)}*' } | Set-Disk -IsOffline $true`;
    await runScript(ssm, clock, serverId, script);
}

/**
 * Runs a script of PowerShell on a server, and returns its output.
 *
 * @throws Failure if it fails or takes longer
 */
export async function runScript(ssm: SSMClient, clock: Clock, serverId: string, script: string, limitMs = LIMIT_MS): Promise<string> {
    const request = new SendCommandCommand({ DocumentName: DOCUMENT, InstanceIds: [serverId], Parameters: { commands: [script] } });
    const { Command } = await ssm.send(request);
    return outputOf(ssm, clock, { CommandId: Command?.CommandId ?? "", InstanceId: serverId }, limitMs);
}

/** Waits for the end of the command. Systems Manager does not know a new one at once. */
async function outputOf(
    ssm: SSMClient,
    clock: Clock,
    run: { readonly CommandId: string; readonly InstanceId: string },
    limitMs: number,
): Promise<string> {
    const start = clock.now();
    for (;;) {
        await clock.pause(POLL_MS);
        const {
            Status = "Pending",
            StandardOutputContent = "",
            StandardErrorContent = "",
        } = await ssm.send(new GetCommandInvocationCommand(run)).catch((error: Error) => {
            if (error.name !== "InvocationDoesNotExist") {
                throw error;
            }
            return {} as { Status?: string; StandardOutputContent?: string; StandardErrorContent?: string };
        });
        if (Status === "Success") {
            return StandardOutputContent;
        }
        const isOpen = ["Pending", "InProgress", "Delayed"].includes(Status);
        if (!isOpen || clock.now() - start > limitMs) {
            throw new Failure(`The script on ${run.InstanceId} ended with ${Status}: ${StandardErrorContent.trim().slice(0, 200)}`);
        }
    }
}

function jsonIn(text: string): unknown {
    try {
        return JSON.parse(text.trim());
    } catch {
        return undefined;
    }
}
