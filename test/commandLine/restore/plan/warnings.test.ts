import assert from "node:assert/strict";
import { planRestore } from "../../../../cli/restore/plan/planRestore";
import type { RestoreRequest } from "../../../../cli/restore/plan/request";
import type { LiveServer, World } from "../../../../cli/restore/plan/world";
import {
    DATA,
    DATA_SNAPSHOT,
    LOGS_SNAPSHOT,
    lostWorld,
    RECORDED,
    RESCUE,
    RESCUE_SERVER,
    ROOT_SNAPSHOT,
    request,
    SERVER,
    VOLUMES,
    WEB,
    withSnapshot,
    world,
} from "../support/world";

const DAY = 86_400_000;

function warningsOf(given: World, changes: Partial<RestoreRequest>): readonly string[] {
    const result = planRestore(given, request(changes));
    assert.equal(result.kind, "plan", JSON.stringify(result));
    return result.kind === "plan" ? result.plan.warnings : [];
}

const web = (changes: Partial<LiveServer>): LiveServer => ({ ...WEB, ...changes });
const { set } = world();
const without = (ids: readonly string[]) => ({ set: { ...set, snapshots: set.snapshots.filter(({ id }) => !ids.includes(id)) } });
const toRescue = { mode: "attach", targetId: RESCUE } as const;
const manyTags = Object.fromEntries(Array.from({ length: 46 }, (_, i) => [`Tag${i}`, ""]));

const WARNINGS: readonly (readonly [title: string, given: World, changes: Partial<RestoreRequest>, warnings: readonly string[]])[] = [
    [
        "a set that is not application-consistent",
        world({ set: { ...withSnapshot(DATA_SNAPSHOT, { isConsistent: false }).set, status: { kind: "failed", why: "" } } }),
        {},
        [
            `The set is not application-consistent: ${DATA_SNAPSHOT}. Its disks are as after a power failure, and databases may need a recovery.`,
        ],
    ],
    [
        "disks that the set does not have",
        world(without([LOGS_SNAPSHOT])),
        {},
        ["These disks stay as they are now, since the set has no snapshot of them: xvde. The server then has disks of different times."],
    ],
    [
        "disks that the user does not choose",
        world(),
        { disks: ["xvdd"] },
        ["These disks stay as they are now, since you did not choose them: xvde. The server then has disks of different times."],
    ],
    [
        "a public address that changes",
        world({ server: web({ hasTemporaryAddress: true }) }),
        {},
        [`web01 (${SERVER}) has a public IPv4 address that is no Elastic IP address. It gets another one.`],
    ],
    ["no such address of a stopped server", world({ server: web({ hasTemporaryAddress: true, state: "stopped" }) }), { backup: false }, []],
    [
        "a server that nobody can check",
        world({ server: web({ isManaged: false }) }),
        { backup: false },
        [`Systems Manager does not reach web01 (${SERVER}), so nobody checks the disks in Windows.`],
    ],
    [
        "a disk that is not that of the snapshot",
        world({
            server: web({ disks: WEB.disks.map((disk) => (disk.volumeId === DATA ? { ...disk, volumeId: "vol-new" } : disk)) }),
        }),
        { disks: ["xvdd"] },
        [
            "These disks stay as they are now, since you did not choose them: xvde. The server then has disks of different times.",
            `At xvdd, vol-new is in the place of ${DATA}, of which the snapshot is.`,
        ],
    ],
    [
        "settings from the record, at a free device",
        world({
            server: web({ disks: WEB.disks.filter(({ volumeId }) => volumeId !== DATA) }),
            volumes: VOLUMES.filter(({ id }) => id !== DATA),
        }),
        {},
        [
            `The volume ${DATA} of xvdd no longer exists. Its settings are those that were recorded on 2027-03-03.`,
            "Nothing is at xvdd now. The new volume goes there.",
        ],
    ],
    [
        "settings that nobody knows",
        (({ recorded: _, ...rest }) => rest)(
            world({
                server: web({ disks: WEB.disks.filter(({ volumeId }) => volumeId !== DATA) }),
                volumes: VOLUMES.filter(({ id }) => id !== DATA),
            }),
        ),
        {},
        [
            `Nobody knows the settings of the volume ${DATA} of xvdd. The new one is gp3, with the default speed, the key of the snapshot, and no tags.`,
            "Nothing is at xvdd now. The new volume goes there.",
        ],
    ],
    [
        "more tags than EC2 takes",
        world({ volumes: VOLUMES.map((volume) => (volume.id === DATA ? { ...volume, tags: manyTags } : volume)) }),
        {},
        ["The volume of xvdd has more tags than EC2 takes beside those of the restore. Some are left out."],
    ],
    [
        "snapshots of other servers in a set without an id",
        world({ set: { ...withSnapshot(LOGS_SNAPSHOT, { volumeId: "vol-other" }).set, identified: false } }),
        {},
        [
            `The set has no id, and 1 snapshots near it are of other disks. They are left out: ${LOGS_SNAPSHOT}.`,
            "These disks stay as they are now, since the set has no snapshot of them: xvde. The server then has disks of different times.",
        ],
    ],
    [
        "disks that are attached to the server of their originals",
        world({ target: WEB }),
        { mode: "attach", disks: ["xvdd"] },
        [
            `The originals of xvdd are on web01 (${SERVER}), with the same disk signatures. Windows keeps the new disks offline. In diskpart, give each a new signature before you set it online: uniqueid disk`,
        ],
    ],
    [
        "a root disk on a rescue server of the same image",
        world({ target: { ...RESCUE_SERVER, imageId: WEB.imageId } }),
        toRescue,
        [
            `rescue01 (${RESCUE}) may have a root disk with the same signature, since both servers come from the same image. Windows then keeps the new disk offline. Use a server of another Windows version, and do not restart it with this disk.`,
        ],
    ],
    [
        "no signature of data disks alone",
        world({ target: { ...RESCUE_SERVER, imageId: WEB.imageId } }),
        { ...toRescue, disks: ["xvdd"] },
        [],
    ],
    [
        "two disks that are attached to the server of their originals",
        world({ target: WEB }),
        { mode: "attach", disks: ["xvdd", "/dev/sda1"] },
        [
            `The originals of /dev/sda1, xvdd are on web01 (${SERVER}), with the same disk signatures. Windows keeps the new disks offline. In diskpart, give each a new signature before you set it online: uniqueid disk`,
        ],
    ],
    [
        "a root disk on a rescue server, if the image of the lost server is not recorded",
        lostWorld({ target: RESCUE_SERVER, recorded: { ...RECORDED, imageId: "" }, volumes: VOLUMES }),
        { ...toRescue, disks: ["/dev/sda1"] },
        [
            `rescue01 (${RESCUE}) may have a root disk with the same signature, since both servers come from the same image. Windows then keeps the new disk offline. Use a server of another Windows version, and do not restart it with this disk.`,
        ],
    ],
    [
        "no signature on a rescue server of another image than the lost one's",
        lostWorld({ target: RESCUE_SERVER, volumes: VOLUMES }),
        toRescue,
        [],
    ],
    [
        "a stopped rescue server",
        world({ target: { ...RESCUE_SERVER, state: "stopped" } }),
        toRescue,
        [`Systems Manager does not reach rescue01 (${RESCUE}) now, so nobody checks that Windows sees the disks.`],
    ],
    [
        "several disks that are not in the set",
        world({ ...without([LOGS_SNAPSHOT, DATA_SNAPSHOT]), target: RESCUE_SERVER }),
        toRescue,
        ["The set has no snapshot of these disks: xvdd, xvde. VSS leaves out disks that Windows has not mounted."],
    ],
    [
        "several disks that the user does not choose, and several snapshots that are not consistent",
        world({
            set: {
                ...set,
                snapshots: set.snapshots.map((one) => ({ ...one, isConsistent: one.id === LOGS_SNAPSHOT })),
                status: { kind: "failed", why: "" },
            },
            server: web({ disks: [...WEB.disks, { device: "xvdf", volumeId: "vol-f", deleteOnTermination: false }] }),
        }),
        { disks: ["xvdd"] },
        [
            `The set is not application-consistent: ${ROOT_SNAPSHOT}, ${DATA_SNAPSHOT}. Its disks are as after a power failure, and databases may need a recovery.`,
            "These disks stay as they are now, since you did not choose them: xvde, xvdf. The server then has disks of different times.",
        ],
    ],
    [
        "several snapshots of other servers",
        world({
            set: {
                ...set,
                snapshots: set.snapshots.map((one) => (one.id === DATA_SNAPSHOT ? one : { ...one, volumeId: `vol-${one.id}` })),
                identified: false,
            },
        }),
        { disks: ["xvdd"] },
        [
            `The set has no id, and 2 snapshots near it are of other disks. They are left out: ${ROOT_SNAPSHOT}, ${LOGS_SNAPSHOT}.`,
            "These disks stay as they are now, since you did not choose them: xvde. The server then has disks of different times.",
        ],
    ],
    [
        "a root volume of a server that nobody can check",
        world({ server: web({ isManaged: false }) }),
        { mode: "root", backup: false },
        [
            "The data disks stay as they are now. Programs on the root disk find newer data.",
            `Systems Manager does not reach web01 (${SERVER}), so nobody checks the disks in Windows.`,
        ],
    ],
    [
        "a record that lacks a part",
        lostWorld({ recorded: { ...RECORDED, leftOut: ["tags of volumes", "tags"] }, volumes: VOLUMES }),
        { mode: "server" },
        [
            "The record of the server was too long. It lacks: tags of volumes, tags.",
            "The new server has another id and another private address. Load balancers, DNS and alarms still name the old one.",
        ],
    ],
    ["no such record of a live server", world({ recorded: { ...RECORDED, leftOut: ["tags"] } }), {}, []],
    [
        "a rescue server that nobody can check",
        world({ target: { ...RESCUE_SERVER, isManaged: false } }),
        toRescue,
        [`Systems Manager does not reach rescue01 (${RESCUE}) now, so nobody checks that Windows sees the disks.`],
    ],
    [
        "disks of the server that the set does not have, for a rescue server",
        world({ ...without([LOGS_SNAPSHOT]), target: RESCUE_SERVER }),
        toRescue,
        ["The set has no snapshot of these disks: xvde. VSS leaves out disks that Windows has not mounted."],
    ],
    [
        "a root disk whose membership in a domain may have expired",
        world({ set: { ...set, startTime: request().madeAt - 30 * DAY } }),
        { mode: "root" },
        [
            "The data disks stay as they are now. Programs on the root disk find newer data.",
            "The root disk is older than 30 days. If the server is in a domain, the domain may not trust it: Test-ComputerSecureChannel -Repair",
        ],
    ],
    [
        "a server beside without one of its disks",
        lostWorld({ ...without([LOGS_SNAPSHOT]), volumes: VOLUMES }),
        { mode: "server" },
        [
            "The set has no snapshot of these disks: xvde. VSS leaves out disks that Windows has not mounted.",
            "The new server has another id and another private address. Load balancers, DNS and alarms still name the old one.",
        ],
    ],
];

describe("A plan warns about", () => {
    for (const [title, given, changes, warnings] of WARNINGS) {
        it(title, () => {
            assert.deepEqual(warningsOf(given, changes), warnings);
        });
    }

    it("a lost server whose image nobody knows, on a rescue server", () => {
        const { recorded: _, ...rest } = lostWorld({ target: RESCUE_SERVER });
        const [first, ...others] = warningsOf(rest, { ...toRescue, disks: ["/dev/sda1"] });
        assert.deepEqual(
            [first, others],
            [
                `Nobody knows the settings of the volume ${ROOT_SNAPSHOT.replace("snap", "vol")} of /dev/sda1. The new one is gp3, with the default speed, the key of the snapshot, and no tags.`,
                [
                    `rescue01 (${RESCUE}) may have a root disk with the same signature, since the image of the lost server is unknown. Windows then keeps the new disk offline. Use a server of another Windows version, and do not restart it with this disk.`,
                ],
            ],
        );
    });
});
