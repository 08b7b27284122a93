import * as aws from "@pulumi/aws";
import { VssBackupPolicy } from "../../../components";

const topic = new aws.sns.Topic("operations");

export const { backUpNow } = new VssBackupPolicy("prod", { topicArn: topic.arn, retention: { Day: 7 } });
