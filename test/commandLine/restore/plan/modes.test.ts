import assert from "node:assert/strict";
import { planRestore } from "../../../../cli/restore/plan/planRestore";
import type { RestoreRequest } from "../../../../cli/restore/plan/request";
import type { RestorePlan } from "../../../../cli/restore/plan/steps";
import { downtimeOf, wordsOf } from "../../../../cli/restore/plan/words";
import type { World } from "../../../../cli/restore/plan/world";
import {
    DATA,
    DATA_SNAPSHOT,
    KEY,
    LOGS,
    LOGS_SNAPSHOT,
    lostWorld,
    RESCUE,
    RESCUE_SERVER,
    ROOT,
    ROOT_SNAPSHOT,
    request,
    SERVER,
    WEB,
    world,
} from "../support/world";

function planned(given: World, changes: Partial<RestoreRequest>): RestorePlan {
    const result = planRestore(given, request(changes));
    assert.equal(result.kind, "plan", JSON.stringify(result));
    return (result as { readonly plan: RestorePlan }).plan;
}

const HELD = [ROOT_SNAPSHOT, DATA_SNAPSHOT, LOGS_SNAPSHOT];
const HOLD = { id: "hold", kind: "hold", snapshots: HELD, key: "VssBackupHold" };
const RELEASE = { id: "release", kind: "release", snapshots: HELD, key: "VssBackupHold" };

const rootSettings = { type: "gp2", sizeGib: 50, encrypted: false, tags: { Name: "web01 C" } };
const dataSettings = {
    type: "gp3",
    iops: 6000,
    throughput: 250,
    sizeGib: 200,
    encrypted: true,
    kmsKeyId: KEY,
    tags: { Name: "web01 D" },
};
const logsSettings = { type: "st1", sizeGib: 500, encrypted: false, tags: {} };

const zone = "eu-central-1a";
const create = {
    root: { id: "create-sda1", kind: "createVolume", snapshot: ROOT_SNAPSHOT, device: "/dev/sda1", zone, settings: rootSettings },
    data: { id: "create-xvdd", kind: "createVolume", snapshot: DATA_SNAPSHOT, device: "xvdd", zone, settings: dataSettings },
    logs: { id: "create-xvde", kind: "createVolume", snapshot: LOGS_SNAPSHOT, device: "xvde", zone, settings: logsSettings },
};
const made = { root: { madeBy: "create-sda1" }, data: { madeBy: "create-xvdd" }, logs: { madeBy: "create-xvde" } };

describe("The plan of the mode volumes", () => {
    const server = { id: SERVER };

    it("replaces the data disks while the server is stopped", () => {
        const plan = planned(world(), { mode: "volumes" });
        assert.deepEqual(plan.steps, [
            HOLD,
            { id: "backup", kind: "backup", server: SERVER },
            create.data,
            create.logs,
            { id: "tag-xvdd", kind: "tag", volume: DATA, server: SERVER, device: "xvdd" },
            { id: "tag-xvde", kind: "tag", volume: LOGS, server: SERVER, device: "xvde" },
            { id: "stop", kind: "stop", server, wasRunning: true },
            { id: "detach-xvdd", kind: "detach", server, volume: { id: DATA }, device: "xvdd", deleteOnTermination: false },
            { id: "detach-xvde", kind: "detach", server, volume: { id: LOGS }, device: "xvde", deleteOnTermination: true },
            { id: "attach-xvdd", kind: "attach", server, volume: made.data, device: "xvdd", deleteOnTermination: false },
            { id: "attach-xvde", kind: "attach", server, volume: made.logs, device: "xvde", deleteOnTermination: true },
            { id: "start", kind: "start", server },
            {
                id: "check",
                kind: "checkDisks",
                server,
                disks: [
                    { device: "xvdd", volume: made.data },
                    { device: "xvde", volume: made.logs },
                ],
                mustBeOnline: true,
            },
            RELEASE,
        ]);
        assert.deepEqual(
            [plan.warnings, plan.servers, plan.costs, downtimeOf(plan)],
            [
                [],
                [SERVER],
                [
                    { reason: "new", storage: "gp3", gib: 200 },
                    { reason: "new", storage: "st1", gib: 500 },
                    { reason: "kept", storage: "gp3", gib: 200 },
                    { reason: "kept", storage: "st1", gib: 500 },
                    { reason: "fresh backup", storage: "snapshot", gib: 750 },
                ],
                12,
            ],
        );
    });

    it("neither starts nor checks a server that was stopped", () => {
        const { steps } = planned(world({ server: { ...WEB, state: "stopped" } }), { backup: false, disks: ["xvdd"] });
        assert.deepEqual(
            steps.map(({ id }) => id),
            ["hold", "create-xvdd", "tag-xvdd", "stop", "detach-xvdd", "attach-xvdd", "release"],
        );
    });

    it("detaches nothing from a device whose volume is lost", () => {
        const disks = WEB.disks.filter(({ volumeId }) => volumeId !== DATA);
        const volumes = world().volumes.filter(({ id }) => id !== DATA);
        const { steps } = planned(world({ server: { ...WEB, disks }, volumes }), { backup: false, disks: ["xvdd"] });
        assert.deepEqual(
            steps.filter(({ id }) => id.endsWith("xvdd")),
            [create.data, { id: "attach-xvdd", kind: "attach", server, volume: made.data, device: "xvdd", deleteOnTermination: false }],
        );
    });
});

describe("The plan of the mode attach", () => {
    it("gives a rescue server new volumes at its free devices", () => {
        const plan = planned(world({ target: RESCUE_SERVER }), { mode: "attach", targetId: RESCUE, initializationRate: 200 });
        const server = { id: RESCUE };
        assert.deepEqual(plan.steps, [
            HOLD,
            { ...create.root, rate: 200 },
            { ...create.data, rate: 200 },
            { ...create.logs, rate: 200 },
            { id: "attach-sda1", kind: "attach", server, volume: made.root, device: "xvdf", deleteOnTermination: false },
            { id: "attach-xvdd", kind: "attach", server, volume: made.data, device: "xvdg", deleteOnTermination: false },
            { id: "attach-xvde", kind: "attach", server, volume: made.logs, device: "xvdh", deleteOnTermination: false },
            {
                id: "check",
                kind: "checkDisks",
                server,
                disks: [
                    { device: "xvdf", volume: made.root },
                    { device: "xvdg", volume: made.data },
                    { device: "xvdh", volume: made.logs },
                ],
                mustBeOnline: false,
            },
            RELEASE,
        ]);
        assert.deepEqual(
            [plan.warnings, plan.servers, plan.costs, downtimeOf(plan)],
            [
                [],
                [RESCUE],
                [
                    { reason: "new", storage: "gp2", gib: 50 },
                    { reason: "new", storage: "gp3", gib: 200 },
                    { reason: "new", storage: "st1", gib: 500 },
                ],
                0,
            ],
        );
    });
});

describe("The plan of the mode root", () => {
    it("lets EC2 replace the root volume, and keeps the old one", () => {
        const plan = planned(world(), { mode: "root", initializationRate: 300 });
        assert.deepEqual(plan.steps, [
            HOLD,
            { id: "backup", kind: "backup", server: SERVER },
            { ...create.root, rate: 300 },
            { id: "tag-root", kind: "tag", volume: ROOT, server: SERVER, device: "/dev/sda1" },
            {
                id: "replace-root",
                kind: "replaceRoot",
                server: SERVER,
                volume: made.root,
                oldVolume: ROOT,
                device: "/dev/sda1",
                deleteOnTermination: true,
            },
            {
                id: "check",
                kind: "checkDisks",
                server: { id: SERVER },
                disks: [{ device: "/dev/sda1", volume: made.root }],
                mustBeOnline: true,
            },
            RELEASE,
        ]);
        assert.deepEqual(
            [plan.warnings, plan.servers, plan.costs, downtimeOf(plan)],
            [
                ["The data disks stay as they are now. Programs on the root disk find newer data."],
                [SERVER],
                [
                    { reason: "new", storage: "gp2", gib: 50 },
                    { reason: "kept", storage: "gp2", gib: 50 },
                    { reason: "fresh backup", storage: "snapshot", gib: 750 },
                ],
                10,
            ],
        );
    });
});

describe("The plan of the mode server", () => {
    const server = { madeBy: "run" };
    const swap = [
        { id: "stop", kind: "stop", server, wasRunning: false },
        {
            id: "detach-placeholder",
            kind: "detach",
            server,
            volume: { madeBy: "run/root" },
            device: "/dev/sda1",
            deleteOnTermination: true,
        },
        { id: "attach-sda1", kind: "attach", server, volume: made.root, device: "/dev/sda1", deleteOnTermination: true },
        { id: "attach-xvdd", kind: "attach", server, volume: made.data, device: "xvdd", deleteOnTermination: false },
        { id: "attach-xvde", kind: "attach", server, volume: made.logs, device: "xvde", deleteOnTermination: true },
        { id: "start", kind: "start", server },
        {
            id: "check",
            kind: "checkDisks",
            server,
            disks: [
                { device: "/dev/sda1", volume: made.root },
                { device: "xvdd", volume: made.data },
                { device: "xvde", volume: made.logs },
            ],
            mustBeOnline: true,
        },
        RELEASE,
    ];
    const launch = {
        instanceType: "m7i.large",
        subnetId: "subnet-0000000000000000a",
        securityGroupIds: ["sg-0000000000000000a"],
        instanceProfileArn: "arn:aws:iam::123456789012:instance-profile/web",
        keyName: "admin",
        rootDevice: "/dev/sda1",
        tags: { VssBackup: "prod", Name: "web01 (restored)" },
    };

    it("makes a copy beside a live server, isolated and without the policy's tag", () => {
        const plan = planned(world(), { mode: "server", securityGroupIds: ["sg-0000000000000000f"] });
        assert.deepEqual(plan.steps, [
            HOLD,
            create.root,
            create.data,
            create.logs,
            { id: "image", kind: "createImage", server: SERVER, rootDevice: "/dev/sda1", without: ["xvdd", "xvde"] },
            {
                id: "run",
                kind: "runInstance",
                image: { madeBy: "image" },
                launch: { ...launch, securityGroupIds: ["sg-0000000000000000f"], tags: { Name: "web01 (restored)" } },
            },
            ...swap,
        ]);
        assert.deepEqual(
            [plan.warnings, plan.costs.at(-1), downtimeOf(plan)],
            [
                [
                    `The new server starts as a copy of web01 (${SERVER}): it has the same name, SID and account in the domain. Its programs run, too. Keep it isolated.`,
                    "The new server has another id and another private address. Load balancers, DNS and alarms still name the old one.",
                ],
                { reason: "image", storage: "snapshot", gib: 50 },
                0,
            ],
        );
    });

    it("makes a lost server again from its record", () => {
        const plan = planned(lostWorld(), { mode: "server" });
        assert.deepEqual(plan.steps, [
            HOLD,
            create.root,
            create.data,
            create.logs,
            { id: "run", kind: "runInstance", image: { id: "ami-0000000000000000a" }, launch },
            ...swap,
        ]);
        assert.deepEqual(plan.warnings, [
            `The volume ${ROOT} of /dev/sda1 no longer exists. Its settings are those that were recorded on 2027-03-03.`,
            `The volume ${DATA} of xvdd no longer exists. Its settings are those that were recorded on 2027-03-03.`,
            `The volume ${LOGS} of xvde no longer exists. Its settings are those that were recorded on 2027-03-03.`,
            "The new server has another id and another private address. Load balancers, DNS and alarms still name the old one.",
        ]);
    });

    it("puts the new server into the zone of the subnet that the user names", () => {
        const subnet = { id: "subnet-0000000000000000b", zone: "eu-central-1b" };
        const { steps } = planned(lostWorld({ subnet }), { mode: "server", subnetId: subnet.id, anotherZone: true });
        assert.deepEqual(
            steps.flatMap((step) => (step.kind === "createVolume" ? step.zone : step.kind === "runInstance" ? step.launch.subnetId : [])),
            ["eu-central-1b", "eu-central-1b", "eu-central-1b", subnet.id],
        );
    });
});

describe("The words of a step", () => {
    it("say what each step does, its risk, and how it is undone", () => {
        const plans = [
            planned(world(), { mode: "volumes", disks: ["xvdd"] }),
            planned(world(), { mode: "root" }),
            planned(world(), { mode: "server", securityGroupIds: ["sg-0000000000000000f"] }),
        ];
        const actions = plans.map(({ steps }) => steps.map((step) => wordsOf(step).action));
        assert.deepEqual(actions, [
            [
                "Put the tag VssBackupHold on the 3 snapshots of the set, if it is not there",
                `Take a backup of the present state of ${SERVER}`,
                `Make a volume of 200 GiB gp3 for xvdd from ${DATA_SNAPSHOT} in eu-central-1a`,
                `Tag the old volume ${DATA} of xvdd`,
                `Stop ${SERVER}`,
                `Detach ${DATA} at xvdd from ${SERVER}; it is kept`,
                `Attach the new volume of step create-xvdd to ${SERVER} at xvdd`,
                `Start ${SERVER}`,
                `Look in Windows on ${SERVER} for the disks, whether they are online`,
                "Take the tag VssBackupHold off again, where this restore put it",
            ],
            [
                "Put the tag VssBackupHold on the 3 snapshots of the set, if it is not there",
                `Take a backup of the present state of ${SERVER}`,
                `Make a volume of 50 GiB gp2 for /dev/sda1 from ${ROOT_SNAPSHOT} in eu-central-1a`,
                `Tag the old volume ${ROOT} of /dev/sda1`,
                `Let EC2 put the new volume of step create-sda1 in the place of the root volume ${ROOT} of ${SERVER}, and restart the server`,
                `Look in Windows on ${SERVER} for the disks, whether they are online`,
                "Take the tag VssBackupHold off again, where this restore put it",
            ],
            [
                "Put the tag VssBackupHold on the 3 snapshots of the set, if it is not there",
                `Make a volume of 50 GiB gp2 for /dev/sda1 from ${ROOT_SNAPSHOT} in eu-central-1a`,
                `Make a volume of 200 GiB gp3 for xvdd from ${DATA_SNAPSHOT} in eu-central-1a`,
                `Make a volume of 500 GiB st1 for xvde from ${LOGS_SNAPSHOT} in eu-central-1a`,
                `Make an image of the root disk of ${SERVER}, which goes on`,
                "Start a new m7i.large from the new image in subnet-0000000000000000a, with sg-0000000000000000f",
                "Stop the new server",
                "Detach its first root volume at /dev/sda1 from the new server; it is kept",
                "Attach the new volume of step create-sda1 to the new server at /dev/sda1",
                "Attach the new volume of step create-xvdd to the new server at xvdd",
                "Attach the new volume of step create-xvde to the new server at xvde",
                "Start the new server",
                "Look in Windows on the new server for the disks, whether they are online",
                "Take the tag VssBackupHold off again, where this restore put it",
            ],
        ]);
    });
});
