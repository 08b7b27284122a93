import assert from "node:assert/strict";
import { CreateTagsCommand, DescribeSnapshotsCommand } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { parameterName } from "../../lambda/deployedPolicy";
import { DEPLOYED } from "../commandLine/support/account";
import { startVssBackup } from "../commandLine/support/vssBackup";
import { backUp, makeRegion, type Region, replaceIds, type Tags } from "../support/motoRegion";
import { type MotoServer, startMoto } from "../support/motoServer";

const DAY: Tags = { VssBackupPolicy: "prod", SnapshotType: "Day" };

/** Writes the settings of the policy into Parameter Store, as the component does. */
async function deploy(endpoint: string, region: string): Promise<void> {
    const ssm = new SSMClient({ endpoint, region, credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" } });
    await ssm.send(new PutParameterCommand({ Name: parameterName("prod"), Type: "String", Value: JSON.stringify(DEPLOYED) }));
    ssm.destroy();
}

describe("The command line against moto", () => {
    let moto: MotoServer;
    let region: Region;

    before(async () => {
        moto = await startMoto();
        region = await makeRegion(moto.endpoint, "eu-west-1");
        await deploy(moto.endpoint, region.name);
        await backUp(region, "Day 1", DAY);
        await backUp(region, "by hand", { SnapshotType: "Day" });
        await region.ec2.send(new CreateTagsCommand({ Resources: [region.server], Tags: [{ Key: "Name", Value: "web01" }] }));
    });

    after(async () => {
        region.ec2.destroy();
        await moto.stop();
    });

    /** Runs a command with --json. Returns its exit code and its result, with names instead of ids. */
    async function run(...args: string[]): Promise<{ readonly status: number | null; readonly result: Record<string, unknown> }> {
        const options = { now: Date.now() + 60_000, env: { AWS_REGION: region.name } };
        const { status, stdout, stderr } = await startVssBackup([...args, "--json"], moto.endpoint, options);
        const { result, error } = JSON.parse(replaceIds(stdout, region)) as { result: Record<string, unknown>; error?: unknown };
        assert.equal(error, undefined, stderr);
        return { status, result };
    }

    /** The snapshots with a tag, by their names in the test. */
    async function tagged(key: string, value: string): Promise<string[]> {
        const { Snapshots = [] } = await region.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
        return Snapshots.filter(({ Tags = [] }) => Tags.some((tag) => tag.Key === key && tag.Value === value))
            .map(({ SnapshotId = "" }) => region.names.get(SnapshotId) ?? SnapshotId)
            .sort();
    }

    function idOf(name: string): string {
        return [...region.names].find(([, other]) => other === name)?.[0] ?? "";
    }

    it("lists the restore points of the policy", async () => {
        const { status, result } = await run("points", "web01");
        const points = result.points as { name: string; type: string; volumes: { snapshot: string }[]; reason: string }[];
        assert.deepEqual(
            [status, points.map(({ name, type, volumes, reason }) => [name, type, volumes.map(({ snapshot }) => snapshot).sort(), reason])],
            [0, [["web01", "Day", ["Day 1 c", "Day 1 d"], "kept: Day 1 of 5"]]],
        );
    });

    it("holds and releases a whole set", async () => {
        const held = await run("hold", idOf("Day 1 d"), "--reason", "audit", "--yes");
        const during = await tagged("VssBackupHold", "audit");
        const released = await run("release", idOf("Day 1 c"), "--yes");
        assert.deepEqual(
            [held.status, during, released.status, await tagged("VssBackupHold", "audit")],
            [0, ["Day 1 c", "Day 1 d"], 0, []],
        );
    });

    it("adopts the set that somebody made by hand", async () => {
        const { status, result } = await run("adopt", "--apply", "--yes");
        assert.deepEqual(
            [status, result.applied, await tagged("VssBackupPolicy", "prod")],
            [0, true, ["Day 1 c", "Day 1 d", "by hand c", "by hand d"]],
        );
    });
});
