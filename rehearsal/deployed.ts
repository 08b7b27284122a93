import { POLICY_TAG, TYPE_TAG } from "../lambda/retention/tags";
import type { LambdaOptions } from "./embeddedAws/lambda";
import { partitionOf } from "./embeddedAws/partition";
import { parseTags } from "./embeddedAws/ssm";
import { ACCOUNT_ID, type Deployment, type Registered } from "./program";

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
    readonly arn: string;
    /** ARN of the role in whose name its commands are sent. */
    readonly role: string;
    /** ARN of the role that its commands hand to SSM, to publish with. */
    readonly notifyRole: string;
}

export interface DeployedSchedule {
    readonly expression: string;
    readonly timezone: string;
    readonly input: string;
    readonly function: LambdaOptions["function"];
    readonly arn: string;
    /** ARN of the role in whose name it starts the function. */
    readonly role: string;
    /** ARNs of the function, of its role and of the group that its log goes to. */
    readonly started: { readonly arn: string; readonly role: string; readonly logGroup: string };
}

export interface DeployedAssociation {
    readonly expression: string;
    readonly targets: readonly Target[];
}

/** The windows of a deployment, wired as SSM would: window, task, target. */
export function windowsOf(deployment: Deployment): DeployedWindow[] {
    const { region } = deployment;
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
                    arn: `arn:${partitionOf(region)}:ssm:${region}:${ACCOUNT_ID}:maintenancewindow/${window.id}`,
                    role: task.serviceRoleArn,
                    notifyRole: task.taskInvocationParameters.runCommandParameters.serviceRoleArn,
                };
            });
    });
}

/** The schedules that start a function of the deployment. */
export function schedulesOf(deployment: Deployment): DeployedSchedule[] {
    const logs = of(deployment, "aws:cloudwatch/logGroup:LogGroup");
    return of(deployment, "aws:scheduler/schedule:Schedule").flatMap(({ inputs, arn = "" }) =>
        of(deployment, "aws:lambda/function:Function")
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

export function associationsOf(deployment: Deployment): DeployedAssociation[] {
    return of(deployment, "aws:ssm/association:Association").map(({ inputs }) => ({
        expression: inputs.scheduleExpression,
        targets: inputs.targets,
    }));
}

function of(deployment: Deployment, type: string): Registered[] {
    return deployment.resources.filter((resource) => resource.type === type);
}
