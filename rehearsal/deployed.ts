import { POLICY_TAG, TYPE_TAG } from "../lambda/retention/tags";
import type { LambdaOptions } from "./embeddedAws/lambda";
import { partitionOf } from "./embeddedAws/partition";
import { parseTags } from "./embeddedAws/ssm";
import { ACCOUNT_ID, type Deployment, resourcesOf } from "./program";

/** Selects servers as SSM does: the server has one of these values under the key. */
export interface Target {
    readonly key: string;
    readonly values: readonly string[];
}

/** A backup window with its target and its task. */
export interface DeployedWindow {
    /** Read from the tags that its task puts on snapshots, and so is the type. */
    readonly policy: string;
    readonly type: string;
    readonly schedule: string;
    readonly timezone: string;
    readonly targets: readonly Target[];
    readonly document: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly arn: string;
    /** ARN of the role that SSM assumes to send the window's commands. */
    readonly role: string;
    /** ARN of the role that the commands pass to SSM for its notifications. */
    readonly notifyRole: string;
}

export interface DeployedSchedule {
    readonly expression: string;
    readonly timezone: string;
    readonly input: string;
    readonly function: LambdaOptions["function"];
    readonly arn: string;
    /** ARN of the role that EventBridge Scheduler assumes to start the function. */
    readonly role: string;
    /** ARNs of the function, of its role and of its log group. */
    readonly started: { readonly arn: string; readonly role: string; readonly logGroup: string };
}

export interface DeployedAssociation {
    readonly expression: string;
    readonly targets: readonly Target[];
}

/** Joins the windows of a deployment with their tasks and targets, as SSM does. */
export function windowsOf(deployment: Deployment): DeployedWindow[] {
    const { region } = deployment;
    return resourcesOf(deployment, "aws:ssm/maintenanceWindow:MaintenanceWindow").flatMap((window) => {
        const targets = resourcesOf(deployment, "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget").filter(
            ({ inputs }) => inputs.windowId === window.id,
        );
        return resourcesOf(deployment, "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask")
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
                    arn: `arn:${partitionOf(region)}:ssm:${region}:${ACCOUNT_ID}:maintenancewindow/${window.id}`,
                    role: task.serviceRoleArn,
                    notifyRole: task.taskInvocationParameters.runCommandParameters.serviceRoleArn,
                };
            });
    });
}

/** Joins the schedules of a deployment with the functions that they start. */
export function schedulesOf(deployment: Deployment): DeployedSchedule[] {
    const logs = resourcesOf(deployment, "aws:cloudwatch/logGroup:LogGroup");
    return resourcesOf(deployment, "aws:scheduler/schedule:Schedule").flatMap(({ inputs, arn = "" }) =>
        resourcesOf(deployment, "aws:lambda/function:Function")
            .filter((started) => started.arn === inputs.target.arn)
            .map(({ inputs: started }) => ({
                expression: inputs.scheduleExpression,
                timezone: inputs.scheduleExpressionTimezone,
                input: inputs.target.input,
                function: started as LambdaOptions["function"],
                arn,
                role: inputs.target.roleArn,
                started: {
                    arn: inputs.target.arn,
                    role: started.role,
                    logGroup: logs.find(({ inputs: group }) => group.name === started.loggingConfig.logGroup)?.arn ?? "",
                },
            })),
    );
}

/** Finds the State Manager associations of a deployment. */
export function associationsOf(deployment: Deployment): DeployedAssociation[] {
    return resourcesOf(deployment, "aws:ssm/association:Association").map(({ inputs }) => ({
        expression: inputs.scheduleExpression,
        targets: inputs.targets,
    }));
}
