import assert from "node:assert/strict";
import { SnapshotStore, type StoredSnapshot } from "../../rehearsal/embeddedAws/snapshotStore";
import { MISHAPS, parseTags, runVssDocument, type Server, type VssCommand, type VssRun } from "../../rehearsal/embeddedAws/ssm";
import { Timeline } from "../../rehearsal/timeline";

const MINUTE = 60_000;
const TIME = Date.parse("2027-01-31T01:00:00Z");
const SET_ID = "01234567-89ab-4cde-8f01-23456789abcd";
const CONFIG = `{"AwsVssComponents":"2.5.1","SnapshotSetId":"{${SET_ID}}"}`;
const TAGS = "Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod";

function makeServer(): Server {
    return {
        id: "i-1",
        tags: new Map(),
        volumes: [
            { id: "vol-c", device: "/dev/sda1", mounted: true },
            { id: "vol-d", device: "xvdb", mounted: true },
        ],
        hasVssPackage: true,
        busyUntil: 0,
    };
}

/** Copies the parts of a snapshot that change. */
function copyState({ volumeId, state, tags }: StoredSnapshot) {
    return { volumeId, state, tags: Object.fromEntries(tags) };
}

interface CommandRun {
    readonly run: VssRun;
    readonly server: Server;
    readonly store: SnapshotStore;
    /** Plays the clock until minutes after the start of the run, and returns the snapshots. */
    at(minutes: number): Promise<ReturnType<typeof copyState>[]>;
}

function runCommand(command: Partial<VssCommand> = {}): CommandRun {
    const [store, timeline, newServer] = [new SnapshotStore(), new Timeline(), makeServer()];
    const run = runVssDocument(
        {
            document: "AWSEC2-CreateVssSnapshot",
            parameters: { tags: TAGS },
            server: newServer,
            time: TIME,
            mishap: undefined,
            setId: SET_ID,
            completeAfterMs: 10 * MINUTE,
            ...command,
        },
        store,
        timeline,
    );
    const at = async (minutes: number) => {
        await timeline.play(TIME + minutes * MINUTE + 1);
        return store.all().map(copyState);
    };
    return { run, server: command.server ?? newServer, store, at };
}

/** Returns the status, the reason and the number of snapshots of a run. */
function outcomeOf({ run }: CommandRun): [VssRun["status"], string | undefined, number] {
    return [run.status, run.why, run.snapshots.length];
}

const FIRST_TAGS = { SnapshotType: "Day", VssBackupPolicy: "prod", AwsVssConfig: CONFIG };

function makeSnapshots(state: string, consistent?: string) {
    return [
        { volumeId: "vol-c", state, tags: { ...FIRST_TAGS, ...(consistent && { AppConsistent: consistent, Device: "/dev/sda1" }) } },
        { volumeId: "vol-d", state, tags: { ...FIRST_TAGS, ...(consistent && { AppConsistent: consistent, Device: "xvdb" }) } },
    ];
}

describe("A run of the VSS document", () => {
    it("makes tagged snapshots of all volumes, and marks them after their completion", async () => {
        const one = runCommand();
        assert.deepEqual(outcomeOf(one), ["Success", undefined, 2]);
        assert.deepEqual([await one.at(0), await one.at(10)], [makeSnapshots("pending"), makeSnapshots("pending")]);
        assert.deepEqual(await one.at(11), makeSnapshots("completed"));
        assert.deepEqual(await one.at(12), makeSnapshots("completed", "True"));
    });

    it("starts the snapshots a minute after the command, with its description", () => {
        const { store } = runCommand({ parameters: { tags: TAGS, description: "of the night" } });
        assert.deepEqual(
            store.all().map(({ startTime, description }) => [startTime, description]),
            Array(2).fill([TIME + MINUTE, "of the night"]),
        );
    });

    for (const [leaves, status, snapshots, end] of [
        ["nothing", "Failed", 0, []],
        ["untagged", "Failed", 2, makeSnapshots("completed")],
        ["inconsistent", "Failed", 2, makeSnapshots("completed", "False")],
        ["errors", "Failed", 2, makeSnapshots("error")],
    ] as const) {
        it(`leaves these snapshots after a mishap: ${leaves}`, async () => {
            const mishap = MISHAPS.find((one) => one.leaves === leaves);
            const one = runCommand({ mishap });
            assert.deepEqual(outcomeOf(one), [status, mishap?.why, snapshots]);
            assert.deepEqual(await one.at(99), end);
        });
    }

    it("leaves the boot volume out if a parameter excludes it", async () => {
        const one = runCommand({ parameters: { tags: TAGS, ExcludeBootVolume: "True" } });
        assert.deepEqual(await one.at(99), makeSnapshots("completed", "True").slice(1));
    });

    it("succeeds without the volumes that Windows has not mounted", async () => {
        const volumes = makeServer().volumes.map((volume) => ({ ...volume, mounted: volume.id === "vol-c" }));
        const one = runCommand({ server: { ...makeServer(), volumes } });
        assert.deepEqual(outcomeOf(one), ["Success", undefined, 1]);
        assert.deepEqual(await one.at(99), makeSnapshots("completed", "True").slice(0, 1));
    });

    it("fails if Windows has mounted no volume", () => {
        const volumes = makeServer().volumes.map((volume) => ({ ...volume, mounted: false }));
        const one = runCommand({ server: { ...makeServer(), volumes } });
        assert.deepEqual(outcomeOf(one), ["Failed", "1006: there is no volume to take a snapshot of", 0]);
        assert.equal(one.server.busyUntil, 0);
    });

    it("fails if only the boot volume is there and a parameter excludes it", () => {
        const bootOnly = { ...makeServer(), volumes: makeServer().volumes.slice(0, 1) };
        assert.deepEqual(outcomeOf(runCommand({ server: bootOnly, parameters: { ExcludeBootVolume: "True" } })), [
            "Failed",
            "1006: there is no volume to take a snapshot of",
            0,
        ]);
    });

    it("fails on a server that is busy with another run, for 800 seconds", () => {
        const { server: busy } = runCommand();
        const again = (seconds: number) => outcomeOf(runCommand({ server: { ...busy }, time: TIME + seconds * 1000 }));
        assert.deepEqual(again(799), ["Failed", "2003: ec2-vss-agent is already running, a snapshot is already in progress", 0]);
        assert.deepEqual(again(800), ["Success", undefined, 2]);
    });

    it("fails without the VSS package, unless the document installs it", () => {
        const bare = () => ({ ...makeServer(), hasVssPackage: false });
        const installing = runCommand({ server: bare(), document: "AWSEC2-VssInstallAndSnapshot" });
        assert.deepEqual(outcomeOf(runCommand({ server: bare() })), ["Failed", "1003: AwsVssComponents is not installed", 0]);
        assert.deepEqual(outcomeOf(installing), ["Success", undefined, 2]);
        assert.equal(installing.server.hasVssPackage, true);
    });

    it("installs nothing on a server that is down", () => {
        const [down] = MISHAPS;
        const bare = { ...makeServer(), hasVssPackage: false };
        const one = runCommand({ server: bare, document: "AWSEC2-VssInstallAndSnapshot", mishap: down });
        assert.deepEqual([outcomeOf(one), bare.hasVssPackage, bare.busyUntil], [["Failed", "the server was down", 0], false, 0]);
    });

    it("refuses parameters that SSM would refuse, and changes nothing", () => {
        const one = runCommand({ parameters: { tags: "Key=SnapshotType", CopyOnly: "true", VssVersion: "2.5.1", executionTimeout: "60" } });
        assert.deepEqual(outcomeOf(one), [
            "Failed",
            `InvalidParameters: ${[
                'AWSEC2-CreateVssSnapshot does not take "Key=SnapshotType" for tags',
                'AWSEC2-CreateVssSnapshot does not take "true" for CopyOnly',
                "AWSEC2-CreateVssSnapshot has no parameter VssVersion",
                'AWSEC2-CreateVssSnapshot does not take "60" for executionTimeout',
            ].join("; ")}`,
            0,
        ]);
        assert.equal(one.server.busyUntil, 0);
    });

    it("accepts a package version in the document that installs the package", () => {
        const parameters = { tags: TAGS, VssVersion: "2.5.1" };
        assert.deepEqual(outcomeOf(runCommand({ document: "AWSEC2-VssInstallAndSnapshot", parameters })), ["Success", undefined, 2]);
    });

    for (const reserved of ["AppConsistent", "AwsVssConfig", "Device"]) {
        it(`refuses the reserved tag ${reserved}`, () => {
            assert.deepEqual(outcomeOf(runCommand({ parameters: { tags: `${TAGS};Key=${reserved},Value=true` } })), [
                "Failed",
                `1007: the tag ${reserved} is reserved`,
                0,
            ]);
        });
    }

    it("gives snapshots an empty name without a tags parameter, as the document does", () => {
        const { store } = runCommand({ parameters: {} });
        assert.deepEqual(
            store.all().map(({ tags }) => Object.fromEntries(tags)),
            Array(2).fill({ Name: "", AwsVssConfig: CONFIG }),
        );
    });
});

describe("The tags of a run", () => {
    for (const [text, tags] of [
        ["Key=SnapshotType,Value=Day", { SnapshotType: "Day" }],
        ["Key=A,Value=1;Key=B,Value=2;", { A: "1", B: "2" }],
        ["key=A,value=1", { A: "1" }],
        ["Key= A ,Value= b c ", { A: "b c" }],
        ["Key=A,Value=x=y=z", { A: "x=y=z" }],
        ["Key=A,Value=", { A: "" }],
        ["", {}],
    ] as const) {
        it(`are read from ${JSON.stringify(text)}`, () => {
            assert.deepEqual(Object.fromEntries(parseTags(text)), tags);
        });
    }
});
