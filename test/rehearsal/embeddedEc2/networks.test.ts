import assert from "node:assert/strict";
import {
    CreateSecurityGroupCommand,
    DeleteSecurityGroupCommand,
    DescribeSecurityGroupsCommand,
    DescribeSubnetsCommand,
    RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { codesOf, diskAccount, SERVER, withEc2 } from "./serverWithDisks";

const VPC = "vpc-0123456789abcdef0";

describe("Networks of the embedded EC2", () => {
    it("have the subnets and the groups that servers name", async () => {
        const found = await withEc2(diskAccount(), async (ec2) => ({
            subnets: (await ec2.send(new DescribeSubnetsCommand({}))).Subnets,
            groups: (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups,
        }));
        assert.deepEqual(found, {
            subnets: [{ SubnetId: "subnet-0123456789abcdef0", VpcId: VPC, AvailabilityZone: "eu-central-1a", State: "available" }],
            groups: [
                {
                    OwnerId: "123456789012",
                    GroupId: "sg-0123456789abcdef0",
                    GroupName: "sg-0123456789abcdef0",
                    Description: "",
                    VpcId: VPC,
                    IpPermissions: [],
                    IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
                    Tags: [],
                },
            ],
        });
    });

    it("get a group that isolates a server, and lose it when nothing uses it", async () => {
        const account = diskAccount();
        const egress = { IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] };
        const seen = await withEc2(account, async (ec2) => {
            const Tags = [{ Key: "VssBackupRestore", Value: "r-1" }];
            const TagSpecifications = [{ ResourceType: "security-group" as const, Tags }];
            const input = { GroupName: "isolated", Description: "of a test", VpcId: VPC, TagSpecifications };
            const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand(input));
            const twice = await codesOf(() => ec2.send(new CreateSecurityGroupCommand(input)));
            await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, ...egress }));
            const again = await codesOf(() => ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, ...egress })));
            const Filters = [{ Name: "tag:VssBackupRestore", Values: ["r-1"] }];
            const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
            account.servers.push({ ...account.server, id: "i-clone", launch: { securityGroups: [GroupId] } });
            const used = await codesOf(() => ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
            account.servers.pop();
            await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
            const gone = await codesOf(() => ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
            return {
                twice,
                again,
                rules: SecurityGroups.map((one) => [one.GroupName, one.IpPermissions, one.IpPermissionsEgress]),
                used,
                gone,
            };
        });
        assert.deepEqual(seen, {
            twice: ["InvalidGroup.Duplicate"],
            again: ["InvalidPermission.NotFound"],
            rules: [["isolated", [], []]],
            used: ["DependencyViolation"],
            gone: ["InvalidGroup.NotFound"],
        });
        assert.deepEqual(
            account.servers.map(({ id }) => id),
            [SERVER],
        );
    });

    it("match filters by zone, network, name and id", async () => {
        const account = diskAccount();
        account.ec2.subnets.set("subnet-b", { id: "subnet-b", vpcId: "vpc-b", zone: "eu-central-1b" });
        account.ec2.groups.set("sg-b", { id: "sg-b", name: "b", description: "", vpcId: "vpc-b", tags: new Map(), permitsEgress: true });
        const found = await withEc2(account, async (ec2) => {
            const ids: (string | undefined)[] = [];
            for (const [Name, value] of Object.entries({
                "subnet-id": "subnet-b",
                "vpc-id": "vpc-b",
                "availability-zone": "eu-central-1b",
            })) {
                const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name, Values: [value] }] }));
                ids.push(...Subnets.map(({ SubnetId }) => SubnetId));
            }
            for (const [Name, value] of Object.entries({ "group-id": "sg-b", "group-name": "b", "vpc-id": "vpc-b" })) {
                const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values: [value] }] }));
                ids.push(...SecurityGroups.map(({ GroupId }) => GroupId));
            }
            return ids;
        });
        assert.deepEqual(found, ["subnet-b", "subnet-b", "subnet-b", "sg-b", "sg-b", "sg-b"]);
    });
});
