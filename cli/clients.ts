import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { RETRY_UNREADABLE } from "../lambda/aws/readableAnswers";
import type { WatchClients } from "../lambda/watch/reading";
import { watchClientConfig } from "../lambda/watch/watch";
import { SEND_ONCE } from "./backup/sendOnce";

/** The AWS clients of one command. */
export interface Clients extends WatchClients {
    readonly lambda: LambdaClient;
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
 * @param given an endpoint and credentials in place of those
 */
export function makeClients({ profile, region }: Access, given: Pick<SSMClientConfig, "endpoint" | "credentials"> = {}): Clients {
    if (profile !== undefined) {
        process.env.AWS_PROFILE = profile;
    }
    const config = { ...watchClientConfig, ...regionOf(region), ...given };
    const clients = {
        ec2: new EC2Client(config),
        ssm: new SSMClient(config),
        sns: new SNSClient(config),
        logs: new CloudWatchLogsClient(config),
        lambda: new LambdaClient({ ...config, requestHandler: { ...config.requestHandler, ...WHOLE_RUN } }),
    };
    clients.ec2.middlewareStack.add(...RETRY_UNREADABLE);
    clients.ssm.middlewareStack.add(...RETRY_UNREADABLE);
    clients.ssm.middlewareStack.add(...SEND_ONCE);
    clients.lambda.middlewareStack.add(...RETRY_UNREADABLE);
    return clients;
}

/** Without an option, the SDK reads `AWS_REGION` and the profile, but not `AWS_DEFAULT_REGION`. */
function regionOf(given: string | undefined): { region?: string } {
    const region = given ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION);
    return region ? { region } : {};
}
