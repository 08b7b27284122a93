import assert from "node:assert/strict";
import type { Report } from "../../../lambda/cleaner/report";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import { type LambdaOptions, startLambda } from "../../../rehearsal/embeddedAws/lambda";
import { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import { deployPolicy } from "../../support/policies";

const DAY = 86_400_000;

/** Makes the most snapshots that EC2 allows in a region: 2,500 servers with four volumes each, for ten days. */
function makeFullRegion(): SnapshotStore {
    const store = new SnapshotStore();
    for (let i = 0; i < 100_000; i++) {
        const [day, volume] = [Math.floor(i / 10_000), i % 10_000];
        const set = (day * 2_500 + Math.floor(volume / 4)).toString(16).padStart(8, "0");
        store.add({
            volumeId: `vol-${volume.toString(16).padStart(17, "0")}`,
            startTime: Date.parse("2027-01-23T01:00:00Z") + day * DAY,
            state: "completed",
            description: "",
            tags: new Map([
                ["VssBackupPolicy", "prod"],
                ["SnapshotType", "Day"],
                ["AppConsistent", "True"],
                ["AwsVssConfig", `AwsVssComponents 2.5.1 {${set}-0000-4000-8000-000000000000}`],
                ["Device", ["/dev/sda1", "xvdb", "xvdc", "xvdd"][i % 4] as string],
                ...Array.from({ length: 2 }, (_, k) => [`Cost center ${k}`, "a value of some length"] as const),
            ]),
        });
    }
    return store;
}

describe("The deployed cleaner", () => {
    it("has enough memory to list and plan the 100,000 snapshots that a region may have", async () => {
        const { resources, region } = await deployPolicy({ reportOnly: true });
        const ec2 = await startAws({ store: makeFullRegion() });
        const invoke = async () => {
            const lambda = await startLambda({
                function: resources.find(({ name }) => name === "prod-cleaner")?.inputs as LambdaOptions["function"],
                region,
                environment: { AWS_ENDPOINT_URL_EC2: ec2.endpoint },
            });
            return (lambda.invoke({ time: "2027-02-01T07:00:00Z" }) as Promise<Report>).finally(() => lambda.close());
        };
        const { Status, Counts } = await invoke().finally(() => ec2.close());
        assert.deepEqual(
            { Status, Counts, pages: ec2.calls.length },
            {
                Status: "OK",
                // For each volume, the newest five days and a Sunday. The two Sundays stand in for weeks, the last one also for January.
                Counts: {
                    Listed: 100_000,
                    Deleted: 0,
                    Kept: 60_000,
                    Skipped: 0,
                    Failed: 0,
                    Remaining: 40_000,
                    StaleVolumes: 0,
                    StandIns: 30_000,
                    SetsFoundByTime: 0,
                },
                pages: 100,
            },
        );
    });
});
