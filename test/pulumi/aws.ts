import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { partitionOf } from "../../rehearsal/embeddedAws/partition";
import { ACCOUNT_ID } from "../../rehearsal/program";

/** Makes an ARN of the type's service, such as `arn:aws:sns:eu-central-1:123456789012:Topic/prod-topic`. */
export function arnOf(type: string, name: string, region: string): string {
    const [, module = "", kind = ""] = type.split(":");
    const service = module.split("/")[0] as string;
    return `arn:${partitionOf(region)}:${service}:${region}:${ACCOUNT_ID}:${service === "sns" ? name : `${kind}/${name}`}`;
}

/** Returns the response of the provider's look-ups. */
export function answerOf(token: string, region: string): Record<string, JavaScriptValue> {
    const answers: Readonly<Record<string, Record<string, JavaScriptValue>>> = {
        "aws:index/getPartition:getPartition": { partition: partitionOf(region) },
        "aws:index/getRegion:getRegion": { region },
        "aws:index/getCallerIdentity:getCallerIdentity": { accountId: ACCOUNT_ID },
        "aws:servicequotas/getServiceQuota:getServiceQuota": { value: 1000 },
    };
    return answers[token] ?? {};
}
