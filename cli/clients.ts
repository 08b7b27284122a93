import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { RETRY_UNREADABLE } from "../lambda/aws/readableAnswers";
import type { WatchClients } from "../lambda/watch/reading";
import { watchClientConfig } from "../lambda/watch/watch";
import { SEND_ONCE } from "./backup/sendOnce";
import { credentialsFor } from "./credentials";
import { nameDenials } from "./denials";
import { unsentAfter } from "./interruption";

/** The AWS clients of one command. */
export interface Clients extends WatchClients {
    readonly lambda: LambdaClient;
    readonly quotas: ServiceQuotasClient;
    readonly metrics: CloudWatchClient;
}

/** Where and as whom a command works. */
export interface Access {
    /** A profile of `~/.aws/config`. */
    readonly profile?: string;
    readonly region?: string;
}

/** A run of a function takes up to 15 minutes, and Lambda responds when it has ended. */
const WHOLE_RUN = { requestTimeout: 16 * 60_000, socketTimeout: 16 * 60_000 };

/**
 * Makes the clients. Profile and region come from where the AWS CLI takes them, too: options, variables, files.
 *
 * @param abortSignal aborted by Ctrl-C; then no request is sent any more
 * @param given an endpoint and credentials in place of those
 */
export function makeClients(
    { profile, region }: Access,
    abortSignal: AbortSignal,
    given: Pick<SSMClientConfig, "endpoint" | "credentials"> = {},
): Clients {
    const config = { ...watchClientConfig, ...credentialsFor(profile), ...regionOf(region), ...given };
    const clients = {
        ec2: new EC2Client(config),
        ssm: new SSMClient(config),
        sns: new SNSClient(config),
        logs: new CloudWatchLogsClient(config),
        quotas: new ServiceQuotasClient(config),
        metrics: new CloudWatchClient(config),
        lambda: new LambdaClient({ ...config, requestHandler: { ...config.requestHandler, ...WHOLE_RUN } }),
    };
    clients.ec2.middlewareStack.add(...RETRY_UNREADABLE);
    clients.ssm.middlewareStack.add(...RETRY_UNREADABLE);
    clients.ssm.middlewareStack.add(...SEND_ONCE);
    clients.lambda.middlewareStack.add(...RETRY_UNREADABLE);
    clients.ec2.middlewareStack.add(...nameDenials("ec2"));
    clients.ssm.middlewareStack.add(...nameDenials("ssm"));
    clients.sns.middlewareStack.add(...nameDenials("sns"));
    clients.logs.middlewareStack.add(...nameDenials("logs"));
    clients.lambda.middlewareStack.add(...nameDenials("lambda"));
    clients.quotas.middlewareStack.add(...RETRY_UNREADABLE);
    clients.quotas.middlewareStack.add(...nameDenials("servicequotas"));
    const [wholeRequest, oneAttempt] = unsentAfter(abortSignal);
    clients.ec2.middlewareStack.add(...wholeRequest);
    clients.ec2.middlewareStack.add(...oneAttempt);
    clients.ssm.middlewareStack.add(...wholeRequest);
    clients.ssm.middlewareStack.add(...oneAttempt);
    clients.lambda.middlewareStack.add(...wholeRequest);
    clients.lambda.middlewareStack.add(...oneAttempt);
    return clients;
}

/** Without an option, the SDK reads `AWS_REGION` and the profile, but not `AWS_DEFAULT_REGION`. */
function regionOf(given: string | undefined): { region?: string } {
    const region = given ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION);
    return region ? { region } : {};
}
