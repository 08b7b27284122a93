import * as aws from "@pulumi/aws";
import { VssBackupPolicy } from "../../../components";

// The ARN of a queue instead of a topic. It is unknown until the queue exists.
const queue = new aws.sqs.Queue("operations");

export const { backUpNow } = new VssBackupPolicy("prod", { topicArn: queue.arn });
