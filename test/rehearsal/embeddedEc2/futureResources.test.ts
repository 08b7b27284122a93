import assert from "node:assert/strict";
import { CreateVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import type { IamRequest } from "../../../rehearsal/embeddedAws/iam";
import { roleWith } from "../../commandLine/support/roles";
import { DATA_SNAPSHOT, diskAccount, refusalOf, withEc2 } from "./serverWithDisks";

describe("IAM in the embedded EC2", () => {
    it("evaluates the use of a key after the request, so that the volume fails", async () => {
        const account = diskAccount();
        const refusal = async ({ action }: IamRequest) => (action === "kms:CreateGrant" ? "no" : undefined);
        const input = { AvailabilityZone: "eu-central-1a", SnapshotId: DATA_SNAPSHOT };
        await withEc2(
            account,
            async (ec2) => {
                const { VolumeId = "" } = await ec2.send(new CreateVolumeCommand(input));
                const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
                assert.deepEqual(
                    Volumes.map(({ State }) => State),
                    ["error"],
                );
            },
            { iam: { refusal, accessKey: () => "" } },
        );
    });

    it("knows a resource that does not exist yet, and takes it for no pattern", async () => {
        const isAllowed = async (Resource: string, resource: string) => {
            const statement = { Sid: "Tag", Effect: "Allow", Action: "ec2:CreateTags", Resource };
            const { iam, accessKeyId } = roleWith({ Version: "2012-10-17", Statement: [statement] });
            return (await iam.refusal({ principal: accessKeyId, action: "ec2:CreateTags", resource })) === undefined;
        };
        assert.deepEqual(
            await Promise.all([
                isAllowed("arn:aws:ec2:eu-central-1:*", "arn:aws:ec2:eu-central-1::image/*"),
                isAllowed("arn:aws:ec2:eu-central-1::image/ami-1", "arn:aws:ec2:eu-central-1::image/*"),
            ]),
            [true, false],
        );
    });

    it("lets nothing be done without all permissions", async () => {
        const account = diskAccount();
        const refusal = async ({ action }: IamRequest) => (action === "ec2:CreateTags" ? "no" : undefined);
        const TagSpecifications = [{ ResourceType: "volume" as const, Tags: [{ Key: "VssBackupRestore", Value: "r-1" }] }];
        const input = { AvailabilityZone: "eu-central-1a", SnapshotId: DATA_SNAPSHOT, TagSpecifications };
        const refused = await withEc2(account, (ec2) => refusalOf(ec2.send(new CreateVolumeCommand(input))), {
            iam: { refusal, accessKey: () => "" },
        });
        assert.deepEqual(refused, ["UnauthorizedOperation", "You are not authorized to perform this operation. no"]);
        assert.equal([...account.store.volumes].length, 2);
    });
});
