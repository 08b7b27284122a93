import { type Account, findTargetedServers } from "./account";
import { associationsOf, type DeployedAssociation } from "./deployed";
import type { Server } from "./embeddedAws/ssm";
import { findFiringTimes } from "./firingTimes";
import { findObstacle } from "./obstacle";
import { remember } from "./playedAws";

/** Keeps the VSS package installed, as State Manager does. */
export interface InstalledPackages {
    /** Installs the package on a server that is new, has started, or has got its tag. */
    installOn(server: Server): void;
}

/** Installs the VSS package when its association is made, and then on its schedule in UTC. */
export function installPackages(account: Account): InstalledPackages {
    const { deployment, servers, timeline, start, end } = account;
    const associations = associationsOf(deployment);
    for (const association of associations) {
        timeline.at(start, () => install(account, association, servers));
        timeline.each(findFiringTimes(association.expression, "UTC", start, end), () => install(account, association, servers));
    }
    return {
        installOn(server) {
            for (const association of associations) {
                install(account, association, [server]);
            }
        },
    };
}

/** Runs an association once. It reaches only servers that Systems Manager reaches. */
function install({ aws, timeline }: Account, { id: associationId, targets }: DeployedAssociation, servers: readonly Server[]): void {
    const time = timeline.now;
    const reached = findTargetedServers(servers, targets).flatMap((server) => {
        const obstacle = findObstacle(server, undefined);
        const isReached = !obstacle || (obstacle.status !== undefined && obstacle.status !== "DeliveryTimedOut");
        return isReached ? [{ server, isWindows: obstacle?.status !== "InvalidPlatform" }] : [];
    });
    for (const { server, isWindows } of reached) {
        server.hasVssPackage ||= isWindows;
    }
    const targetsReached = reached.map(({ server: { id: serverId }, isWindows }) => {
        const status = isWindows ? "Success" : "Failed";
        return { serverId, status, details: isWindows ? "Success" : "InvalidPlatform", time };
    });
    const isGood = targetsReached.every(({ status }) => status === "Success");
    const id = `ae-${associationId}-${time}-${aws.associationExecutions.length}`;
    const execution = { id, associationId, createdAt: time, status: isGood ? "Success" : "Failed", targets: targetsReached };
    remember(aws.associationExecutions, execution, ({ createdAt }) => createdAt);
}
