import assert from "node:assert/strict";
import { CleaningFailed } from "../../../lambda/cleaner/cleaner";
import { findLostVolumes } from "../../../lambda/cleaner/listing";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import { AwsError } from "../../../rehearsal/embeddedAws/call";
import { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import { makeClient, runCleaner, storeSnapshots } from "../../support/cleaning";

const volumeId = (i: number) => `vol-${i.toString(16).padStart(8, "0")}`;

describe("The listing of the cleaner", () => {
    for (const [count, asked] of [
        [200, [200]],
        [401, [200, 200, 1]],
    ] as const) {
        it(`requests ${count} volumes by their ids, 200 at a time, and finds the missing ones`, async () => {
            const ids = Array.from({ length: count }, (_, i) => volumeId(i));
            const store = new SnapshotStore();
            for (const id of ids.slice(2)) {
                store.volumes.add(id);
            }
            const ec2 = await startAws({ store });
            const client = makeClient(ec2.endpoint);
            const lost = await findLostVolumes(client, ids, new AbortController().signal);
            client.destroy();
            await ec2.close();
            assert.deepEqual([...lost], [volumeId(0), volumeId(1)]);
            assert.deepEqual(
                ec2.calls.map(({ action, parameters }) => [
                    action,
                    parameters.get("Filter.1.Name"),
                    [...parameters.keys()].filter((key) => key.startsWith("Filter.1.Value.")).length,
                ]),
                asked.map((values) => ["DescribeVolumes", "volume-id", values]),
            );
            assert.deepEqual(
                ec2.calls.map(({ parameters }) => parameters.get("Filter.1.Value.1")),
                asked.map((_, i) => volumeId(i * 200)),
            );
        });
    }

    for (const [code, message, calls] of [
        ["UnauthorizedOperation", "Encoded authorization failure message: token", 1],
        ["InvalidParameterValue", "The filter is invalid", 1],
        ["InvalidParameterValue", "The token has expired", 3],
        ["InvalidNextToken", "It is invalid", 3],
        ["InvalidPaginationToken", "It is invalid", 3],
    ] as const) {
        it(`starts ${calls === 1 ? "once" : "three times"} on ${code} (${message})`, async () => {
            const store = storeSnapshots([]);
            let requests = 0;
            const intercept = () => {
                requests += 1;
                throw new AwsError(code, message);
            };
            await assert.rejects(runCleaner(store, { intercept }), CleaningFailed);
            assert.equal(requests, calls);
        });
    }

    it("gives a snapshot without a state the state unknown", async () => {
        const snapshot = {
            snapshotId: "snap-1",
            startTime: "2027-01-30T01:00:00.000Z",
            tagSet: { item: { key: "VssBackupPolicy", value: "prod" } },
        };
        const intercept = () => ({
            DescribeSnapshotsResponse: {
                snapshotSet: { item: { ...snapshot, tagSet: { item: [snapshot.tagSet.item, { key: "SnapshotType", value: "Day" }] } } },
            },
        });
        const { report } = await runCleaner(storeSnapshots([]), { intercept });
        assert.deepEqual(
            [report.SkippedSnapshots, report.StaleVolumes.map(({ VolumeId }) => VolumeId)],
            [[{ SnapshotId: "snap-1", Reason: "left: not finished, snap-1 is in state unknown" }], [""]],
        );
    });

    it("reads a tag without a value as an empty value", async () => {
        const tags = [{ key: "VssBackupPolicy", value: "prod" }, { key: "SnapshotType" }];
        const item = {
            snapshotId: "snap-1",
            volumeId: "vol-1",
            status: "completed",
            startTime: "2027-01-30T01:00:00.000Z",
            tagSet: { item: tags },
        };
        const { report } = await runCleaner(storeSnapshots([]), {
            intercept: () => ({ DescribeSnapshotsResponse: { snapshotSet: { item } } }),
        });
        assert.deepEqual(report.SkippedSnapshots, [{ SnapshotId: "snap-1", Reason: "left:  is no snapshot type of this policy any more" }]);
    });
});
