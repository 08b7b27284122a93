import assert from "node:assert/strict";
import {
    AttachVolumeCommand,
    type AttachVolumeCommandInput,
    DescribeInstancesCommand,
    DescribeVolumesCommand,
    DetachVolumeCommand,
    type DetachVolumeCommandInput,
    type EC2Client,
    StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import { RAW_DISK } from "../../../rehearsal/embeddedAws/volumeStore";
import { disksOf, setOnline } from "../../../rehearsal/embeddedAws/windowsDisks";
import { codesOf, DATA, diskAccount, NOW, ROOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

function attach(ec2: EC2Client, input: Partial<AttachVolumeCommandInput> = {}) {
    return ec2.send(new AttachVolumeCommand({ InstanceId: SERVER, VolumeId: "vol-new", Device: "xvde", ...input }));
}

function detach(ec2: EC2Client, input: Partial<DetachVolumeCommandInput> = {}) {
    return ec2.send(new DetachVolumeCommand({ VolumeId: DATA, ...input }));
}

/** Reads the state of a volume, and of its attachment. */
async function stateOf(ec2: EC2Client, id: string): Promise<string> {
    const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
    return Volumes.map(({ State, Attachments = [] }) => [State, ...Attachments.map((one) => one.State)].join(" ")).join();
}

/** An account with a further volume, `vol-new`, in a zone. */
function accountWithNew(zone = "eu-central-1a", signature = "AAAA0003", behaviour = {}) {
    const account = diskAccount(behaviour);
    account.store.volumes.add("vol-new", { zone, disk: { signature, letters: ["E"], files: {} } });
    return account;
}

describe("Attachments of the embedded EC2", () => {
    it("appear at the volume and at the server", async () => {
        const { answer, states, mapping } = await withEc2(
            accountWithNew("eu-central-1a", "AAAA0003", { reads: { attachVolume: 1 } }),
            async (ec2) => {
                const { $metadata, ...answer } = await attach(ec2);
                const states = [await stateOf(ec2, "vol-new"), await stateOf(ec2, "vol-new")];
                const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
                return { answer, states, mapping: Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.at(-1) };
            },
        );
        assert.deepEqual(
            { answer, states, mapping },
            {
                answer: {
                    VolumeId: "vol-new",
                    InstanceId: SERVER,
                    Device: "xvde",
                    State: "attaching",
                    AttachTime: new Date(NOW),
                    DeleteOnTermination: false,
                },
                states: ["in-use attaching", "in-use attached"],
                mapping: {
                    DeviceName: "xvde",
                    Ebs: { VolumeId: "vol-new", Status: "attached", AttachTime: new Date(NOW), DeleteOnTermination: false },
                },
            },
        );
    });

    it("are refused with the errors of EC2", async () => {
        const account = accountWithNew();
        account.store.volumes.add("vol-far", { zone: "eu-central-1b" });
        account.store.volumes.add("vol-young", { state: "creating" });
        const gone = { ...account.server, id: "i-gone", state: "terminated", volumes: [] };
        account.servers.push(gone);
        const refusals = await withEc2(account, async (ec2) => [
            await refusalOf(attach(ec2, { VolumeId: "vol-far" })),
            await refusalOf(attach(ec2, { Device: "xvdd" })),
            await refusalOf(attach(ec2, { Device: "/dev/sdd" })),
            await refusalOf(attach(ec2, { Device: "D:" })),
            await refusalOf(attach(ec2, { VolumeId: DATA })),
            await refusalOf(attach(ec2, { VolumeId: "vol-young" })),
            await refusalOf(attach(ec2, { InstanceId: "i-gone" })),
            await refusalOf(attach(ec2, { InstanceId: "i-none" })),
            await refusalOf(attach(ec2, { VolumeId: "vol-none" })),
        ]);
        assert.deepEqual(refusals, [
            ["InvalidVolume.ZoneMismatch", `The volume 'vol-far' is not in the same availability zone as instance '${SERVER}'`],
            ["InvalidParameterValue", "Invalid value 'xvdd' for unixDevice. Attachment point xvdd is already in use"],
            ["InvalidParameterValue", "Invalid value '/dev/sdd' for unixDevice. Attachment point /dev/sdd is already in use"],
            ["InvalidParameterValue", "Value (D:) for parameter device is invalid. D: is not a valid EBS device name."],
            ["VolumeInUse", `${DATA} is already attached to an instance`],
            ["IncorrectState", "vol-young is not 'available'."],
            ["IncorrectState", "Instance 'i-gone' is not 'running'."],
            ["InvalidInstanceID.NotFound", "The instance ID 'i-none' does not exist"],
            ["InvalidVolume.NotFound", "The volume 'vol-none' does not exist."],
        ]);
        assert.deepEqual(
            account.server.volumes.map(({ id }) => id),
            [ROOT, DATA],
        );
    });

    it("are limited to the number of volumes that a server can have", async () => {
        const codes = await withEc2(accountWithNew("eu-central-1a", "AAAA0003", { mostVolumes: 2 }), (ec2) => codesOf(() => attach(ec2)));
        assert.deepEqual(codes, ["AttachmentLimitExceeded"]);
    });

    it("stay busy until the server stops, if Windows uses the disk", async () => {
        const account = diskAccount({ reads: { detachVolume: 1 } });
        const seen = await withEc2(account, async (ec2) => {
            const { State } = await detach(ec2);
            const states = [await stateOf(ec2, DATA), await stateOf(ec2, DATA)];
            const again = await refusalOf(detach(ec2));
            await ec2.send(new StopInstancesCommand({ InstanceIds: [SERVER] }));
            return { State, states, again, after: [await stateOf(ec2, DATA), await stateOf(ec2, DATA), await stateOf(ec2, DATA)] };
        });
        assert.deepEqual(seen, {
            State: "detaching",
            states: ["in-use busy", "in-use busy"],
            again: ["IncorrectState", `Volume '${DATA}' is in the 'detaching' state.`],
            after: ["in-use detaching", "in-use detaching", "available"],
        });
    });

    for (const [title, input, prepare] of [
        ["if the disk is offline", {}, ({ server }) => setOnline(server, DATA, false)],
        ["if it is forced", { Force: true }, () => {}],
        [
            "if the server is stopped",
            { InstanceId: SERVER, Device: "xvdd" },
            ({ server }) => {
                server.state = "stopped";
            },
        ],
    ] satisfies [string, Partial<DetachVolumeCommandInput>, (account: ReturnType<typeof diskAccount>) => void][]) {
        it(`end at the next read ${title}`, async () => {
            const account = diskAccount();
            prepare(account);
            const state = await withEc2(account, async (ec2) => {
                await detach(ec2, input);
                return stateOf(ec2, DATA);
            });
            assert.equal(state, "available");
        });
    }

    it("end only as EC2 permits it", async () => {
        const account = accountWithNew();
        const refusals = await withEc2(account, async (ec2) => [
            await refusalOf(detach(ec2, { VolumeId: ROOT })),
            await refusalOf(detach(ec2, { VolumeId: ROOT, Force: true })),
            await refusalOf(detach(ec2, { VolumeId: "vol-new" })),
            await refusalOf(detach(ec2, { Device: "xvdf" })),
            await refusalOf(detach(ec2, { DryRun: true })),
        ]);
        assert.deepEqual(refusals, [
            ["OperationNotPermitted", `Unable to detach root volume '${ROOT}' from instance '${SERVER}'`],
            ["OperationNotPermitted", `Unable to detach root volume '${ROOT}' from instance '${SERVER}'`],
            ["IncorrectState", "Volume 'vol-new' is in the 'available' state."],
            ["InvalidAttachment.NotFound", `The volume '${DATA}' is not attached to instance '${SERVER}' as device 'xvdf'.`],
            ["DryRunOperation", "Request would have succeeded, but DryRun flag is set."],
        ]);
    });

    it("remember a boot volume that was detached", async () => {
        const account = diskAccount();
        account.server.state = "stopped";
        await withEc2(account, async (ec2) => {
            await detach(ec2, { VolumeId: ROOT });
            await stateOf(ec2, ROOT);
        });
        assert.deepEqual(account.server.formerRoots, [ROOT]);
    });

    it("bring a disk online, unless another online disk has its signature", async () => {
        const disksWith = async (signature: string) => {
            const account = accountWithNew("eu-central-1a", signature);
            await withEc2(account, async (ec2) => {
                await attach(ec2);
                await stateOf(ec2, "vol-new");
            });
            return disksOf(account.server, account.store.volumes);
        };
        const before = [
            {
                serial: "vol0000000000000000c",
                number: 0,
                isOffline: false,
                isReadOnly: false,
                signature: "AAAA0001",
                letters: ["C"],
            },
            {
                serial: "vol0000000000000000d",
                number: 1,
                isOffline: false,
                isReadOnly: false,
                signature: "AAAA0002",
                letters: ["D", "E"],
            },
        ];
        const added = { serial: "volnew", number: 2 };
        assert.deepEqual(await disksWith("AAAA0003"), [
            ...before,
            { ...added, isOffline: false, isReadOnly: false, signature: "AAAA0003", letters: ["E"] },
        ]);
        assert.deepEqual(await disksWith("AAAA0002"), [
            ...before,
            { ...added, isOffline: true, isReadOnly: true, signature: "AAAA0002", letters: [] },
        ]);
    });

    it("bring raw disks online, however many", async () => {
        const account = diskAccount();
        for (const id of ["vol-raw1", "vol-raw2"]) {
            account.store.volumes.add(id, { disk: RAW_DISK });
        }
        await withEc2(account, async (ec2) => {
            await attach(ec2, { VolumeId: "vol-raw1", Device: "xvde" });
            await attach(ec2, { VolumeId: "vol-raw2", Device: "xvdf" });
        });
        assert.deepEqual(
            account.server.volumes.slice(2).map(({ mounted }) => mounted),
            [true, true],
        );
    });
});
