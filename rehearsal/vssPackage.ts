import { type Account, findTargetedServers } from "./account";
import { associationsOf } from "./deployed";
import { findFiringTimes } from "./firingTimes";

/** Installs the VSS package as State Manager does: when its association is made, and then on its schedule in UTC. */
export function installPackages({ deployment, servers, timeline, start, end }: Account): void {
    for (const { expression, targets } of associationsOf(deployment)) {
        const install = () => {
            for (const server of findTargetedServers(servers, targets)) {
                server.hasVssPackage = true;
            }
        };
        timeline.at(start, install);
        timeline.each(findFiringTimes(expression, "UTC", start, end), install);
    }
}
