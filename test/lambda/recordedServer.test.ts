import assert from "node:assert/strict";
import { packed, type RecordedServer, recordedServerOf, recordName, recordsPath, unpacked } from "../../lambda/recordedServer";

const SERVER: RecordedServer = {
    version: 1,
    id: "i-0123456789abcdef0",
    instanceType: "m7i.large",
    zone: "eu-central-1a",
    subnet: "subnet-0123456789abcdef0",
    securityGroups: ["sg-0123456789abcdef0"],
    profileArn: "arn:aws:iam::123456789012:instance-profile/prod-server-profile",
    keyName: "admins",
    imageId: "ami-0123456789abcdef0",
    platformDetails: "Windows",
    rootDevice: "/dev/sda1",
    tags: { Name: "sql1", VssBackup: "prod" },
    volumes: [
        {
            id: "vol-0123456789abcdef0",
            device: "/dev/sda1",
            type: "gp3",
            iops: 3000,
            throughput: 125,
            sizeGib: 100,
            encrypted: true,
            kmsKey: "arn:aws:kms:eu-central-1:123456789012:key/6d9b3d0e-7e0f-4c55-9b7e-2f2d0b1f2a11",
            deleteOnTermination: true,
            tags: { Disk: "system" },
        },
    ],
    formerVolumes: [],
};

/** The server with another value in one place, which TypeScript would refuse. */
function changed(change: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ ...SERVER, ...change });
}

function changedVolume(change: Readonly<Record<string, unknown>>): string {
    return changed({ volumes: [{ ...SERVER.volumes[0], ...change }] });
}

const long = { ...SERVER, tags: { Note: "x".repeat(5000) } };

describe("The record of a server", () => {
    it("is below the path of its policy", () => {
        assert.equal(recordsPath("prod"), "/vss-backup-records/prod/servers");
        assert.equal(recordName("prod", SERVER.id), "/vss-backup-records/prod/servers/i-0123456789abcdef0");
    });

    it("comes back as it was", () => {
        assert.deepEqual(recordedServerOf(packed(JSON.stringify(SERVER))), SERVER);
    });

    it("may lack what not every server has", () => {
        const [volume] = SERVER.volumes;
        const { subnet, profileArn, keyName, ...bare } = SERVER;
        const { iops, throughput, kmsKey, ...magnetic } = volume as (typeof SERVER.volumes)[0];
        const record = { ...bare, volumes: [magnetic], formerVolumes: [magnetic], leftOut: ["tags"] };
        assert.deepEqual(recordedServerOf(JSON.stringify(record)), record);
    });

    it("is plain text up to 4 KB, and is deflated above", () => {
        const text = (length: number) => JSON.stringify({ text: "x".repeat(length) });
        assert.equal(packed(text(4096 - 11)), text(4096 - 11));
        assert.equal(packed(text(4096 - 10)).includes("{"), false);
        assert.equal(unpacked(packed(text(4096 - 10))), text(4096 - 10));
        assert.equal(packed(JSON.stringify({ text: "ä".repeat(2100) })).includes("{"), false, "bytes count, not characters");
        assert.deepEqual(recordedServerOf(packed(JSON.stringify(long))), long);
    });

    it("is deflated if a tag holds the braces that Parameter Store refuses", () => {
        const text = JSON.stringify({ ...SERVER, tags: { Name: "{{ssm:password}}" } });
        assert.doesNotMatch(packed(text), /\{/);
        assert.equal(unpacked(packed(text)), text);
    });

    for (const [why, value] of Object.entries({
        "is no JSON": "{",
        "is empty": "",
        "is no record": "null",
        "is another text": "what is it?",
        "has another version": changed({ version: 2 }),
        "has no id": changed({ id: undefined }),
        "has no instance type": changed({ instanceType: 1 }),
        "has no zone": changed({ zone: null }),
        "has no image": changed({ imageId: undefined }),
        "has no platform": changed({ platformDetails: undefined }),
        "has no root device": changed({ rootDevice: undefined }),
        "has a wrong subnet": changed({ subnet: 1 }),
        "has a wrong profile": changed({ profileArn: {} }),
        "has a wrong key": changed({ keyName: [] }),
        "has wrong groups": changed({ securityGroups: [1] }),
        "has one group without a list": changed({ securityGroups: "sg-1" }),
        "has wrong tags": changed({ tags: { Name: 1 } }),
        "has tags in a list": changed({ tags: ["Name"] }),
        "has no volumes": changed({ volumes: undefined }),
        "has no former volumes": changed({ formerVolumes: undefined }),
        "has wrong former volumes": changed({ formerVolumes: [{}] }),
        "left out a number": changed({ leftOut: [1] }),
        "has a volume that is none": changed({ volumes: [null] }),
        "has a volume without id": changedVolume({ id: undefined }),
        "has a volume without device": changedVolume({ device: undefined }),
        "has a volume without type": changedVolume({ type: undefined }),
        "has a volume with wrong IOPS": changedVolume({ iops: "3000" }),
        "has a volume with wrong throughput": changedVolume({ throughput: "125" }),
        "has a volume without size": changedVolume({ sizeGib: undefined }),
        "has a volume whose encryption is unknown": changedVolume({ encrypted: undefined }),
        "has a volume whose end is unknown": changedVolume({ deleteOnTermination: "yes" }),
        "has a volume with a wrong key": changedVolume({ kmsKey: 1 }),
        "has a volume without tags": changedVolume({ tags: undefined }),
    })) {
        it(`is unreadable if it ${why}`, () => assert.equal(recordedServerOf(value), undefined));
    }
});
