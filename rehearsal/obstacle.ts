import type { Mishap, Server } from "./embeddedAws/ssm";

/** Why a command did not run on a server, and SSM's status; without a status, SSM does not send the command. */
export interface Obstacle {
    readonly why: string;
    readonly status?: "DeliveryTimedOut" | "InvalidPlatform" | "Failed";
}

/** AWS does not take VSS snapshots on these. */
const TOO_SMALL = /^t(2|3|3a)\.(nano|micro)$/;

/**
 * Finds out why Systems Manager can't run a command on a server; undefined if it can.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
 */
export function findObstacle(server: Server, mishap: Mishap | undefined): Obstacle | undefined {
    const { state = "running", agent = "Online", hasProfile = true, platform = "Windows", instanceType = "m7i.large" } = server;
    if (agent === "none" || !hasProfile) {
        return { why: "Systems Manager does not manage the server" };
    }
    if (state !== "running" || mishap?.leaves === "nothing") {
        return { why: "the server was down", status: "DeliveryTimedOut" };
    }
    if (agent === "ConnectionLost") {
        return { why: "the agent did not respond", status: "DeliveryTimedOut" };
    }
    if (platform !== "Windows") {
        return { why: "the server does not run Windows", status: "InvalidPlatform" };
    }
    return TOO_SMALL.test(instanceType) ? { why: "the server is too small for VSS", status: "Failed" } : undefined;
}
