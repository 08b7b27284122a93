import assert from "node:assert/strict";
import { freeDevices, isSameDevice } from "../../../../cli/restore/plan/devices";
import { digestOf } from "../../../../cli/restore/plan/fingerprint";
import { costOfNew, stepId } from "../../../../cli/restore/plan/parts";
import { planRestore } from "../../../../cli/restore/plan/planRestore";
import { settingsOf } from "../../../../cli/restore/plan/settings";
import type { RestorePlan, Step } from "../../../../cli/restore/plan/steps";
import { hasTooManyTags, holdValue, inheritedTags } from "../../../../cli/restore/plan/tags";
import { wordsOf } from "../../../../cli/restore/plan/words";
import type { SnapshotFacts, VolumeSettings, World } from "../../../../cli/restore/plan/world";
import { DATA, DATA_SNAPSHOT, KEY, lostWorld, RECORDED, request, SERVER, VOLUMES, WEB, world } from "../support/world";

const SNAPSHOT = world().set.snapshots[1] as SnapshotFacts;

function planned(given: World, changes: Parameters<typeof request>[0]): RestorePlan {
    const result = planRestore(given, request(changes));
    assert.equal(result.kind, "plan", JSON.stringify(result));
    return (result as { readonly plan: RestorePlan }).plan;
}

describe("A device", () => {
    const same = [
        ["xvdf", "/dev/sdf"],
        ["/dev/xvdf", "sdf"],
    ] as const;
    for (const [a, b] of same) {
        it(`${a} is the same place as ${b}`, () => {
            assert.equal(isSameDevice(a, b), true);
        });
    }

    const other = [
        ["xvdf", "xvdg"],
        ["/dev/sda1", "xvda"],
        ["axvdf", "af"],
        ["a/dev/xvdf", "axvdf"],
    ] as const;
    for (const [a, b] of other) {
        it(`${a} is another place than ${b}`, () => {
            assert.equal(isSameDevice(a, b), false);
        });
    }

    it("is chosen in the order that AWS recommends, and never twice", () => {
        assert.deepEqual(freeDevices(["/dev/sda1", "/dev/sdf", "xvdh"], 3), ["xvdg", "xvdi", "xvdj"]);
        assert.deepEqual(freeDevices([], 30).length, 25);
    });
});

describe("Tags of a new thing", () => {
    it("are those of the old one, without those of AWS and of restores", () => {
        const tags = {
            b: "2",
            a: "1",
            "aws:cloudformation:stack-name": "web",
            VssBackupRestore: "r",
            VssBackupRestoreStep: "s",
            VssBackupReplacedBy: "r",
            VssBackupReplacedDevice: "xvdd",
            VssBackupReplacedServer: SERVER,
        };
        assert.deepEqual(Object.entries(inheritedTags(tags)), [
            ["a", "1"],
            ["b", "2"],
        ]);
    });

    it("leave room for those of restores", () => {
        const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ""]));
        assert.deepEqual(
            [45, 46].map((count) => [Object.keys(inheritedTags(many(count))).length, hasTooManyTags(many(count))]),
            [
                [45, false],
                [45, true],
            ],
        );
    });

    it("hold a set in the name of the restore", () => {
        assert.equal(holdValue("20270305-0700-x7k2"), "restore 20270305-0700-x7k2");
    });
});

describe("The digest of a value", () => {
    it("does not depend on the order of keys, nor on undefined ones", () => {
        assert.equal(
            digestOf({ a: 1, b: { c: [1, { d: null, e: "x" }], f: undefined } }),
            digestOf({ b: { c: [1, { e: "x", d: null }] }, a: 1 }),
        );
    });

    const different: readonly (readonly [object, object])[] = [
        [{ a: [1, 2] }, { a: [2, 1] }],
        [{ a: [1] }, { a: { 0: 1 } }],
        [{ a: "1" }, { a: 1 }],
        [{ a: null }, {}],
        [{ a: { b: 1 } }, { a: 1, b: 1 }],
        [{ a: [] }, { a: [[]] }],
    ];
    for (const [a, b] of different) {
        it(`is another one for ${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
            assert.notEqual(digestOf(a), digestOf(b));
        });
    }

    it("is in the plan with 32 digits", () => {
        assert.match(planned(world(), {}).fingerprint, /^[0-9a-f]{32}$/);
    });
});

describe("The settings of a new volume", () => {
    const volume = (changes: Partial<VolumeSettings>) => world({ volumes: [{ ...(VOLUMES[1] as (typeof VOLUMES)[number]), ...changes }] });
    const common = { sizeGib: 200, encrypted: true, kmsKeyId: KEY, tags: { Name: "web01 D", "aws:cloudformation:stack-name": "web" } };
    const expectations: readonly (readonly [title: string, given: World, settings: object, origin: string])[] = [
        ["gp3 keeps both speeds", volume({}), { type: "gp3", iops: 6000, throughput: 250, ...common }, "volume"],
        ["io1 keeps its IOPS alone", volume({ type: "io1" }), { type: "io1", iops: 6000, ...common }, "volume"],
        ["io2 keeps its IOPS alone", volume({ type: "io2" }), { type: "io2", iops: 6000, ...common }, "volume"],
        ["gp2 has no speed to choose", volume({ type: "gp2" }), { type: "gp2", ...common }, "volume"],
        [
            "a volume that has grown stays so",
            volume({ sizeGib: 300 }),
            { type: "gp3", iops: 6000, throughput: 250, ...common, sizeGib: 300 },
            "volume",
        ],
        [
            "a volume is as large as its snapshot",
            volume({ sizeGib: 100 }),
            { type: "gp3", iops: 6000, throughput: 250, ...common },
            "volume",
        ],
        [
            "an unencrypted volume has no key",
            volume({ encrypted: false }),
            { type: "gp3", iops: 6000, throughput: 250, sizeGib: 200, encrypted: false, tags: common.tags },
            "volume",
        ],
        ["the record counts if the volume is lost", lostWorld(), { type: "gp3", iops: 6000, throughput: 250, ...common }, "record"],
        [
            "the record of another volume at the device counts if nothing else is known",
            lostWorld({
                recorded: {
                    ...RECORDED,
                    disks: [{ device: "xvdd", volumeId: "vol-x", deleteOnTermination: false }],
                    volumes: { "vol-x": { type: "st1", sizeGib: 500, encrypted: false, tags: {} } },
                },
            }),
            { type: "st1", sizeGib: 500, encrypted: false, tags: {} },
            "record",
        ],
        [
            "without any knowledge, it is gp3 of the size of the snapshot",
            (({ recorded: _, ...rest }) => rest)(lostWorld()),
            { type: "gp3", sizeGib: 200, encrypted: false, tags: {} },
            "default",
        ],
    ];
    for (const [title, given, settings, origin] of expectations) {
        it(title, () => {
            assert.deepEqual(settingsOf(given, SNAPSHOT, "xvdd"), { settings, origin });
        });
    }

    it("come from the disk that is at the device now", () => {
        const disks = [{ device: "/dev/sdd", volumeId: "vol-now", deleteOnTermination: false }];
        const now = { ...(VOLUMES[1] as (typeof VOLUMES)[number]), id: "vol-now", type: "io2" };
        const { settings } = settingsOf(world({ server: { ...WEB, disks }, volumes: [...VOLUMES, now] }), SNAPSHOT, "xvdd");
        assert.equal(settings.type, "io2");
    });
});

describe("A step", () => {
    it("has an id from the name of its device", () => {
        assert.deepEqual(
            ["/dev/sda1", "xvdd", "vol-1/dev/a"].map((device) => stepId("create", device)),
            ["create-sda1", "create-xvdd", "create-vol-1-dev-a"],
        );
    });

    it("says its action, its risk, its downtime and how it is undone", () => {
        const steps = [
            ...planned(world(), { mode: "root" }).steps,
            ...planned(world(), { mode: "volumes", initializationRate: 300 }).steps,
            ...planned(world(), { mode: "server", securityGroupIds: ["sg-1", "sg-2"] }).steps,
            ...planned(world({ target: { ...WEB, id: "i-2", disks: [] } }), { mode: "attach", targetId: "i-2" }).steps,
        ];
        const kinds = new Map<string, Step>(
            steps.map((step) => [`${step.kind}${"rate" in step ? " fast" : ""}${"mustBeOnline" in step ? step.mustBeOnline : ""}`, step]),
        );
        assert.deepEqual(Object.fromEntries([...kinds].map(([kind, step]) => [kind, wordsOf(step)])), {
            hold: {
                action: "Put the tag VssBackupHold on the 3 snapshots of the set, if it is not there",
                downtimeMinutes: 0,
                risk: "none",
                undo: "the tag is taken off at the end",
            },
            backup: {
                action: "Take a backup of the present state of i-0a1b2c3d4e5f00001",
                downtimeMinutes: 0,
                risk: "the run fails; nothing else was done then",
                undo: "the backup stays, as any other",
            },
            createVolume: {
                action: "Make a volume of 500 GiB st1 for xvde from snap-0000000000000000e in eu-central-1a",
                downtimeMinutes: 0,
                risk: "a quota, or a key that your role may not use; nothing else was done then",
                undo: "the volume stays; vss-backup restore forget lists it",
            },
            tag: {
                action: "Tag the old volume vol-0000000000000000e of xvde",
                downtimeMinutes: 0,
                risk: "none",
                undo: "the tags are removed",
            },
            replaceRoot: {
                action: "Let EC2 put the new volume of step create-sda1 in the place of the root volume vol-0000000000000000a of i-0a1b2c3d4e5f00001, and restart the server",
                downtimeMinutes: 10,
                risk: "EC2 may leave the server without a root volume; then undo attaches the old one",
                undo: "the old root volume is put back, with another restart",
            },
            checkDiskstrue: {
                action: "Look in Windows on the new server for the disks, whether they are online",
                downtimeMinutes: 0,
                risk: "Systems Manager does not reach the server; then look yourself",
                undo: "nothing to undo",
            },
            release: {
                action: "Take the tag VssBackupHold off again, where this restore put it",
                downtimeMinutes: 0,
                risk: "none",
                undo: "nothing to undo",
            },
            "createVolume fast": {
                action: "Make a volume of 500 GiB st1 for xvde from snap-0000000000000000e in eu-central-1a, loaded at 300 MiB/s",
                downtimeMinutes: 0,
                risk: "a quota, or a key that your role may not use; nothing else was done then",
                undo: "the volume stays; vss-backup restore forget lists it",
            },
            stop: {
                action: "Stop the new server",
                downtimeMinutes: 5,
                risk: "Windows hangs while it stops; data on instance store disks is lost",
                undo: "the server is started, if it was running",
            },
            detach: {
                action: "Detach its first root volume at /dev/sda1 from the new server; it is kept",
                downtimeMinutes: 1,
                risk: "EC2 does not let it go; the old volumes are then put back",
                undo: "it is attached again",
            },
            attach: {
                action: "Attach the new volume of step create-xvde to i-2 at xvdh",
                downtimeMinutes: 0,
                risk: "Windows keeps the disk offline",
                undo: "it is detached, and kept",
            },
            start: {
                action: "Start the new server",
                downtimeMinutes: 5,
                risk: "no capacity in the zone; disks that are not yet loaded are slow",
                undo: "the server is stopped",
            },
            createImage: {
                action: "Make an image of the root disk of i-0a1b2c3d4e5f00001, which goes on",
                downtimeMinutes: 0,
                risk: "a quota",
                undo: "the image stays; vss-backup restore forget lists it",
            },
            runInstance: {
                action: "Start a new m7i.large from the new image in subnet-0000000000000000a, with sg-1, sg-2",
                downtimeMinutes: 0,
                risk: "a quota, or no capacity in the zone",
                undo: "the new server is stopped, and stays; vss-backup restore forget lists it",
            },
            checkDisksfalse: {
                action: "Look in Windows on i-2 for the disks",
                downtimeMinutes: 0,
                risk: "Systems Manager does not reach the server; then look yourself",
                undo: "nothing to undo",
            },
        });
    });
});

describe("The costs of a plan", () => {
    it("are sums by type, in the order of the types", () => {
        const disk = (type: string, sizeGib: number) => ({ settings: { type, sizeGib } }) as Parameters<typeof costOfNew>[0][number];
        assert.deepEqual(costOfNew([disk("st1", 1), disk("gp3", 2), disk("st1", 4), disk("io2", 8)]), [
            { reason: "new", storage: "gp3", gib: 2 },
            { reason: "new", storage: "io2", gib: 8 },
            { reason: "new", storage: "st1", gib: 5 },
        ]);
    });

    it("have no backup without one, and no image of a lost server", () => {
        const reasons = [planned(world(), { backup: false }), planned(lostWorld(), { mode: "server" })].map(({ costs }) =>
            costs.map(({ reason }) => reason),
        );
        assert.deepEqual(reasons, [
            ["new", "new", "kept", "kept"],
            ["new", "new", "new"],
        ]);
    });

    it("count only the volumes of the server for the fresh backup", () => {
        const other = { ...(VOLUMES[1] as (typeof VOLUMES)[number]), id: "vol-other", sizeGib: 9000 };
        assert.deepEqual(planned(world({ volumes: [...VOLUMES, other] }), {}).costs.at(-1), {
            reason: "fresh backup",
            storage: "snapshot",
            gib: 750,
        });
    });
});

describe("A plan for a server without a name", () => {
    it("is confirmed with its id, and names it by its id", () => {
        const server = { ...WEB, name: " \n", isManaged: false };
        const { word, warnings } = planned(world({ server }), { backup: false });
        assert.deepEqual([word, warnings], [SERVER, [`Systems Manager does not reach ${SERVER}, so nobody checks the disks in Windows.`]]);
    });

    it("is confirmed with its name in one line otherwise", () => {
        assert.equal(planned(world({ server: { ...WEB, name: "web\n01" } }), {}).word, "web 01");
    });
});

describe("A new server", () => {
    it("starts as the lost one did, with the root device of its image", () => {
        const { keyName: _key, instanceProfileArn: _profile, ...recorded } = { ...RECORDED, name: "", tags: {} };
        const image = { id: "ami-other", state: "available", isWindows: true, rootDevice: "/dev/xvda" };
        const { steps, servers } = planned(lostWorld({ recorded, image }), { mode: "server", imageId: "ami-other" });
        assert.deepEqual(
            [
                steps.find(({ kind }) => kind === "runInstance"),
                steps.flatMap((step) => (step.kind === "attach" ? step.device : [])),
                servers,
            ],
            [
                {
                    id: "run",
                    kind: "runInstance",
                    image: { id: "ami-other" },
                    launch: {
                        instanceType: "m7i.large",
                        subnetId: "subnet-0000000000000000a",
                        securityGroupIds: ["sg-0000000000000000a"],
                        rootDevice: "/dev/xvda",
                        tags: { Name: "(restored)" },
                    },
                },
                ["/dev/xvda", "xvdd", "xvde"],
                [SERVER],
            ],
        );
    });
});

describe("The root volume", () => {
    it("keeps its DeleteOnTermination, and has no backup or check if there can't be one", () => {
        const disks = WEB.disks.map((disk) => ({ ...disk, deleteOnTermination: disk.volumeId === DATA }));
        const { steps } = planned(world({ server: { ...WEB, disks, isManaged: false } }), { mode: "root", backup: false });
        assert.deepEqual(
            steps.map((step) => [step.id, "deleteOnTermination" in step && step.deleteOnTermination]),
            [
                ["hold", false],
                ["create-sda1", false],
                ["tag-root", false],
                ["replace-root", false],
                ["release", false],
            ],
        );
    });
});

describe("A rescue server", () => {
    it("is not checked while it is stopped", () => {
        const target = { ...WEB, id: "i-2", disks: [], state: "stopped" };
        const { steps } = planned(world({ target }), { mode: "attach", targetId: "i-2", disks: ["xvdd"] });
        assert.deepEqual(
            steps.map(({ id }) => id),
            ["hold", "create-xvdd", "attach-xvdd", "release"],
        );
    });

    it("gets a disk whose device nobody knows, by the id of its volume", () => {
        const { device: _, ...nameless } = SNAPSHOT;
        const set = { ...world().set, snapshots: [{ ...nameless, volumeId: "vol-unknown" }, ...world().set.snapshots.slice(0, 1)] };
        const { steps } = planned(world({ set, target: { ...WEB, id: "i-2", disks: [] } }), {
            mode: "attach",
            targetId: "i-2",
            disks: ["vol-unknown"],
        });
        assert.deepEqual(
            steps.flatMap((step) => (step.kind === "createVolume" ? [[step.id, step.snapshot]] : [])),
            [["create-vol-unknown", DATA_SNAPSHOT]],
        );
    });
});
