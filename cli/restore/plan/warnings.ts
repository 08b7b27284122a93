import { labelOf } from "../../serverLabel";
import { isSameDevice } from "./devices";
import type { ChosenDisk } from "./disks";
import { isRunning } from "./serverChecks";
import { hasTooManyTags } from "./tags";
import type { LiveServer, RecordedFacts, ServerFacts, World } from "./world";

const DAY = 86_400_000;

/** Windows changes the password of a computer in a domain every 30 days, and the domain keeps the one before. */
const PASSWORD_DAYS = 30;

/** Warns about volumes whose settings are not those of a live volume, or whose tags do not all fit. */
export function settingsWarnings(disks: readonly ChosenDisk[], recorded: RecordedFacts | undefined): string[] {
    return disks.flatMap(({ device, snapshot, origin, settings }) => [
        ...(origin === "record" && recorded
            ? [
                  `The volume ${snapshot.volumeId} of ${device} no longer exists. Its settings are those that were recorded on ${dayOf(recorded.recordedAt)}.`,
              ]
            : []),
        ...(origin === "default"
            ? [
                  `Nobody knows the settings of the volume ${snapshot.volumeId} of ${device}. The new one is gp3, with the default speed, the key of the snapshot, and no tags.`,
              ]
            : []),
        ...(hasTooManyTags(settings.tags)
            ? [`The volume of ${device} has more tags than EC2 takes beside those of the restore. Some are left out.`]
            : []),
    ]);
}

/** Warns about parts of a record that did not fit into its parameter. */
export function recordWarnings({ server, recorded }: World): string[] {
    return server === undefined && recorded !== undefined && recorded.leftOut.length > 0
        ? [`The record of the server was too long. It lacks: ${recorded.leftOut.join(", ")}.`]
        : [];
}

/** Warns about disks of the server that stay as they are, so that the server has disks of different times. */
export function mixWarnings(server: ServerFacts, disks: readonly ChosenDisk[], isChosen: boolean): string[] {
    const others = server.disks.filter(({ device }) => !disks.some((disk) => isSameDevice(disk.device, device)));
    const data = others.filter(({ device }) => !isSameDevice(device, server.rootDevice));
    const why = isChosen ? "you did not choose them" : "the set has no snapshot of them";
    return data.length === 0
        ? []
        : [
              `These disks stay as they are now, since ${why}: ${data.map(({ device }) => device).join(", ")}. The server then has disks of different times.`,
          ];
}

/** Warns about disks that were on the server and are not in the set. */
export function absentWarnings(server: ServerFacts | undefined, disks: readonly ChosenDisk[]): string[] {
    const absent = server?.disks.filter(({ device }) => !disks.some((disk) => isSameDevice(disk.device, device))) ?? [];
    return absent.length === 0
        ? []
        : [
              `The set has no snapshot of these disks: ${absent.map(({ device }) => device).join(", ")}. VSS leaves out disks that Windows has not mounted.`,
          ];
}

/** Warns if nobody can look at the disks afterwards. */
export function unmanagedWarnings(server: LiveServer): string[] {
    return server.isManaged || !isRunning(server)
        ? []
        : [`Systems Manager does not reach ${labelOf(server)}, so nobody checks the disks in Windows.`];
}

/** Warns about a stop. */
export function stopWarnings(server: LiveServer): string[] {
    return isRunning(server) && server.hasTemporaryAddress
        ? [`${labelOf(server)} has a public IPv4 address that is no Elastic IP address. It gets another one.`]
        : [];
}

/** Warns about a root disk whose membership in a domain may have expired. */
export function domainWarnings({ set }: World, madeAt: number): string[] {
    return madeAt - set.startTime < PASSWORD_DAYS * DAY
        ? []
        : [
              `The root disk is older than ${PASSWORD_DAYS} days. If the server is in a domain, the domain may not trust it: Test-ComputerSecureChannel -Repair`,
          ];
}

/** Warns about a set that may be joined from several servers. */
export function foreignWarnings(foreign: readonly { readonly id: string }[]): string[] {
    return foreign.length === 0
        ? []
        : [
              `The set has no id, and ${foreign.length} snapshots near it are of other disks. They are left out: ${foreign.map(({ id }) => id).join(", ")}.`,
          ];
}

function dayOf(time: number): string {
    return new Date(time).toISOString().slice(0, 10);
}
