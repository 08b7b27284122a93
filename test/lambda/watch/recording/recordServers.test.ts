import assert from "node:assert/strict";
import type { RecordedServer } from "../../../../lambda/recordedServer";
import { recordServers } from "../../../../lambda/watch/recording/recordServers";
import type { Recording, Signal, SizedSnapshot } from "../../../../lambda/watch/signals";
import type { AwsOptions } from "../../../../rehearsal/embeddedAws/aws";
import { type AwsCall, AwsError } from "../../../../rehearsal/embeddedAws/call";
import type { Server } from "../../../../rehearsal/embeddedAws/ssm";
import { withAws } from "../../../support/awsClients";
import { DAY, NOW, serverOf, TARGETS } from "../../../support/watchedRegion";

const AT_ONCE = { burst: 1000, perSecond: 1000 };

/** The account's servers and parameters, which a run may change. */
class Account {
    public readonly parameters = new Map<string, string>();
    public readonly parameterTimes = new Map<string, number>();
    public now = NOW;

    public constructor(public readonly servers: Server[]) {}

    /** Runs the recording once. Also returns its writes. */
    public async record(
        snapshots: Signal<readonly SizedSnapshot[]> = { value: [] },
        options: AwsOptions = {},
        abortSignal = new AbortController().signal,
    ): Promise<{ readonly recording: Signal<Recording>; readonly calls: readonly AwsCall[]; readonly written: readonly string[] }> {
        const state = { servers: this.servers, parameters: this.parameters, parameterTimes: this.parameterTimes, now: () => this.now };
        return withAws(
            state,
            async (clients, { calls }) => {
                const recording = await recordServers(clients, { name: "prod" }, TARGETS, snapshots, abortSignal, AT_ONCE);
                const writes = calls.filter(({ action }) => action === "PutParameter");
                return { recording, calls, written: writes.map(({ input }) => String(input.Name).replace(/.*\//, "")) };
            },
            options,
        );
    }

    public recordOf(id: string): RecordedServer {
        return JSON.parse(this.parameters.get(`/vss-backup-records/prod/servers/${id}`) as string) as RecordedServer;
    }
}

function account(count: number): Account {
    const volumesOf = (id: string) => [{ id: id.replace("i-", "vol-"), device: "/dev/sda1", mounted: true }];
    const ids = [...Array(count).keys()].map((i) => `i-${String(i).padStart(4, "0")}`);
    return new Account(ids.map((id) => serverOf(id, { volumes: volumesOf(id) })));
}

/** Answers one call of an action, by its number from 1, after this. */
function onCall(action: string, number: number, run: () => void): AwsOptions {
    let count = 0;
    const isIt = (call: AwsCall) => {
        count += call.action === action ? 1 : 0;
        return call.action === action && count === number;
    };
    return {
        intercept: (call) => {
            if (isIt(call)) {
                run();
            }
            return undefined;
        },
    };
}

function denying(action: string): AwsOptions {
    const refusal = async (request: { readonly action: string }) =>
        request.action === action ? "User: watch is not authorized" : undefined;
    return { iam: { refusal, accessKey: () => "" } };
}

describe("The recording of servers", () => {
    it("writes a parameter for each server, and then only for those that have changed", async () => {
        const one = account(2);
        const first = await one.record();
        const [write] = first.calls.filter(({ action }) => action === "PutParameter");
        assert.deepEqual(write?.input, {
            Name: "/vss-backup-records/prod/servers/i-0000",
            Description: "The server i-0000 of VssBackupPolicy prod, for vss-backup restore",
            Value: one.parameters.get("/vss-backup-records/prod/servers/i-0000"),
            Type: "String",
            Tier: "Intelligent-Tiering",
            Overwrite: true,
        });
        const again = await one.record();
        (one.servers[1] as Server).instanceType = "r7i.large";
        const changed = await one.record();
        assert.deepEqual(
            [first, again, changed].map(({ recording, written }) => [recording, written]),
            [
                [{ value: { written: 2, failed: [], remaining: 0 } }, ["i-0000", "i-0001"]],
                [{ value: { written: 0, failed: [], remaining: 0 } }, []],
                [{ value: { written: 1, failed: [], remaining: 0 } }, ["i-0001"]],
            ],
        );
        assert.deepEqual([one.recordOf("i-0000").instanceType, one.recordOf("i-0001").instanceType], ["m7i.large", "r7i.large"]);
    });

    it("leaves the record of a server that is gone, or has lost the tag", async () => {
        const one = account(2);
        await one.record();
        const before = new Map(one.parameters);
        one.servers.splice(1, 1);
        (one.servers[0] as Server).tags = new Map();
        assert.deepEqual([(await one.record()).written, one.parameters], [[], before]);
    });

    it("keeps a volume that is gone if the policy has a snapshot of it, or if nobody knows", async () => {
        const volumes = [
            { id: "vol-1", device: "/dev/sda1", mounted: true },
            { id: "vol-2", device: "xvdb", mounted: true },
        ];
        const former = async (snapshots: Signal<readonly SizedSnapshot[]>) => {
            const one = new Account([serverOf("i-1", { volumes })]);
            await one.record(snapshots);
            (one.servers[0] as Server).volumes = volumes.slice(0, 1);
            await one.record(snapshots);
            return one.recordOf("i-1").formerVolumes.map(({ id }) => id);
        };
        const snapshot = { id: "snap-1", volumeId: "vol-2", startTime: NOW, state: "completed", tags: {}, sizeGib: 1 };
        assert.deepEqual([await former({ value: [snapshot] }), await former({ unread: "no" })], [["vol-2"], ["vol-2"]]);
        assert.deepEqual(await former({ value: [{ ...snapshot, volumeId: "vol-3" }] }), []);
    });

    it("writes 200 servers in a run, and goes on in the next", async () => {
        const one = account(205);
        const results = [await one.record(), await one.record(), await one.record()].map(({ recording }) => recording);
        assert.deepEqual(results, [
            { value: { written: 200, failed: [], remaining: 5 } },
            { value: { written: 5, failed: [], remaining: 0 } },
            { value: { written: 0, failed: [], remaining: 0 } },
        ]);
    });

    it("writes the record first that is the oldest", async () => {
        const one = account(3);
        await one.record();
        one.parameterTimes.set("/vss-backup-records/prod/servers/i-0001", NOW - DAY);
        for (const server of one.servers) {
            server.hasProfile = false;
        }
        assert.deepEqual((await one.record()).written, ["i-0001", "i-0000", "i-0002"]);
    });

    it("asks for 1,000 servers in the largest pages", async () => {
        const one = account(1000);
        for (const id of one.servers.map((server) => server.id)) {
            one.parameters.set(`/vss-backup-records/prod/servers/${id}`, "{}");
        }
        const { calls } = await one.record();
        const counts = new Map<string, number>();
        for (const { action } of calls) {
            counts.set(action, (counts.get(action) ?? 0) + 1);
        }
        assert.deepEqual(Object.fromEntries(counts), {
            DescribeInstances: 1,
            DescribeVolumes: 2,
            GetParametersByPath: 100,
            PutParameter: 200,
        });
    });

    it("stops after three refusals, and names them", async () => {
        const { recording, written } = await account(5).record(undefined, denying("ssm:PutParameter"));
        const why = "AccessDeniedException: User: watch is not authorized";
        assert.deepEqual(recording, {
            value: { written: 0, failed: ["i-0000", "i-0001", "i-0002"].map((server) => ({ server, why })), remaining: 2 },
        });
        assert.deepEqual(written, ["i-0000", "i-0001", "i-0002"]);
    });

    it("goes on after one refusal", async () => {
        const refuse = () => {
            throw new AwsError("ParameterLimitExceeded", "You have too many.");
        };
        const { recording } = await account(3).record(undefined, onCall("PutParameter", 2, refuse));
        assert.deepEqual(recording, {
            value: { written: 2, failed: [{ server: "i-0001", why: "ParameterLimitExceeded: You have too many." }], remaining: 0 },
        });
    });

    for (const action of ["ec2:DescribeInstances", "ec2:DescribeVolumes", "ssm:GetParametersByPath"]) {
        it(`writes nothing if IAM denies ${action}`, async () => {
            const { recording, written } = await account(1).record(undefined, denying(action));
            const [service] = action.split(":");
            const why =
                service === "ec2" ? "UnauthorizedOperation: You are not authorized to perform this operation." : "AccessDeniedException:";
            assert.deepEqual([recording, written], [{ unread: `Recording broke off: ${why} User: watch is not authorized` }, []]);
        });
    }

    it("writes nothing if the run must end", async () => {
        const { recording, written } = await account(1).record(undefined, {}, AbortSignal.abort());
        assert.deepEqual([recording, written], [{ unread: "Recording had not ended when the run had to" }, []]);
    });

    it("begins no more writes when the run must end", async () => {
        const end = new AbortController();
        const { recording, written } = await account(3).record(
            undefined,
            onCall("PutParameter", 2, () => end.abort()),
            end.signal,
        );
        assert.deepEqual(
            [recording, written],
            [{ value: { written: 1, failed: [{ server: "i-0001", why: "the run had to end" }], remaining: 1 } }, ["i-0000", "i-0001"]],
        );
    });
});
