import { POLICY_TAG, TYPE_TAG } from "../lambda/tags";
import type { LambdaOptions } from "./embeddedAws/lambda";
import { parseTags } from "./embeddedAws/ssm";
import type { Deployment, Registered } from "./program";

/** SSM's way to name servers: a tag key, and values of which one must be the server's. */
export interface Target {
    readonly key: string;
    readonly values: readonly string[];
}

/** A backup window with all that it needs to run. */
export interface DeployedWindow {
    /** Of the tags that its task puts on snapshots. */
    readonly policy: string;
    readonly type: string;
    readonly schedule: string;
    readonly timezone: string;
    readonly targets: readonly Target[];
    readonly document: string;
    readonly parameters: Readonly<Record<string, string>>;
}

export interface DeployedSchedule {
    readonly expression: string;
    readonly timezone: string;
    readonly input: string;
    readonly function: LambdaOptions["function"];
}

export interface DeployedAssociation {
    readonly expression: string;
    readonly targets: readonly Target[];
}

/** The windows of a deployment, wired as SSM would: window, task, target. */
export function windowsOf(deployment: Deployment): DeployedWindow[] {
    return of(deployment, "aws:ssm/maintenanceWindow:MaintenanceWindow").flatMap((window) => {
        const targets = of(deployment, "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget").filter(
            ({ inputs }) => inputs.windowId === window.id,
        );
        return of(deployment, "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask")
            .filter(({ inputs }) => inputs.windowId === window.id)
            .map(({ inputs: task }) => {
                const given: { name: string; values: string[] }[] = task.taskInvocationParameters.runCommandParameters.parameters;
                const parameters = Object.fromEntries(given.map(({ name, values }) => [name, values[0] ?? ""]));
                const tags = parseTags(parameters.tags ?? "");
                return {
                    policy: tags.get(POLICY_TAG) ?? "",
                    type: tags.get(TYPE_TAG) ?? "",
                    schedule: window.inputs.schedule,
                    timezone: window.inputs.scheduleTimezone,
                    targets: targets.filter(({ id }) => task.targets[0].values.includes(id)).flatMap(({ inputs }) => inputs.targets),
                    document: task.taskArn,
                    parameters,
                };
            });
    });
}

/** The schedules that start a function of the deployment. */
export function schedulesOf(deployment: Deployment): DeployedSchedule[] {
    return of(deployment, "aws:scheduler/schedule:Schedule").flatMap(({ inputs }) =>
        of(deployment, "aws:lambda/function:Function")
            .filter(({ arn }) => arn === inputs.target.arn)
            .map(({ inputs: started }) => ({
                expression: inputs.scheduleExpression,
                timezone: inputs.scheduleExpressionTimezone,
                input: inputs.target.input,
                function: started as LambdaOptions["function"],
            })),
    );
}

export function associationsOf(deployment: Deployment): DeployedAssociation[] {
    return of(deployment, "aws:ssm/association:Association").map(({ inputs }) => ({
        expression: inputs.scheduleExpression,
        targets: inputs.targets,
    }));
}

function of(deployment: Deployment, type: string): Registered[] {
    return deployment.resources.filter((resource) => resource.type === type);
}
