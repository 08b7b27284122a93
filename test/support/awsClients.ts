import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { clientConfig } from "../../lambda/cleaner/cleaner";
import { type AwsOptions, type EmbeddedAws, startAws } from "../../rehearsal/embeddedAws/aws";
import type { AwsState } from "../../rehearsal/embeddedAws/state";

/** The clients of the watch. */
export interface Clients {
    readonly ec2: EC2Client;
    readonly ssm: SSMClient;
    readonly sns: SNSClient;
    readonly logs: CloudWatchLogsClient;
}

/** The real SDK with the closure's configuration and `config`. It has no time-outs, since the machine may be slow. */
export function clientsOf(endpoint: string, config: EC2ClientConfig = {}): Clients {
    const whole = {
        ...clientConfig,
        requestHandler: {},
        ...config,
        endpoint,
        region: "eu-central-1",
        credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    };
    return { ec2: new EC2Client(whole), ssm: new SSMClient(whole), sns: new SNSClient(whole), logs: new CloudWatchLogsClient(whole) };
}

/** Starts the embedded AWS with an account, uses it through the real SDK, and stops it. */
export async function withAws<T>(
    state: Partial<AwsState>,
    use: (clients: Clients, aws: EmbeddedAws) => Promise<T>,
    options: AwsOptions = {},
    config: EC2ClientConfig = {},
): Promise<T> {
    const aws = await startAws(state, options);
    const clients = clientsOf(aws.endpoint, config);
    try {
        return await use(clients, aws);
    } finally {
        for (const client of Object.values(clients)) {
            client.destroy();
        }
        await aws.close();
    }
}
