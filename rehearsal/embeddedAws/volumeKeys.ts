import type { AwsCall } from "./call";
import { findSnapshot } from "./ec2Resources";
import { partitionOf } from "./partition";
import { arnOf, type Place } from "./service";

/**
 * What EBS does with the key of a volume, as the caller.
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
 */
const ON_KEYS = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/** Whether the caller may use the key of the volume that a call makes. EC2 accepts the call without it, and the volume fails later. */
export async function mayUseKey({ parameters }: AwsCall, place: Place): Promise<boolean> {
    const snapshotId = parameters.get("SnapshotId");
    const keyId = parameters.get("KmsKeyId") ?? (snapshotId === null ? undefined : findSnapshot(place, snapshotId).kmsKeyId);
    if (keyId === undefined) {
        return true;
    }
    const resource = keyId.startsWith("arn:") ? keyId : arnOf(place, "kms", `key/${keyId}`);
    const through = {
        "kms:ViaService": `ec2.${place.region}.${partitionOf(place.region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}`,
    };
    const permitted = await Promise.all(
        ON_KEYS.map((action) => {
            const grant = action === "kms:CreateGrant" ? { "kms:GrantIsForAWSResource": "true" } : {};
            return place.permits({ action, resource, context: { ...through, ...grant } });
        }),
    );
    return permitted.every(Boolean);
}
