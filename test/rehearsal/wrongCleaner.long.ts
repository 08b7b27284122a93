import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { EmbeddedIam } from "../../rehearsal/embeddedAws/iam";
import { readArchive } from "../../rehearsal/embeddedAws/lambda";
import type { Deployment } from "../../rehearsal/program";
import type { Promises } from "../../rehearsal/promises";
import { type RehearsalOptions, rehearse } from "../../rehearsal/rehearse";
import { deployPolicy } from "../support/policies";

const PROMISES: Promises = { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true };

/** A month from a Friday on, with backups of each type. */
const OPTIONS: RehearsalOptions = { start: Date.UTC(2027, 0, 1), days: 33, servers: 2, volumes: 2, failures: 0, seed: 1 };

/** A few days with one volume of one server. */
const FEW: RehearsalOptions = { ...OPTIONS, days: 4, servers: 1, volumes: 1 };

/** An IAM that refuses nothing. */
const LENIENT: EmbeddedIam = { refusal: async () => undefined, accessKey: () => "AKIATEST" };

/** The policy without arguments. The tests only read it. */
let byDefault: Promise<Deployment>;

/** Replaces files in the archive of a deployment's cleaner. */
async function sabotaged(deployment: Deployment, change: (files: Record<string, string>) => Record<string, string>): Promise<Deployment> {
    const cleaner = deployment.resources.find(({ name }) => name === "prod-cleaner");
    const files = await readArchive(cleaner?.inputs.code);
    const texts = Object.entries({ ...files, ...change(files) });
    const code = new pulumi.asset.AssetArchive(Object.fromEntries(texts.map(([path, text]) => [path, new pulumi.asset.StringAsset(text)])));
    const resources = deployment.resources.map((resource) =>
        resource === cleaner ? { ...resource, inputs: { ...resource.inputs, code } } : resource,
    );
    return { ...deployment, resources };
}

/** Makes a closure that runs the real one, and then these statements. */
function afterwards(statements: string) {
    return ({ "index.js": text = "" }: Record<string, string>) => ({
        "real.js": text,
        "index.js": `
            const { DeleteSnapshotCommand, EC2Client, paginateDescribeSnapshots } = require("@aws-sdk/client-ec2");
            const real = require("./real.js");
            const ec2 = new EC2Client({});
            const remove = (SnapshotId) => ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
            exports.handler = async (event, context) => {
                const report = await real.handler(event, context);
                ${statements}
            };`,
    });
}

async function brokenBy(change: Parameters<typeof sabotaged>[1], options: Partial<RehearsalOptions> = {}): Promise<readonly string[]> {
    const { broken } = await rehearse(await sabotaged(await byDefault, change), PROMISES, { ...FEW, ...options });
    return broken;
}

describe("A rehearsal of a wrong cleaner", () => {
    before(() => {
        byDefault = deployPolicy();
        return byDefault;
    });

    it("names the restore points that a cleaner with a smaller retention loses", async () => {
        const change = ({ "index.js": text = "" }) => ({ "index.js": text.replace("Day: 5", "Day: 1") });
        assert.deepEqual(await brokenBy(change, { days: 3 }), [
            "2027-01-02T07:00:00Z: snap-00000000000000005, Day 2 of 5 of vol-00000000000000001, taken 2027-01-01T01:00:00.000Z, was deleted",
            "2027-01-03T07:00:00Z: snap-00000000000000007, Day 2 of 5 of vol-00000000000000001, taken 2027-01-02T01:00:00.000Z, was deleted",
        ]);
    });

    it("names the restore points that a wrong plan loses", async () => {
        const change = ({ "cleaner.js": text = "" }) => ({ "cleaner.js": text.replaceAll("rank < count", "rank + 1 < count") });
        assert.deepEqual(await brokenBy(change, { days: 6 }), [
            "2027-01-05T07:00:00Z: snap-00000000000000005, Day 5 of 5 of vol-00000000000000001, taken 2027-01-01T01:00:00.000Z, was deleted",
            "2027-01-06T07:00:00Z: snap-00000000000000007, Day 5 of 5 of vol-00000000000000001, taken 2027-01-02T01:00:00.000Z, was deleted",
        ]);
    });

    it("names the restore points that a cleaner keeps without need", async () => {
        const change = ({ "cleaner.js": text = "" }) => ({ "cleaner.js": text.replace('.toLowerCase() === "true"', ' === "true"') });
        const broken = await brokenBy(change, { days: 6 });
        assert.deepEqual(broken, [
            "2027-01-06T07:00:00Z: the Day restore point of 2027-01-01T01:00:00.000Z is kept, and no volume needs it",
        ]);
    });

    it("names a set that a cleaner splits", async () => {
        const change = afterwards(`
            const [one] = report.SkippedSnapshots.splice(0, 1);
            await remove(one.SnapshotId);
            return { ...report, DeletedSnapshots: [...report.DeletedSnapshots, one.SnapshotId] };`);
        assert.deepEqual(await brokenBy(change, { days: 1, volumes: 2, failures: 1, seed: 3 }), [
            "2027-01-01T07:00:00Z: the Day set of 2027-01-01T01:00:00.000Z was split: snap-00000000000000006 of 2 snapshots remained",
            "2027-01-01T07:00:00Z: the Day set of 2027-01-01T01:00:00.000Z, failed with no newer restore point, was deleted",
        ]);
    });

    it("names the snapshots of others that a cleaner deletes if IAM allows it", async () => {
        const change = afterwards(`
            for await (const { Snapshots } of paginateDescribeSnapshots({ client: ec2 }, {})) {
                for (const { SnapshotId, Tags } of Snapshots) {
                    if (!Tags?.some(({ Key, Value }) => Key === "VssBackupPolicy" && Value === "prod")) {
                        await remove(SnapshotId);
                    }
                }
            }
            return report;`);
        assert.deepEqual(await brokenBy(change, { days: 1, iam: LENIENT }), [
            "2027-01-01T07:00:00Z: snap-00000000000000001, which has no tag of the policy, was deleted",
            "2027-01-01T07:00:00Z: snap-00000000000000002, which has no tag of the policy, was deleted",
            "2027-01-01T07:00:00Z: snap-00000000000000003, which has no tag of the policy, was deleted",
            "2027-01-01T07:00:00Z: snap-00000000000000004, which has no tag of the policy, was deleted",
            "2027-01-01T07:00:00Z: the report lists as deleted none, but the run deleted snap-00000000000000001 snap-00000000000000002 snap-00000000000000003 snap-00000000000000004",
        ]);
    });

    it("names a report that leaves snapshots out", async () => {
        assert.deepEqual(await brokenBy(afterwards("return { DeletedSnapshots: [], LinesLeftOut: 0 };"), { days: 1 }), [
            "2027-01-01T07:00:00Z: the report lists none, but the policy had snap-00000000000000005 snap-00000000000000006",
        ]);
    });

    it("names a run that reports nothing at all", async () => {
        assert.deepEqual(await brokenBy(afterwards(""), { days: 1 }), [
            "2027-01-01T07:00:00Z: the run returned no report, and deleted none",
        ]);
    });

    it("ends with the error of the cleaner", async () => {
        await assert.rejects(brokenBy(afterwards(`throw new Error("out of memory");`), { days: 1 }), /^Error: Error: out of memory\n/);
    });
});
