import * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "./embeddedAws/partition";

/** A resource as the program registered it. */
export interface Registered {
    readonly type: string;
    readonly name: string;
    // biome-ignore lint/suspicious/noExplicitAny: the inputs of any resource of any provider
    readonly inputs: Record<string, any>;
    readonly id: string;
    readonly arn: string | undefined;
    /** Reference of an explicit provider; empty for the default one. */
    readonly provider: string;
}

export interface Deployment {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    readonly resources: readonly Registered[];
    /** The stack's outputs. */
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** Finds the resources of one type. */
export function resourcesOf({ resources }: Pick<Deployment, "resources">, type: string): Registered[] {
    return resources.filter((resource) => resource.type === type);
}

export const ACCOUNT_ID = "123456789012";

/**
 * Runs the real program as `pulumi up` does, and records the resources that it registers. Nothing leaves this process.
 *
 * @param entry the program's file
 * @throws Error of the program, such as the faults of its config
 */
export function runProgram(entry: string, project: string, stack: string, config: Readonly<Record<string, string>>): Promise<Deployment> {
    const program = () => {
        // A program reads its config when Node loads it.
        delete require.cache[require.resolve(entry)];
        return require(entry) as Record<string, pulumi.Input<unknown>>;
    };
    return run(program, project, stack, config);
}

/**
 * Runs a program that is a function and returns its exports.
 *
 * @param answers replace the usual answers to the provider's look-ups, by token
 */
export async function run(
    program: () => Record<string, pulumi.Input<unknown>>,
    project: string,
    stack: string,
    config: Readonly<Record<string, string>>,
    answers: Readonly<Record<string, () => Record<string, unknown>>> = {},
): Promise<Deployment> {
    const region = config["aws:region"] ?? process.env.AWS_REGION ?? "us-east-1";
    const resources: Registered[] = [];
    pulumi.runtime.setMocks(
        {
            newResource({ type, name, inputs, provider = "" }) {
                const id = `${name}-id`;
                const arn = arnOf(type, inputs.name ?? name, region);
                resources.push({ type, name, inputs, id, arn, provider });
                return { id, state: { ...inputs, name: inputs.name ?? name, arn } };
            },
            call({ token }) {
                return answers[token]?.() ?? answerLookUp(token, region);
            },
        },
        project,
        stack,
    );
    pulumi.runtime.setAllConfig({ ...config });
    const outputs = await waitForOutputs(program(), resources);
    return { project, stack, region, resources, outputs };
}

async function waitForOutputs(
    exported: Record<string, pulumi.Input<unknown>>,
    resources: readonly Registered[],
): Promise<Record<string, unknown>> {
    const outputs = pulumi.output(exported) as unknown as { promise(): Promise<Record<string, unknown>> };
    const values = await outputs.promise();
    // A registration can start further registrations. The program has ended when a round adds no resource.
    for (let registered = -1; registered < resources.length; ) {
        registered = resources.length;
        await pulumi.runtime.disconnect();
        await new Promise(setImmediate);
    }
    return values;
}

const ARN_PATHS: Readonly<Record<string, [service: string, path: string]>> = {
    "aws:iam/role:Role": ["iam", "role/"],
    "aws:iam/instanceProfile:InstanceProfile": ["iam", "instance-profile/"],
    "aws:sns/topic:Topic": ["sns", ""],
    "aws:sqs/queue:Queue": ["sqs", ""],
    "aws:lambda/function:Function": ["lambda", "function:"],
    "aws:cloudwatch/logGroup:LogGroup": ["logs", "log-group:"],
    "aws:cloudwatch/eventRule:EventRule": ["events", "rule/"],
    "aws:cloudwatch/metricAlarm:MetricAlarm": ["cloudwatch", "alarm:"],
    "aws:scheduler/schedule:Schedule": ["scheduler", "schedule/default/"],
};

function arnOf(type: string, name: string, region: string): string | undefined {
    const [service, path] = ARN_PATHS[type] ?? [];
    return service && `arn:${partitionOf(region)}:${service}:${service === "iam" ? "" : region}:${ACCOUNT_ID}:${path}${name}`;
}

/** Answers a look-up of the provider. */
function answerLookUp(token: string, region: string): Record<string, unknown> {
    const answers: Readonly<Record<string, Record<string, unknown>>> = {
        "aws:index/getPartition:getPartition": { partition: partitionOf(region) },
        "aws:index/getRegion:getRegion": { region },
        "aws:index/getCallerIdentity:getCallerIdentity": { accountId: ACCOUNT_ID },
        "aws:servicequotas/getServiceQuota:getServiceQuota": { value: 1000 },
    };
    const answer = answers[token];
    if (!answer) {
        const message = `The rehearsal has no answer to ${token}.`;
        // Pulumi reads the message of gRPC's errors from their details.
        throw Object.assign(new Error(message), { details: message });
    }
    return answer;
}
