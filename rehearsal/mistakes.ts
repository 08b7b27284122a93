import type { EmbeddedIam } from "./embeddedAws/iam";

/** A permission that somebody has taken from a role by hand. */
export interface TakenPermission {
    /** ARN of the role. */
    readonly role: string;
    /** Such as `ec2:DescribeSnapshots`. */
    readonly action: string;
}

/** What people or AWS have broken in an account since the deployment. */
export interface Mistakes {
    readonly takenPermissions: Set<TakenPermission>;
    /** Ids of windows without their task. */
    readonly windowsWithoutTask: Set<string>;
    /** Ids of servers on which VSS fails. */
    readonly failingServers: Set<string>;
    /** ARNs of functions that end with an error before they do anything. */
    readonly brokenFunctions: Set<string>;
    /** ARNs of schedules that start nothing. */
    readonly stoppedSchedules: Set<string>;
}

/** Makes an account without a mistake. */
export function makeMistakes(): Mistakes {
    return {
        takenPermissions: new Set(),
        windowsWithoutTask: new Set(),
        failingServers: new Set(),
        brokenFunctions: new Set(),
        stoppedSchedules: new Set(),
    };
}

/** Judges as an IAM does, and also denies what somebody has taken away. */
export function applyMistakes(iam: EmbeddedIam, { takenPermissions }: Mistakes): EmbeddedIam {
    return {
        accessKey: (role) => iam.accessKey(role),
        async refusal(request) {
            const { principal, action, resource } = request;
            const taken = [...takenPermissions].find(
                (permission) =>
                    permission.action === action && (permission.role === principal || iam.accessKey(permission.role) === principal),
            );
            return taken
                ? `User: ${taken.role} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in an identity-based policy`
                : iam.refusal(request);
        },
    };
}
