import type { DeployedSchedule, DeployedWindow } from "./deployed";
import type { EmbeddedIam, IamRequest } from "./embeddedAws/iam";
import { partitionOf } from "./embeddedAws/partition";
import type { Server } from "./embeddedAws/ssm";
import { ACCOUNT_ID } from "./program";

/** Returns why IAM refuses a window's command to a server; undefined if IAM allows it. */
export function windowRefusal(iam: EmbeddedIam, window: DeployedWindow, server: Server, region: string): Promise<string | undefined> {
    const { arn, role, notifyRole, document } = window;
    const partition = partitionOf(region);
    const tags = [...server.tags].flatMap(([key, value]) =>
        ["ssm:resourceTag", "aws:ResourceTag"].map((name) => [`${name}/${key}`, value]),
    );
    return firstRefusal(iam, [
        assumeRole("ssm.amazonaws.com", role, arn),
        { principal: role, action: "ssm:SendCommand", resource: `arn:${partition}:ssm:${region}::document/${document}` },
        {
            principal: role,
            action: "ssm:SendCommand",
            resource: `arn:${partition}:ec2:${region}:${ACCOUNT_ID}:instance/${server.id}`,
            context: Object.fromEntries(tags),
        },
        { principal: role, action: "iam:PassRole", resource: notifyRole, context: { "iam:PassedToService": "ssm.amazonaws.com" } },
    ]);
}

/** Returns why IAM does not let a schedule start its function; undefined if IAM allows it. */
export function startRefusal(iam: EmbeddedIam, { arn, role, started }: DeployedSchedule): Promise<string | undefined> {
    return firstRefusal(iam, [
        assumeRole("scheduler.amazonaws.com", role, arn),
        { principal: role, action: "lambda:InvokeFunction", resource: started.arn },
        assumeRole("lambda.amazonaws.com", started.role, started.arn),
    ]);
}

/** Returns why IAM does not let a function write its log; undefined if IAM allows it. */
export function logRefusal(iam: EmbeddedIam, { started }: DeployedSchedule): Promise<string | undefined> {
    const resource = `${started.logGroup}:log-stream:rehearsal`;
    return firstRefusal(
        iam,
        ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({ principal: started.role, action, resource })),
    );
}

/** A service that assumes a role sends the account and the ARN of the resource for which it acts. */
function assumeRole(service: string, role: string, sourceArn: string): IamRequest {
    const context = { "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": sourceArn };
    return { principal: service, action: "sts:AssumeRole", resource: role, context };
}

async function firstRefusal(iam: EmbeddedIam, requests: readonly IamRequest[]): Promise<string | undefined> {
    for (const request of requests) {
        const refusal = await iam.refusal(request);
        if (refusal) {
            return `AccessDeniedException: ${refusal}`;
        }
    }
    return undefined;
}
