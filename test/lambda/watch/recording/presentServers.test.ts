import assert from "node:assert/strict";
import type { RecordedServer } from "../../../../lambda/recordedServer";
import { listPresentServers } from "../../../../lambda/watch/recording/presentServers";
import type { AwsOptions } from "../../../../rehearsal/embeddedAws/aws";
import { listingOf } from "../../../../rehearsal/embeddedAws/pages";
import type { AwsState } from "../../../../rehearsal/embeddedAws/state";
import { withAws } from "../../../support/awsClients";
import { answering, serverOf, TARGETS } from "../../../support/watchedRegion";

function list(state: Partial<AwsState>, options: AwsOptions = {}): Promise<RecordedServer[]> {
    return withAws(state, ({ ec2 }) => listPresentServers(ec2, TARGETS, new AbortController().signal), options);
}

const attached = (id: string, device: string) => ({ id, device, mounted: true });

const PLAIN: Omit<RecordedServer, "id" | "volumes"> = {
    version: 1,
    instanceType: "m7i.large",
    zone: "eu-central-1a",
    subnet: "subnet-0123456789abcdef0",
    securityGroups: ["sg-0123456789abcdef0"],
    profileArn: "arn:aws:iam::123456789012:instance-profile/web",
    imageId: "ami-0123456789abcdef0",
    platformDetails: "Windows",
    rootDevice: "/dev/sda1",
    tags: { VssBackup: "prod" },
    formerVolumes: [],
};

function plainVolume(id: string, device: string) {
    const settings = { type: "gp3", iops: 3000, throughput: 125, sizeGib: 100, encrypted: false };
    return { id, device, ...settings, deleteOnTermination: device === "/dev/sda1", tags: {} };
}

/** EC2's answer with one instance that has the server tag. */
function instance(given: object): AwsOptions["intercept"] {
    return answering(
        "DescribeInstances",
        listingOf("DescribeInstances", "reservationSet", [{ instancesSet: { item: { instanceId: "i-1", ...given } } }], undefined),
    );
}

function volumes(...given: object[]): AwsOptions["intercept"] {
    return answering("DescribeVolumes", listingOf("DescribeVolumes", "volumeSet", given, undefined));
}

describe("The present servers", () => {
    it("are those with the server tag, with their volumes by device, of pages of two things", async () => {
        const servers = [
            serverOf("i-1", { launch: { keyName: "admins" }, volumes: [attached("vol-2", "xvdb"), attached("vol-1", "/dev/sda1")] }),
            serverOf("i-2", { tags: new Map([["VssBackup", "prod-2"]]), volumes: [attached("vol-3", "/dev/sda1")] }),
            serverOf("i-3", { state: "stopped", volumes: [attached("vol-4", "/dev/sda1")] }),
            serverOf("i-4", { state: "terminated" }),
            serverOf("i-5", { hasProfile: false }),
            serverOf("i-6", { tags: new Map() }),
        ];
        const { profileArn, ...withoutProfile } = PLAIN;
        assert.deepEqual(await list({ servers }, { pageSize: 2 }), [
            { ...PLAIN, keyName: "admins", id: "i-1", volumes: [plainVolume("vol-1", "/dev/sda1"), plainVolume("vol-2", "xvdb")] },
            { ...PLAIN, id: "i-3", volumes: [plainVolume("vol-4", "/dev/sda1")] },
            { ...withoutProfile, id: "i-5", volumes: [] },
        ]);
    });

    it("have the settings of their volumes, and their tags without those of AWS, in the order of letters", async () => {
        const mapping = { deviceName: "xvdb", ebs: { volumeId: "vol-1", deleteOnTermination: true } };
        const answers = [
            instance({
                groupSet: { item: [{ groupId: "sg-2" }, { groupId: "sg-1" }] },
                blockDeviceMapping: { item: [mapping, { deviceName: "xvdc" }] },
                tagSet: {
                    item: [
                        { key: "b", value: "2" },
                        { key: "aws:x", value: "3" },
                        { key: "a", value: "" },
                    ],
                },
            }),
            volumes({
                volumeId: "vol-1",
                volumeType: "io2",
                iops: 16000,
                size: 500,
                encrypted: true,
                kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
                tagSet: {
                    item: [
                        { key: "Name", value: "data" },
                        { key: "aws:backup", value: "x" },
                    ],
                },
            }),
        ];
        const [server] = await list({}, { intercept: (call) => answers.map((answer) => answer?.(call)).find((body) => body) });
        assert.deepEqual(
            { ...server, tags: Object.entries(server?.tags ?? {}) },
            {
                version: 1,
                id: "i-1",
                instanceType: "",
                zone: "",
                securityGroups: ["sg-1", "sg-2"],
                imageId: "",
                platformDetails: "",
                rootDevice: "",
                tags: [
                    ["a", ""],
                    ["b", "2"],
                ],
                volumes: [
                    {
                        id: "vol-1",
                        device: "xvdb",
                        type: "io2",
                        iops: 16000,
                        sizeGib: 500,
                        encrypted: true,
                        kmsKey: "arn:aws:kms:eu-central-1:123456789012:key/1",
                        deleteOnTermination: true,
                        tags: { Name: "data" },
                    },
                ],
                formerVolumes: [],
            },
        );
    });

    it("leave out a server whose volume is not listed: it changes just now", async () => {
        const servers = [serverOf("i-1", { volumes: [attached("vol-1", "/dev/sda1"), attached("vol-2", "xvdb")] }), serverOf("i-2")];
        assert.deepEqual(await list({ servers }, { intercept: volumes({ volumeId: "vol-1" }) as NonNullable<AwsOptions["intercept"]> }), [
            { ...PLAIN, id: "i-2", volumes: [] },
        ]);
    });
});
