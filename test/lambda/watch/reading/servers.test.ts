import assert from "node:assert/strict";
import type { Server as ListedServer, Signal } from "../../../../lambda/watch/signals";
import type { Server } from "../../../../rehearsal/embeddedAws/ssm";
import { answering, HOUR, NOW, type ReadOptions, readRegion, serverOf } from "../../../support/watchedRegion";

const MADE = NOW - 100 * HOUR;

async function read(servers: readonly Server[], options: ReadOptions = {}): Promise<Signal<readonly ListedServer[]>> {
    return (await readRegion({ servers: [...servers] }, options)).signals.servers;
}

/** Reads one instance that EC2 describes with these fields. */
function described(instance: object): Promise<Signal<readonly ListedServer[]>> {
    const reservationSet = { item: { instancesSet: { item: instance } } };
    return read([], {
        intercept: answering("DescribeInstances", { DescribeInstancesResponse: { reservationSet } }),
    });
}

const LISTED: ListedServer = {
    id: "i-1",
    name: "",
    state: "running",
    launchedAt: MADE,
    isWindows: true,
    instanceType: "m7i.large",
    hasProfile: true,
    volumes: [],
    tags: { VssBackup: "prod" },
};

describe("Listing servers", () => {
    it("gives their names, volumes and tags", async () => {
        const server = serverOf("i-1", {
            madeAt: MADE,
            launchedAt: NOW - HOUR,
            tags: new Map([
                ["Name", "web1"],
                ["VssBackup", "prod"],
                ["Empty", ""],
            ]),
            volumes: [
                { id: "vol-1", device: "/dev/sda1", mounted: true, attachedAt: MADE - HOUR },
                { id: "vol-2", device: "xvdb", mounted: true, attachedAt: NOW - 2 * HOUR },
            ],
        });
        assert.deepEqual(await read([server]), {
            value: [
                {
                    ...LISTED,
                    name: "web1",
                    launchedAt: NOW - HOUR,
                    volumes: [
                        { id: "vol-1", device: "/dev/sda1", attachedAt: MADE - HOUR, isRoot: true },
                        { id: "vol-2", device: "xvdb", attachedAt: NOW - 2 * HOUR, isRoot: false },
                    ],
                    tags: { Name: "web1", VssBackup: "prod", Empty: "" },
                },
            ],
        });
    });

    it("includes servers with other tags, and leaves out those that are terminated", async () => {
        const states = ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"];
        const servers = states.map((state, i) => serverOf(`i-${i}`, { madeAt: MADE, state, tags: new Map() }));
        const listed = (i: number, state: string) => ({ ...LISTED, id: `i-${i}`, state, tags: {} });
        assert.deepEqual(await read(servers), {
            value: [listed(0, "pending"), listed(1, "running"), listed(2, "stopping"), listed(3, "stopped")],
        });
    });

    it("tells when a stopped server stopped, and ignores the last stop of one that runs", async () => {
        const stoppedAt = Date.parse("2027-01-20T10:00:00Z");
        const servers = [
            serverOf("i-1", { madeAt: MADE, state: "stopped", stoppedAt }),
            serverOf("i-2", { madeAt: MADE, state: "stopped" }),
            serverOf("i-3", { madeAt: MADE, state: "running", stoppedAt }),
        ];
        assert.deepEqual(await read(servers), {
            value: [
                { ...LISTED, state: "stopped", stoppedAt },
                { ...LISTED, id: "i-2", state: "stopped" },
                { ...LISTED, id: "i-3" },
            ],
        });
    });

    it("tells which servers do not run Windows, have no instance profile, or are small", async () => {
        const server = serverOf("i-1", { madeAt: MADE, platform: "Linux", hasProfile: false, instanceType: "t3.micro" });
        assert.deepEqual(await read([server]), {
            value: [{ ...LISTED, isWindows: false, hasProfile: false, instanceType: "t3.micro" }],
        });
    });

    for (const [what, fields, isWindows] of [
        ["Windows by its platform", { platform: "Windows", platformDetails: "BYOL" }, true],
        ["Windows by its details", { platformDetails: "Windows with SQL Server Standard" }, true],
        ["SQL Server on Linux", { platformDetails: "Linux with SQL Server Standard" }, false],
        ["a platform that EC2 does not name", {}, false],
    ] as const) {
        it(`recognizes ${what}`, async () => {
            const launchTime = new Date(MADE).toISOString();
            const signal = await described({ instanceId: "i-1", instanceState: { name: "running" }, launchTime, ...fields });
            assert.deepEqual(signal, { value: [{ ...LISTED, isWindows, instanceType: "", hasProfile: false, tags: {} }] });
        });
    }

    it("takes what EC2 leaves out for unknown, and times for long ago", async () => {
        const signal = await described({
            instanceId: "i-1",
            blockDeviceMapping: {
                item: [{ deviceName: "xvdb" }, { ebs: { volumeId: "vol-1" } }, { deviceName: "xvdc", ebs: { status: "attaching" } }],
            },
            networkInterfaceSet: { item: { networkInterfaceId: "eni-1" } },
            tagSet: { item: [{ key: "VssBackup" }, { value: "without a key" }] },
        });
        assert.deepEqual(signal, {
            value: [
                {
                    ...LISTED,
                    state: "unknown",
                    launchedAt: 0,
                    isWindows: false,
                    instanceType: "",
                    hasProfile: false,
                    volumes: [{ id: "vol-1", device: "", attachedAt: 0, isRoot: false }],
                    tags: { VssBackup: "" },
                },
            ],
        });
    });

    it("fails if EC2 lists an instance without an id", async () => {
        assert.deepEqual(await described({ instanceType: "m7i.large" }), {
            unread: "ec2:DescribeInstances broke off: Error: EC2 listed an instance without an id",
        });
    });
});
