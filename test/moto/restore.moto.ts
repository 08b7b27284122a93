import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTagsCommand, DescribeInstancesCommand, DescribeSnapshotsCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { POLICIES_PATH, parameterName, RECORDS_PATH } from "../../lambda/deployedPolicy";
import { DEPLOYED } from "../commandLine/support/account";
import { startVssBackup } from "../commandLine/support/vssBackup";
import { startProxy } from "../support/motoProxy";
import { backUp, makeRegion, type Region, type Tags } from "../support/motoRegion";
import { startMoto } from "../support/motoServer";

const DAY: Tags = { VssBackupPolicy: "prod", SnapshotType: "Day" };

/** Moto has no agents of Systems Manager, and no request for them. */
const NO_AGENTS = { "AmazonSSM.DescribeInstanceInformation": { InstanceInformationList: [] } };

describe("vss-backup restore against moto", () => {
    const running: { stop(): Promise<void> }[] = [];
    const folder = mkdtempSync(join(tmpdir(), "vss-backup-plan-"));
    const file = join(folder, "plan.json");
    let endpoint: string;
    let region: Region;
    let ssm: SSMClient;

    before(async () => {
        const moto = await startMoto();
        running.push(moto);
        const proxy = await startProxy(moto.endpoint, NO_AGENTS);
        running.unshift(proxy);
        endpoint = proxy.endpoint;
        region = await makeRegion(moto.endpoint, "eu-west-1");
        ssm = new SSMClient({ endpoint, region: region.name, credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" } });
        await ssm.send(new PutParameterCommand({ Name: parameterName("prod"), Type: "String", Value: JSON.stringify(DEPLOYED) }));
        await region.ec2.send(new CreateTagsCommand({ Resources: [region.server], Tags: [{ Key: "Name", Value: "web01" }] }));
        await backUp(region, "Day 1", DAY);
    });

    after(async () => {
        ssm?.destroy();
        region?.ec2.destroy();
        for (const one of running) {
            await one.stop();
        }
        rmSync(folder, { recursive: true, force: true });
    });

    /** Runs a command that must succeed. */
    async function run(...args: string[]): Promise<void> {
        const options = { now: Date.now() + 60_000, env: { AWS_REGION: region.name } };
        const { status, stdout, stderr } = await startVssBackup(["restore", ...args], endpoint, options);
        assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
    }

    /** Makes a plan and carries it out. Returns the id of the restore. */
    async function restore(...options: string[]): Promise<string> {
        await run("plan", "web01", ...options, "--out", file);
        await run("apply", file, "--yes");
        return (JSON.parse(readFileSync(file, "utf8")) as { request: { id: string } }).request.id;
    }

    /** The state of the server, and each device with the volume on it: its name, or the snapshot of a new one. */
    async function look(): Promise<{ state: string | undefined; disks: string[] }> {
        const { ec2, server, names } = region;
        const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [server] }));
        const { Volumes = [] } = await ec2.send(
            new DescribeVolumesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [server] }] }),
        );
        const disks = Volumes.map(({ VolumeId = "", SnapshotId = "", Attachments = [] }) => {
            const source = names.get(VolumeId) ?? `new of ${names.get(SnapshotId)}`;
            return `${Attachments[0]?.Device} ${source}`;
        });
        return { state: Reservations?.[0]?.Instances?.[0]?.State?.Name, disks: disks.sort() };
    }

    /** The volumes that nothing uses, the parameters of the policy, and the snapshots on hold. */
    async function lookForRemains(): Promise<{ free: string[]; parameters: string[]; held: string[] }> {
        const { ec2, names } = region;
        const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters: [{ Name: "status", Values: ["available"] }] }));
        const listed = await Promise.all(
            [POLICIES_PATH, RECORDS_PATH].map((Path) => ssm.send(new GetParametersByPathCommand({ Path, Recursive: true }))),
        );
        const { Snapshots = [] } = await ec2.send(
            new DescribeSnapshotsCommand({ OwnerIds: ["self"], Filters: [{ Name: "tag-key", Values: ["VssBackupHold"] }] }),
        );
        return {
            free: Volumes.map(({ VolumeId = "", SnapshotId = "" }) => names.get(VolumeId) ?? `new of ${names.get(SnapshotId)}`).sort(),
            parameters: listed.flatMap(({ Parameters = [] }) => Parameters.map(({ Name = "" }) => Name)).sort(),
            held: Snapshots.map(({ SnapshotId = "" }) => names.get(SnapshotId) ?? SnapshotId),
        };
    }

    const FIRST = { state: "running", disks: ["/dev/sda1 c", "xvdd d"] };
    const SETTINGS = parameterName("prod");

    it("attaches new volumes, detaches them, and deletes them", async () => {
        const id = await restore("--mode", "attach");
        assert.deepEqual(await look(), {
            state: "running",
            disks: ["/dev/sda1 c", "xvdd d", "xvdf new of Day 1 c", "xvdg new of Day 1 d"],
        });
        await run("undo", id, "--yes");
        assert.deepEqual(await look(), FIRST);
        assert.deepEqual(await lookForRemains(), {
            free: ["new of Day 1 c", "new of Day 1 d"],
            parameters: [`${RECORDS_PATH}/prod/restores/${id}`, SETTINGS],
            held: [],
        });
        await run("forget", id, "--yes");
        assert.deepEqual(await lookForRemains(), { free: [], parameters: [SETTINGS], held: [] });
    });

    it("replaces a data volume, and puts the old one back", async () => {
        const id = await restore("--mode", "volumes", "--no-backup");
        assert.deepEqual(await look(), { state: "running", disks: ["/dev/sda1 c", "xvdd new of Day 1 d"] });
        assert.deepEqual((await lookForRemains()).free, ["d"]);
        await run("undo", id, "--yes");
        assert.deepEqual(await look(), FIRST);
        assert.deepEqual(await lookForRemains(), {
            free: ["new of Day 1 d"],
            parameters: [`${RECORDS_PATH}/prod/restores/${id}`, SETTINGS],
            held: [],
        });
    });
});
