import { labelOf } from "../../serverLabel";
import type { Fault } from "./fault";
import type { RestoreRequest } from "./request";
import { unfinishedCure } from "./testId";
import type { LiveServer, ServerFacts, World } from "./world";

const GROUP_TAG = "aws:autoscaling:groupName";

export function isRunning({ state }: LiveServer): boolean {
    return state === "running";
}

/** Refuses a server that does not exist. */
export function missingServer(serverId: string): Fault {
    return {
        sentence: `The server ${serverId} no longer exists`,
        cure: "Use the mode server to make a new one, or attach to get files.",
    };
}

/** Refuses a server on which another restore is not finished. */
export function busyFaults(server: ServerFacts, { unfinished }: World): Fault[] {
    return unfinished
        .filter(({ servers }) => servers.includes(server.id))
        .map(({ id }) => ({ sentence: `The restore ${id} of ${labelOf(server)} is not finished`, cure: unfinishedCure(id) }));
}

/** Refuses a server whose disks can't be changed. */
export function serverFaults(server: LiveServer, world: World): Fault[] {
    const label = labelOf(server);
    const group = server.tags[GROUP_TAG];
    return [
        ...busyFaults(server, world),
        ...(group === undefined
            ? []
            : [
                  {
                      sentence: `${label} is in the Auto Scaling group ${group}, which replaces servers that stop or change`,
                      cure: "Detach it from the group, or use another server.",
                  },
              ]),
        ...(["running", "stopped"].includes(server.state)
            ? []
            : [{ sentence: `${label} is in state ${server.state}`, cure: "Wait until it is running or stopped." }]),
    ];
}

/** Refuses a fresh backup that VSS can't take. */
export function backupFaults(server: LiveServer, { backup }: RestoreRequest): Fault[] {
    const why = isRunning(server) ? "Systems Manager does not reach it" : `it is ${server.state}`;
    return !backup || (isRunning(server) && server.isManaged)
        ? []
        : [
              {
                  sentence: `The present state of ${labelOf(server)} can't be backed up first, since ${why}`,
                  cure: "Start the server and its SSM Agent, or add --no-backup. The old volumes are kept in any case.",
              },
          ];
}

/** Refuses volumes in another zone than before, unless the user wants it. */
export function zoneFaults({ anotherZone }: RestoreRequest, from: string | undefined, to: string): Fault[] {
    return anotherZone || from === undefined || from === to
        ? []
        : [
              {
                  sentence: `The volumes were in ${from}, and the new ones would be in ${to}`,
                  cure: "Use a server of the same zone, or add --another-zone.",
              },
          ];
}
