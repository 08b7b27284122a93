import assert from "node:assert/strict";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { deleteSets } from "../../../lambda/cleaner/deletion";
import { DELETION_PACE } from "../../../lambda/cleaner/rateLimiter";
import { backupSets } from "../../../lambda/retention/backupSets";
import { deletionOrder } from "../../../lambda/retention/deletionOrder";
import { planCleaning } from "../../../lambda/retention/plan";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import { AwsError } from "../../../rehearsal/embeddedAws/call";
import { makeClient, storeSnapshots } from "../../support/cleaning";
import { backUp, NOW, POLICY } from "../../support/history";

describe("Deleting sets", () => {
    it("ends when its signal aborts, although EC2 still throttles a request", async () => {
        const snapshots = ["2027-01-30", "2027-01-31"].flatMap((at) => backUp({ at, volumes: ["c"] }));
        const plan = planCleaning(snapshots, POLICY, NOW);
        const over = new AbortController();
        let throttled = 0;
        const ec2 = await startAws(
            { store: storeSnapshots(snapshots) },
            {
                intercept: () => {
                    throttled += 1;
                    if (throttled === 2) {
                        over.abort();
                    }
                    throw new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
                },
            },
        );
        const client = makeClient(ec2.endpoint);
        const outcomes = await deleteSets(client, plan.deletions, {
            most: 1000,
            pace: DELETION_PACE,
            endsAt: Number.POSITIVE_INFINITY,
            abortSignal: over.signal,
        });
        client.destroy();
        await ec2.close();
        assert.deepEqual(
            outcomes.map(({ snapshot, result, reason }) => [snapshot.id, result, reason]),
            [["snap-day-0130-c", "remaining", "remaining: EC2 had not confirmed it when the run had to end"]],
        );
    });

    it("deletes the boot volume's snapshot of a restore point first, since an image may hold it", () => {
        const snapshots = backUp({ at: "2027-01-30", volumes: ["c", "d", "e"] }).map((snapshot, i) => ({
            ...snapshot,
            tags: { ...snapshot.tags, Device: ["xvdb", "/dev/sda1", "xvdc"][i] as string },
        }));
        const newer = ["2027-01-31", "2027-02-01"].flatMap((at) => backUp({ at, volumes: ["c", "d", "e"] }));
        const { deletions } = planCleaning([...snapshots, ...newer], { ...POLICY, retention: { Day: 2 } }, NOW);
        assert.deepEqual(
            deletions.map((set) => set.map(({ snapshot }) => snapshot.id)),
            [["snap-day-0130-d", "snap-day-0130-c", "snap-day-0130-e"]],
        );
    });

    it("deletes the farthest snapshot of a failed set first, and the failed one last", () => {
        const [c, d, e] = backUp({ at: "2027-01-30", volumes: ["c", "d", "e"] }) as [Snapshot, Snapshot, Snapshot];
        const failed = { ...c, tags: { ...c.tags, AppConsistent: "False", Device: "/dev/sda1" } };
        assert.deepEqual(listInOrder([failed, d, { ...e, startTime: e.startTime + 60_000 }]), [
            "snap-day-0130-e",
            "snap-day-0130-d",
            "snap-day-0130-c",
        ]);
    });

    it("deletes the failed snapshot with the last id last, even the boot volume's", () => {
        const [d, e] = backUp({ at: "2027-01-30", volumes: ["d", "e"], consistent: "False" }) as [Snapshot, Snapshot];
        assert.deepEqual(listInOrder([{ ...e, tags: { ...e.tags, Device: "/dev/sda1" } }, d]), ["snap-day-0130-d", "snap-day-0130-e"]);
    });

    it("deletes a snapshot in state error last, even if it is marked application-consistent", () => {
        const [c, d] = backUp({ at: "2027-01-30" }) as [Snapshot, Snapshot];
        assert.deepEqual(listInOrder([{ ...c, state: "error" }, d]), ["snap-day-0130-d", "snap-day-0130-c"]);
    });

    it("deletes the snapshot that is farthest in time from the failed one first", () => {
        const [c, d, e] = backUp({ at: "2027-01-30", volumes: ["c", "d", "e"] }) as [Snapshot, Snapshot, Snapshot];
        const failed = { ...d, tags: { ...d.tags, AppConsistent: "False" } };
        assert.deepEqual(listInOrder([{ ...c, startTime: c.startTime + 60_000 }, failed, { ...e, startTime: e.startTime - 120_000 }]), [
            "snap-day-0130-e",
            "snap-day-0130-c",
            "snap-day-0130-d",
        ]);
    });

    it("starts at most 16 sets at once, and all sets that the limit of a run allows", async () => {
        const snapshots = Array.from({ length: 41 }, (_, i) => backUp({ at: "2027-01-30", volumes: [`v${i}`], guid: i })).flat();
        const sets = snapshots.map((snapshot) => [{ snapshot, action: "delete" as const, reason: "deleted", standsInFor: [] }]);
        let active = 0;
        let most = 0;
        const ec2 = {
            send: async () => {
                active += 1;
                most = Math.max(most, active);
                await new Promise(setImmediate);
                active -= 1;
            },
        } as unknown as EC2Client;
        const limits = {
            pace: { burst: 100, perSecond: 1000 },
            endsAt: Number.POSITIVE_INFINITY,
            abortSignal: new AbortController().signal,
        };
        const results = async (bound: number) =>
            (await deleteSets(ec2, sets, { ...limits, most: bound })).filter(({ result }) => result === "deleted").length;
        assert.deepEqual([await results(41), await results(40), await results(1), most], [41, 40, 1, 16]);
    });

    for (const [name, message, result] of [
        [
            "UnauthorizedOperation",
            "User: arn:aws:sts::1:assumed-role/snapshot-lock/x may not delete the snapshot, which is locked",
            "failed",
        ],
        ["OperationNotPermitted", "The snapshot has a lock", "skipped"],
        ["OperationNotPermitted", "Snapshot snap-1\nis locked", "skipped"],
        ["OperationNotPermitted", "The account is locked", "failed"],
        ["SnapshotLocked", "", "skipped"],
    ] as const) {
        it(`has the result ${result} for ${name} (${message.replace("\n", " ").slice(-40)})`, async () => {
            const [snapshot] = backUp({ at: "2027-01-30", volumes: ["c"] }) as [Snapshot];
            const ec2 = {
                send: async () => {
                    throw Object.assign(new Error(message), { name });
                },
            } as unknown as EC2Client;
            const outcomes = await deleteSets(ec2, [[{ snapshot, action: "delete", reason: "deleted", standsInFor: [] }]], {
                most: 1,
                pace: DELETION_PACE,
                endsAt: Number.POSITIVE_INFINITY,
                abortSignal: new AbortController().signal,
            });
            assert.deepEqual(
                outcomes.map((outcome) => outcome.result),
                [result],
            );
        });
    }

    it("never makes the rest of a failed set look like a restore point", () => {
        const [c, d] = backUp({ at: "2027-01-02" }) as [Snapshot, Snapshot];
        const failed = [{ ...c, tags: { ...c.tags, AppConsistent: "False" } }, d];
        const history = [...backUp({ at: "2027-01-01", volumes: ["d"] }), ...failed, ...backUp({ at: "2027-01-03" })];
        const policy = { ...POLICY, retention: { Day: 2 } };
        const first = planCleaning(history, policy, NOW).deletions.flat()[0]?.snapshot.id;
        const left = history.filter(({ id }) => id !== first);
        assert.deepEqual(
            planCleaning(left, policy, NOW).decisions.map(({ snapshot, action }) => `${action} ${snapshot.id}`),
            ["keep snap-day-0101-d", "delete snap-day-0102-c", "keep snap-day-0103-c", "keep snap-day-0103-d"],
        );
    });
});

/** Lists the ids of a set in the order of their deletion. */
function listInOrder(snapshots: readonly Snapshot[]): string[] {
    return backupSets(snapshots, POLICY, NOW).flatMap((set) => set.snapshots.toSorted(deletionOrder(set, POLICY)).map(({ id }) => id));
}
