import assert from "node:assert/strict";
import { DescribeInstancesCommand, type DescribeInstancesCommandInput, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import { withAws } from "../../support/awsClients";

const MADE = Date.parse("2026-11-01T08:00:00Z");
const STARTED = Date.parse("2026-11-20T09:00:00Z");

function server(number: number, given: Partial<Server> = {}): Server {
    return { id: `i-${number}`, tags: new Map([["VssBackup", "prod"]]), volumes: [], hasVssPackage: false, busyUntil: 0, ...given };
}

/** Lists instances, and returns their ids. */
function found(servers: readonly Server[], input: DescribeInstancesCommandInput): Promise<(string | undefined)[]> {
    return withAws({ servers: [...servers] }, async ({ ec2 }) => {
        const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(input));
        return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
    });
}

function where(Name: string, ...Values: string[]): DescribeInstancesCommandInput {
    return { Filters: [{ Name, Values }] };
}

describe("Instances of the embedded EC2", () => {
    it("are described as EC2 describes them", async () => {
        const running = server(1, {
            madeAt: MADE,
            launchedAt: STARTED,
            volumes: [
                { id: "vol-1", device: "/dev/sda1", mounted: true },
                { id: "vol-2", device: "xvdb", mounted: true, attachedAt: STARTED },
            ],
        });
        const stopped = server(2, {
            madeAt: MADE,
            state: "stopped",
            stoppedAt: STARTED,
            platform: "Linux",
            instanceType: "t3.micro",
            hasProfile: false,
        });
        const { Reservations, NextToken } = await withAws({ servers: [running, stopped] }, ({ ec2 }) =>
            ec2.send(new DescribeInstancesCommand({})),
        );
        const groups = [{ GroupId: "sg-0123456789abcdef0", GroupName: "sg-0123456789abcdef0" }];
        const place = { SubnetId: "subnet-0123456789abcdef0", VpcId: "vpc-0123456789abcdef0", PrivateIpAddress: "10.0.0.10" };
        const launch = {
            ...place,
            ImageId: "ami-0123456789abcdef0",
            Placement: { AvailabilityZone: "eu-central-1a", GroupName: "", Tenancy: "default" },
            SecurityGroups: groups,
        };
        const network = (NetworkInterfaceId: string) => [
            {
                NetworkInterfaceId,
                ...place,
                Groups: groups,
                Attachment: { DeviceIndex: 0, Status: "attached", AttachTime: new Date(MADE), DeleteOnTermination: true },
            },
        ];
        const root = { RootDeviceName: "/dev/sda1", RootDeviceType: "ebs" };
        assert.deepEqual(
            { Reservations, NextToken },
            {
                Reservations: [
                    {
                        ReservationId: "r-1",
                        OwnerId: "123456789012",
                        Instances: [
                            {
                                ...launch,
                                InstanceId: "i-1",
                                State: { Code: 16, Name: "running" },
                                StateTransitionReason: "",
                                InstanceType: "m7i.large",
                                LaunchTime: new Date(STARTED),
                                Platform: "windows",
                                PlatformDetails: "Windows",
                                ...root,
                                BlockDeviceMappings: [
                                    {
                                        DeviceName: "/dev/sda1",
                                        Ebs: {
                                            VolumeId: "vol-1",
                                            Status: "attached",
                                            AttachTime: new Date(MADE),
                                            DeleteOnTermination: true,
                                        },
                                    },
                                    {
                                        DeviceName: "xvdb",
                                        Ebs: {
                                            VolumeId: "vol-2",
                                            Status: "attached",
                                            AttachTime: new Date(STARTED),
                                            DeleteOnTermination: false,
                                        },
                                    },
                                ],
                                NetworkInterfaces: network("eni-1"),
                                IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/web", Id: "AIPA" },
                                Tags: [{ Key: "VssBackup", Value: "prod" }],
                            },
                        ],
                    },
                    {
                        ReservationId: "r-2",
                        OwnerId: "123456789012",
                        Instances: [
                            {
                                ...launch,
                                InstanceId: "i-2",
                                State: { Code: 80, Name: "stopped" },
                                StateTransitionReason: "User initiated (2026-11-20 09:00:00 GMT)",
                                InstanceType: "t3.micro",
                                LaunchTime: new Date(MADE),
                                PlatformDetails: "Linux/UNIX",
                                ...root,
                                BlockDeviceMappings: [],
                                NetworkInterfaces: network("eni-2"),
                                Tags: [{ Key: "VssBackup", Value: "prod" }],
                            },
                        ],
                    },
                ],
                NextToken: undefined,
            },
        );
    });

    it("match filters by tag, state and id", async () => {
        const servers = [server(1), server(2, { state: "stopped" }), server(3, { tags: new Map([["VssBackup", "prod-2"]]) })];
        assert.deepEqual(
            [
                await found(servers, where("tag:VssBackup", "prod")),
                await found(servers, where("tag:VssBackup", "prod*")),
                await found(servers, where("tag:Other", "*")),
                await found(servers, where("instance-state-name", "running", "pending")),
                await found(servers, where("instance-id", "i-2")),
            ],
            [["i-1", "i-2"], ["i-1", "i-2", "i-3"], [], ["i-1", "i-3"], ["i-2"]],
        );
    });

    it("come in pages", async () => {
        const servers = Array.from({ length: 7 }, (_, i) => server(i + 1));
        const pages = await withAws({ servers }, async ({ ec2 }) => {
            const sizes: [number | undefined, boolean][] = [];
            for await (const { Reservations, NextToken } of paginateDescribeInstances({ client: ec2, pageSize: 5 }, {})) {
                sizes.push([Reservations?.length, NextToken !== undefined]);
            }
            return sizes;
        });
        assert.deepEqual(pages, [
            [5, true],
            [2, false],
        ]);
    });

    it("are not found by an unknown filter", async () => {
        await assert.rejects(found([server(1)], where("colour", "red")), {
            name: "InvalidParameterValue",
            message: "The filter 'colour' is invalid",
        });
    });
});
