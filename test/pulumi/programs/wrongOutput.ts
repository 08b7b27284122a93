import * as aws from "@pulumi/aws";
import { VssBackupPolicy } from "../../../components";

// A queue's ARN, which nobody knows before the queue is there, is no topic's.
const queue = new aws.sqs.Queue("operations");

export const { backUpNow } = new VssBackupPolicy("prod", { topicArn: queue.arn });
