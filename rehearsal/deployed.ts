import { POLICY_TAG, TYPE_TAG } from "../lambda/retention/tags";
import { type AlarmInputs, readAlarm } from "./embeddedAws/alarmInputs";
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
    readonly id: string;
    readonly name: string;
    /** Hours. */
    readonly duration: number;
    /** Hours. */
    readonly cutoff: number;
    /** The comment of its commands. */
    readonly comment: string;
    /** How long a command waits for its server. */
    readonly deliverySeconds: number;
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
    /** The name of the function, the name of its log group, and ARNs of the function, of its role and of its log group. */
    readonly started: {
        readonly name: string;
        readonly logGroupName: string;
        readonly arn: string;
        readonly role: string;
        readonly logGroup: string;
    };
    /** The name of the queue for starts that failed; undefined if there is none. */
    readonly deadLetters: string | undefined;
}

export interface DeployedAssociation {
    readonly id: string;
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
                const { comment, timeoutSeconds, serviceRoleArn } = task.taskInvocationParameters.runCommandParameters;
                return {
                    id: window.id,
                    name: window.inputs.name,
                    duration: window.inputs.duration,
                    cutoff: window.inputs.cutoff,
                    comment,
                    deliverySeconds: timeoutSeconds,
                    policy: tags.get(POLICY_TAG) ?? "",
                    type: tags.get(TYPE_TAG) ?? "",
                    schedule: window.inputs.schedule,
                    timezone: window.inputs.scheduleTimezone,
                    targets: targets.filter(({ id }) => task.targets[0].values.includes(id)).flatMap(({ inputs }) => inputs.targets),
                    document: task.taskArn,
                    parameters,
                    arn: `arn:${partitionOf(region)}:ssm:${region}:${ACCOUNT_ID}:maintenancewindow/${window.id}`,
                    role: task.serviceRoleArn,
                    notifyRole: serviceRoleArn,
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
                    name: started.name,
                    logGroupName: started.loggingConfig.logGroup,
                    arn: inputs.target.arn,
                    role: started.role,
                    logGroup: logs.find(({ inputs: group }) => group.name === started.loggingConfig.logGroup)?.arn ?? "",
                },
                deadLetters: queueNameOf(inputs.target.deadLetterConfig?.arn),
            })),
    );
}

/** Finds the State Manager associations of a deployment. */
export function associationsOf(deployment: Deployment): DeployedAssociation[] {
    return resourcesOf(deployment, "aws:ssm/association:Association").map(({ id, inputs }) => ({
        id,
        expression: inputs.scheduleExpression,
        targets: inputs.targets,
    }));
}

function queueNameOf(arn: string | undefined): string | undefined {
    return arn?.split(":").at(-1);
}

/** Whether a schedule starts the watch, and not the cleaner. Only the watch has this variable. */
export function startsWatch({ function: { environment } }: DeployedSchedule): boolean {
    return environment?.variables.WATCH_TARGETS !== undefined;
}

/**
 * Reads the alarms of a deployment.
 *
 * @throws Error if CloudWatch would refuse one
 */
export function alarmsOf(deployment: Deployment): AlarmInputs[] {
    return resourcesOf(deployment, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => readAlarm(inputs));
}
