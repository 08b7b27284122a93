import assert from "node:assert/strict";
import { planRestore } from "../../../../cli/restore/plan/planRestore";
import { MODES, type RestoreRequest } from "../../../../cli/restore/plan/request";
import type { LiveServer, World } from "../../../../cli/restore/plan/world";
import {
    DATA,
    DATA_SNAPSHOT,
    LOGS_SNAPSHOT,
    lostWorld,
    RECORDED,
    RESCUE,
    RESCUE_SERVER,
    ROOT,
    ROOT_SNAPSHOT,
    request,
    SERVER,
    VOLUMES,
    WEB,
    withSnapshot,
    world,
} from "../support/world";

/** The sentences of all faults. */
function faultsOf(given: World, changes: Partial<RestoreRequest>): readonly string[] {
    const result = planRestore(given, request(changes));
    return result.kind === "refused" ? result.faults.map(({ sentence }) => sentence) : [];
}

function curesOf(given: World, changes: Partial<RestoreRequest>): readonly string[] {
    const result = planRestore(given, request(changes));
    return result.kind === "refused" ? result.faults.map(({ cure }) => cure) : [];
}

const LABEL = `web01 (${SERVER})`;
const web = (changes: Partial<LiveServer>): LiveServer => ({ ...WEB, ...changes });
const { set } = world();
const foreign = (ids: readonly string[]) => ({
    set: { ...set, snapshots: set.snapshots.map((one) => (ids.includes(one.id) ? { ...one, volumeId: "vol-ffffffff" } : one)) },
});
/** A world in which the root snapshot is of a volume that a restore replaced. */
const former = (tags: Readonly<Record<string, string>>) =>
    world({
        ...withSnapshot(ROOT_SNAPSHOT, { volumeId: "vol-former" }),
        volumes: [
            ...VOLUMES,
            { id: "vol-former", zone: "eu-central-1a", type: "gp3", sizeGib: 50, encrypted: false, attachments: [], tags },
        ],
    });
const ALL = [ROOT_SNAPSHOT, DATA_SNAPSHOT, LOGS_SNAPSHOT];

const REFUSALS: readonly (readonly [title: string, given: World, changes: Partial<RestoreRequest>, faults: readonly string[]])[] = [
    [
        "a set that is pending",
        world({ set: { ...set, status: { kind: "pending", why: `${DATA_SNAPSHOT} is in state pending` } } }),
        {},
        [`The set is not yet a restore point: ${DATA_SNAPSHOT} is in state pending`],
    ],
    [
        "a set with a snapshot that failed",
        world({ set: { ...withSnapshot(DATA_SNAPSHOT, { state: "error" }).set, status: { kind: "failed", why: "" } } }),
        {},
        [`The set is not complete: ${DATA_SNAPSHOT} is in state error`],
    ],
    [
        "a set with a snapshot in the Recycle Bin",
        world(withSnapshot(LOGS_SNAPSHOT, { state: "recoverable" })),
        {},
        [`The set is not complete: ${LOGS_SNAPSHOT} is in state recoverable`],
    ],
    ["a snapshot in the archive", world(withSnapshot(DATA_SNAPSHOT, { tier: "archive" })), {}, [`${DATA_SNAPSHOT} is in the archive`]],
    [
        "a set without a snapshot",
        world({ set: { ...set, snapshots: [] } }),
        {},
        ["The set has no snapshot", `No snapshot of the set is of a disk of ${SERVER}`, "The set has no snapshot of a data disk"],
    ],
    ["a set of another server", world(foreign(ALL)), {}, [`No snapshot of the set is of a disk of ${SERVER}`]],
    [
        "a set that another restore holds",
        world({ unfinished: [{ id: "other", servers: [RESCUE], snapshots: [DATA_SNAPSHOT] }] }),
        {},
        ["The restore other of this set is not finished"],
    ],
    [
        "a server whose other restore is not finished",
        world({ unfinished: [{ id: "other", servers: [SERVER], snapshots: [] }] }),
        {},
        [`The restore other of ${LABEL} is not finished`],
    ],
    [
        "a member of an Auto Scaling group",
        world({ server: web({ tags: { "aws:autoscaling:groupName": "web" } }) }),
        {},
        [`${LABEL} is in the Auto Scaling group web, which replaces servers that stop or change`],
    ],
    ["a server that just stops", world({ server: web({ state: "stopping" }) }), { backup: false }, [`${LABEL} is in state stopping`]],
    [
        "a fresh backup of a stopped server",
        world({ server: web({ state: "stopped" }) }),
        {},
        [`The present state of ${LABEL} can't be backed up first, since it is stopped`],
    ],
    [
        "a fresh backup without Systems Manager",
        world({ server: web({ isManaged: false }) }),
        {},
        [`The present state of ${LABEL} can't be backed up first, since Systems Manager does not reach it`],
    ],
    ["a Spot Instance in place", world({ server: web({ isSpot: true }) }), {}, [`${LABEL} is a Spot Instance, which may not start again`]],
    [
        "a volume that servers share",
        world({
            volumes: VOLUMES.map((volume) =>
                volume.id === DATA ? { ...volume, attachments: [...volume.attachments, { serverId: RESCUE, device: "xvdd" }] } : volume,
            ),
        }),
        {},
        [`Several servers share the volume ${DATA}`],
    ],
    ["a disk that the set does not have", world(), { disks: ["xvdd", "xvdz"] }, ["The set has no disk xvdz"]],
    ["the root disk as a data disk", world(), { disks: ["/dev/sda1"] }, ["/dev/sda1 is the root disk"]],
    ["a data disk as the root disk", world(), { mode: "root", disks: ["xvdd"] }, ["xvdd is no root disk"]],
    [
        "two snapshots of one disk",
        world(withSnapshot(LOGS_SNAPSHOT, { device: "/dev/sdd" })),
        {},
        [`${DATA_SNAPSHOT} and ${LOGS_SNAPSHOT} of the set are both of the disk /dev/sdd`],
    ],
    [
        "a root volume of a stopped server",
        world({ server: web({ state: "stopped" }) }),
        { mode: "root" },
        [`${LABEL} is stopped, and EC2 replaces the root volume only of a running server`],
    ],
    [
        "a copy of a root snapshot",
        world(foreign([ROOT_SNAPSHOT])),
        { mode: "root" },
        [`${ROOT_SNAPSHOT} is no snapshot of a root volume of this server: it is of vol-ffffffff, or a copy`],
    ],
    [
        "a snapshot of the former root volume of another server",
        former({ VssBackupReplacedServer: RESCUE, VssBackupReplacedDevice: "/dev/sda1" }),
        { mode: "root" },
        [`${ROOT_SNAPSHOT} is no snapshot of a root volume of this server: it is of vol-former, or a copy`],
    ],
    [
        "a snapshot of a former data volume as a root volume",
        former({ VssBackupReplacedServer: SERVER, VssBackupReplacedDevice: "xvdd" }),
        { mode: "root" },
        [`${ROOT_SNAPSHOT} is of the data disk vol-former`],
    ],
    [
        "a snapshot of a volume that was replaced at an unknown device",
        former({ VssBackupReplacedServer: SERVER }),
        { mode: "root" },
        [`${ROOT_SNAPSHOT} is of the data disk vol-former`],
    ],
    [
        "the root volume and a fresh backup of a server without Systems Manager",
        world({ server: web({ isManaged: false }) }),
        { mode: "root" },
        [`The present state of ${LABEL} can't be backed up first, since Systems Manager does not reach it`],
    ],
    [
        "a rescue server in another zone than a lost volume of a live server",
        world({ target: { ...RESCUE_SERVER, zone: "eu-central-1b" }, volumes: [] }),
        { mode: "attach", targetId: RESCUE },
        ["The volumes were in eu-central-1a, and the new ones would be in eu-central-1b"],
    ],
    [
        "a rescue server in another zone than a lost server",
        lostWorld({ target: { ...RESCUE_SERVER, zone: "eu-central-1b" } }),
        { mode: "attach", targetId: RESCUE },
        ["The volumes were in eu-central-1a, and the new ones would be in eu-central-1b"],
    ],
    [
        "a set without an id that has no snapshot of the server",
        world({ set: { ...foreign(ALL).set, identified: false } }),
        {},
        [`No snapshot of the set is of a disk of ${SERVER}`, "The set has no snapshot of a data disk"],
    ],
    [
        "a disk of a set without disks",
        world({ set: { ...set, snapshots: [] } }),
        { disks: ["xvdd"] },
        ["The set has no snapshot", `No snapshot of the set is of a disk of ${SERVER}`, "The set has no disk xvdd"],
    ],
    [
        "the snapshot of a data disk as a root volume",
        world({
            set: {
                ...set,
                snapshots: set.snapshots.map((one) => {
                    const device = one.id === DATA_SNAPSHOT ? "/dev/sda1" : one.id === ROOT_SNAPSHOT ? "xvdd" : "xvde";
                    return { ...one, device };
                }),
            },
        }),
        { mode: "root" },
        [`${DATA_SNAPSHOT} is of the data disk ${DATA}`],
    ],
    [
        "a root volume of a server without one",
        world({ server: web({ disks: WEB.disks.slice(1) }) }),
        { mode: "root", backup: false },
        [`${LABEL} has no root volume`],
    ],
    [
        "a root volume from a set without the root disk",
        world({ set: { ...set, snapshots: set.snapshots.slice(1) } }),
        { mode: "root" },
        ["The set has no snapshot of the root disk"],
    ],
    ["volumes of a lost server", lostWorld(), { mode: "volumes" }, [`The server ${SERVER} no longer exists`]],
    ["the root volume of a lost server", lostWorld(), { mode: "root" }, [`The server ${SERVER} no longer exists`]],
    ["a rescue server that does not exist", world(), { mode: "attach", targetId: RESCUE }, [`The server ${RESCUE} no longer exists`]],
    ["no rescue server for a lost server", lostWorld(), { mode: "attach" }, [`The server ${SERVER} no longer exists`]],
    [
        "a rescue server in another zone",
        world({ target: { ...RESCUE_SERVER, zone: "eu-central-1b" } }),
        { mode: "attach", targetId: RESCUE },
        ["The volumes were in eu-central-1a, and the new ones would be in eu-central-1b"],
    ],
    [
        "more disks than a rescue server has free devices",
        world({
            target: {
                ...RESCUE_SERVER,
                disks: [..."fghijklmnopbcdeqrstuvwx"].map((letter) => ({
                    device: `/dev/sd${letter}`,
                    volumeId: `vol-${letter}`,
                    deleteOnTermination: false,
                })),
            },
        }),
        { mode: "attach", targetId: RESCUE },
        [`rescue01 (${RESCUE}) has no free device for so many disks`],
    ],
    [
        "a copy beside a live server without isolation",
        world(),
        { mode: "server" },
        [`${LABEL} still exists, and the new server would have its name, its programs and its account in the domain`],
    ],
    [
        "a server that nobody recorded",
        (({ recorded: _, ...rest }) => rest)(lostWorld()),
        { mode: "server" },
        [`The server ${SERVER} no longer exists, and the watch has not recorded it`],
    ],
    [
        "a server from a set without its root disk",
        lostWorld({ set: { ...set, snapshots: set.snapshots.slice(1) } }),
        { mode: "server" },
        ["The set has no snapshot of the root disk"],
    ],
    [
        "an image that no longer exists",
        (({ image: _, ...rest }) => rest)(lostWorld()),
        { mode: "server" },
        ["The image ami-0000000000000000a no longer exists"],
    ],
    [
        "an image of another platform that is not available",
        lostWorld({ image: { id: "ami-0000000000000000c", state: "pending", isWindows: false, rootDevice: "/dev/xvda" } }),
        { mode: "server", imageId: "ami-0000000000000000c" },
        ["The image ami-0000000000000000c is in state pending", "The image ami-0000000000000000c is no Windows image"],
    ],
    [
        "a subnet in another zone",
        lostWorld({ subnet: { id: "subnet-b", zone: "eu-central-1b" } }),
        { mode: "server", subnetId: "subnet-b" },
        ["The volumes were in eu-central-1a, and the new ones would be in eu-central-1b"],
    ],
    ["a subnet that does not exist", lostWorld(), { mode: "server", subnetId: "subnet-b" }, ["There is no subnet subnet-b"]],
    [
        "a lost server whose other restore is not finished",
        lostWorld({ unfinished: [{ id: "other", servers: [SERVER], snapshots: [] }] }),
        { mode: "server" },
        [`The restore other of ${LABEL} is not finished`],
    ],
    [
        "a snapshot whose device nobody knows",
        world({
            ...(() => {
                const { device: _, ...rest } = set.snapshots[1] as (typeof set.snapshots)[number];
                return {
                    set: {
                        ...set,
                        snapshots: [set.snapshots[0], { ...rest, volumeId: "vol-ffffffff" }, set.snapshots[2]] as typeof set.snapshots,
                    },
                };
            })(),
        }),
        { disks: ["xvde"] },
        [`Nobody knows the device of ${DATA_SNAPSHOT}: it has no tag Device, and its volume vol-ffffffff is on no server`],
    ],
    [
        "all faults at once",
        world({
            ...withSnapshot(DATA_SNAPSHOT, { tier: "archive" }),
            server: web({ isSpot: true, isManaged: false, tags: { "aws:autoscaling:groupName": "web" } }),
            unfinished: [{ id: "other", servers: [SERVER], snapshots: ALL }],
        }),
        { disks: ["xvdz"] },
        [
            `${DATA_SNAPSHOT} is in the archive`,
            "The restore other of this set is not finished",
            "The set has no disk xvdz",
            `The restore other of ${LABEL} is not finished`,
            `${LABEL} is in the Auto Scaling group web, which replaces servers that stop or change`,
            `${LABEL} is a Spot Instance, which may not start again`,
            `The present state of ${LABEL} can't be backed up first, since Systems Manager does not reach it`,
        ],
    ],
];

describe("A restore is refused", () => {
    for (const [title, given, changes, faults] of REFUSALS) {
        it(`with ${title}`, () => {
            assert.deepEqual(faultsOf(given, changes), faults);
        });
    }

    it("with a cure for each fault", () => {
        assert.deepEqual(
            [...new Set(REFUSALS.flatMap(([, given, changes]) => curesOf(given, changes)))],
            [
                "Wait for it. Choose another set with --from. vss-backup points lists them.",
                "Choose another set with --from. vss-backup points lists them.",
                "EC2 needs up to 72 hours to bring it back: aws ec2 restore-snapshot-tier --snapshot-id snap-0000000000000000d --permanent-restore",
                "Choose a set of this server with --from. vss-backup points lists them.",
                "Use the mode root for the root disk, or another set with --from.",
                "See it: vss-backup restore status other",
                "Detach it from the group, or use another server.",
                "Wait until it is running or stopped.",
                "Start the server and its SSM Agent, or add --no-backup. The old volumes are kept in any case.",
                "Use the mode attach, and copy the files.",
                "Use the mode attach, and copy the files in the cluster.",
                "Check --disk. The set has: /dev/sda1, xvdd, xvde.",
                "Use the mode root for it.",
                "Use the mode volumes for data disks.",
                "Start it: aws ec2 start-instances --instance-ids i-0a1b2c3d4e5f00001",
                "EC2 replaces a root volume only from the server's own snapshots. Use the mode server or attach.",
                "Use a server of the same zone, or add --another-zone.",
                "Check --disk. The set has: no disk.",
                "Use the mode server to make a new one.",
                "Use the mode server to make a new one, or attach to get files.",
                "Give a running Windows server of the same zone with --to.",
                "Choose fewer disks with --disk, or another server.",
                "Give a security group that isolates the new server: --security-group",
                "Start a Windows server by hand, and give it the disks: vss-backup restore plan --mode attach --to",
                "Choose another set with --from. With excludeBootVolume, a policy backs up no root disk.",
                "Give a Windows image of the same version and licence with --image. The set replaces its disk.",
                "Check --subnet.",
                "Use the mode attach for it, and copy the files.",
            ],
        );
    });

    it("with each fault only once", () => {
        const target = { ...RESCUE_SERVER, zone: "eu-central-1b" };
        const volumes = VOLUMES.map((volume, i) => ({ ...volume, zone: i === 0 ? "eu-central-1c" : volume.zone }));
        assert.deepEqual(faultsOf(world({ target, volumes }), { mode: "attach", targetId: RESCUE }), [
            "The volumes were in eu-central-1c, and the new ones would be in eu-central-1b",
            "The volumes were in eu-central-1a, and the new ones would be in eu-central-1b",
        ]);
        const busy = [{ id: "other", servers: [SERVER], snapshots: [] }];
        assert.deepEqual(faultsOf(world({ unfinished: [...busy, ...busy] }), {}), [`The restore other of ${LABEL} is not finished`]);
    });
});

describe("A restore is not refused", () => {
    const { device: _device, ...nameless } = set.snapshots[1] as (typeof set.snapshots)[number];
    const withNameless = { set: { ...set, snapshots: [set.snapshots[0], nameless, set.snapshots[2]] as typeof set.snapshots } };
    const permitted: readonly (readonly [title: string, given: World, changes: Partial<RestoreRequest>])[] = [
        [
            "in another zone, if the user wants it",
            world({ target: { ...RESCUE_SERVER, zone: "eu-central-1b" } }),
            { mode: "attach", targetId: RESCUE, anotherZone: true },
        ],
        [
            "if another server and another set are restored meanwhile",
            lostWorld({ unfinished: [{ id: "other", servers: [RESCUE], snapshots: [] }] }),
            { mode: "server" },
        ],
        ["from a snapshot without a device, if the server has its volume", world(withNameless), { disks: ["xvdd"] }],
        [
            "from a snapshot of a volume that was attached before",
            world({
                ...withSnapshot(DATA_SNAPSHOT, { volumeId: "vol-former" }),
                recorded: { ...RECORDED, formerDisks: [{ device: "xvdd", volumeId: "vol-former", deleteOnTermination: false }] },
            }),
            { disks: ["xvdd"] },
        ],
        [
            "from a snapshot whose device nobody knows, to get files from it",
            world({
                set: { ...set, snapshots: [...set.snapshots.slice(0, 1), { ...nameless, volumeId: "vol-unknown" }] },
                target: RESCUE_SERVER,
            }),
            { mode: "attach", targetId: RESCUE },
        ],
        ["without a fresh backup, if the server is stopped", world({ server: web({ state: "stopped" }) }), { backup: false }],
        [
            "from a set of former volumes, which a restore replaced",
            world({
                server: web({
                    disks: [WEB.disks[0], { device: "xvdd", volumeId: "vol-new", deleteOnTermination: false }] as typeof WEB.disks,
                }),
                volumes: VOLUMES.map((volume) => ({
                    ...volume,
                    attachments: [],
                    tags: { VssBackupReplacedServer: SERVER, VssBackupReplacedDevice: "xvdd" },
                })),
            }),
            { disks: ["xvdd"] },
        ],
        [
            "from a snapshot of a former root volume, which a restore replaced",
            (({ recorded: _, ...rest }) => rest)(
                world({
                    server: web({ disks: [{ device: "/dev/sda1", volumeId: "vol-new", deleteOnTermination: true }] }),
                    volumes: VOLUMES.map((volume) => ({
                        ...volume,
                        attachments: [],
                        tags: { VssBackupReplacedServer: SERVER, VssBackupReplacedDevice: volume.id === ROOT ? "/dev/sda1" : "xvdd" },
                    })),
                }),
            ),
            { mode: "root" },
        ],
    ];
    for (const [title, given, changes] of permitted) {
        it(title, () => {
            assert.deepEqual(faultsOf(given, changes), []);
        });
    }

    it("in any mode, if all is well", () => {
        const faults = MODES.map((mode) =>
            faultsOf(world({ target: RESCUE_SERVER }), { mode, securityGroupIds: ["sg-0000000000000000f"] }),
        );
        assert.deepEqual(faults, [[], [], [], []]);
    });
});
