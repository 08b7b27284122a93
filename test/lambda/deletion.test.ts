import assert from "node:assert/strict";
import { deleteSets } from "../../lambda/deletion";
import { planCleaning } from "../../lambda/plan";
import { Ec2Error, startEc2 } from "../../rehearsal/embeddedAws/ec2";
import { clientOf, stored } from "../support/cleaning";
import { backup, NOW } from "../support/history";

describe("Deleting sets", () => {
    it("ends when it is told to, although EC2 still throttles a call", async () => {
        const snapshots = ["2027-01-30", "2027-01-31"].flatMap((at) => backup({ at, volumes: ["c"] }));
        const plan = planCleaning(snapshots, { name: "prod", retention: { Day: 1 } }, NOW);
        const ec2 = await startEc2(stored(snapshots), {
            intercept: () => {
                throw new Ec2Error("RequestLimitExceeded", "Request limit exceeded.", 503);
            },
        });
        const client = clientOf(ec2.endpoint);
        const outcomes = await deleteSets(client, plan.deletions, performance.now() + 60_000, AbortSignal.timeout(200));
        client.destroy();
        await ec2.close();
        assert.deepEqual(
            outcomes.map(({ snapshot, result, reason }) => [snapshot.id, result, reason]),
            [["snap-day-0130-c", "remaining", "remaining: EC2 had not answered when the run had to end"]],
        );
    });
});
