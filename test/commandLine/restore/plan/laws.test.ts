import assert from "node:assert/strict";
import fc from "fast-check";
import { isSameDevice } from "../../../../cli/restore/plan/devices";
import { planRestore } from "../../../../cli/restore/plan/planRestore";
import type { Ref, RestorePlan, Step, StepKind, StepOf } from "../../../../cli/restore/plan/steps";
import type { World } from "../../../../cli/restore/plan/world";
import { HISTORIES } from "../../../support/sample";
import { cases, type RandomCase } from "../support/randomWorld";

/** Checks a law on random worlds that have a plan. */
function law(sentence: string, holds: (plan: RestorePlan, one: RandomCase) => void): void {
    it(sentence, () => {
        let plans = 0;
        fc.assert(
            fc.property(cases, (one) => {
                const result = planRestore(one.world, one.request);
                if (result.kind === "plan") {
                    plans += 1;
                    holds(result.plan, one);
                }
            }),
            { numRuns: HISTORIES * 5 },
        );
        assert.ok(plans > HISTORIES, `only ${plans} worlds have a plan`);
    });
}

function stepsOf<K extends StepKind>({ steps }: RestorePlan, kind: K): StepOf<K>[] {
    return steps.filter((step): step is StepOf<K> => step.kind === kind);
}

function indexes({ steps }: RestorePlan, kinds: readonly StepKind[]): number[] {
    return steps.flatMap(({ kind }, i) => (kinds.includes(kind) ? i : []));
}

function isBefore(first: readonly number[], second: readonly number[]): boolean {
    return Math.max(-1, ...first) < Math.min(Number.POSITIVE_INFINITY, ...second);
}

const CHANGING: readonly StepKind[] = ["stop", "detach", "attach", "start", "replaceRoot"];

describe("Every plan of a restore", () => {
    law("is the same for the same facts, in whatever order their keys are", (plan, { world, request }) => {
        const shuffled = Object.fromEntries(Object.entries(world).reverse()) as unknown as World;
        assert.deepEqual(planRestore(shuffled, request), { kind: "plan", plan });
    });

    law("survives JSON", (plan) => {
        assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    });

    law("holds the whole set first, and releases it last", (plan, { world }) => {
        const snapshots = world.set.snapshots.map(({ id }) => id);
        const [first, last] = [plan.steps[0], plan.steps.at(-1)];
        assert.deepEqual(
            [first, last],
            [
                { id: "hold", kind: "hold", snapshots, key: "VssBackupHold" },
                { id: "release", kind: "release", snapshots, key: "VssBackupHold" },
            ],
        );
    });

    law("takes the fresh backup and makes all volumes before it touches a server", (plan) => {
        assert.ok(isBefore(indexes(plan, ["backup", "createVolume"]), indexes(plan, CHANGING)));
    });

    law("tags each old volume before it is detached or replaced, and tags no other", (plan) => {
        const tagged = stepsOf(plan, "tag").map(({ volume, device }) => [volume, device]);
        const old = [
            ...stepsOf(plan, "detach").flatMap(({ volume, device }) => ("id" in volume ? [[volume.id, device]] : [])),
            ...stepsOf(plan, "replaceRoot").map(({ oldVolume, device }) => [oldVolume, device]),
        ];
        assert.deepEqual(tagged, old);
        assert.ok(isBefore(indexes(plan, ["tag"]), indexes(plan, CHANGING)));
    });

    law("detaches and attaches in place only while the server is stopped", (plan, { request }) => {
        if (request.mode === "volumes" || request.mode === "server") {
            const swap = indexes(plan, ["detach", "attach"]);
            assert.ok(isBefore(indexes(plan, ["stop"]), swap) && isBefore(swap, indexes(plan, ["start"])));
        }
    });

    law("starts a server exactly if it was running before", (plan, { world, request }) => {
        const starts = stepsOf(plan, "start").length;
        const expected = request.mode === "server" || (request.mode === "volumes" && world.server?.state === "running") ? 1 : 0;
        assert.equal(starts, expected);
    });

    law("leaves each device with exactly one disk: the new one, or the one that was there", (plan, { world, request }) => {
        const server = request.mode === "attach" ? world.target : request.mode === "server" ? undefined : world.server;
        const before = server?.disks.map(({ device }) => device) ?? [plan.steps.flatMap(placeholder)].flat();
        const after = plan.steps.reduce((devices, step) => replay(devices, step), before);
        const places = after.map((device) => after.filter((other) => isSameDevice(other, device)).length);
        assert.deepEqual([...new Set(places)], [1]);
        assert.ok(before.every((device) => after.some((other) => isSameDevice(other, device))));
    });

    law("attaches each new volume once, and each attached volume is one that it makes", (plan) => {
        const made = stepsOf(plan, "createVolume").map(({ id }): Ref => ({ madeBy: id }));
        assert.deepEqual(
            [...stepsOf(plan, "attach"), ...stepsOf(plan, "replaceRoot")].map(({ volume }) => volume),
            made,
        );
    });

    law("has its own id for each step, short enough for a token of EC2", (plan) => {
        const ids = plan.steps.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
        assert.deepEqual(
            ids.filter((id) => !/^[A-Za-z0-9-]+$/.test(id) || `${plan.request.id}-${id}`.length > 64),
            [],
        );
    });

    law("never detaches the root disk of a server that existed before", (plan, { world }) => {
        const root = world.server?.disks.find(({ device }) => device === world.server?.rootDevice)?.volumeId;
        assert.deepEqual(
            stepsOf(plan, "detach").filter(({ volume }) => "id" in volume && volume.id === root),
            [],
        );
    });

    law("makes each volume from a snapshot of the set, and none smaller than it", (plan, { world }) => {
        const sizes = new Map(world.set.snapshots.map(({ id, sizeGib }) => [id, sizeGib]));
        assert.deepEqual(
            stepsOf(plan, "createVolume").filter(({ snapshot, settings }) => !(settings.sizeGib >= (sizes.get(snapshot) ?? Infinity))),
            [],
        );
    });

    law("has another fingerprint if a fact is another one", (plan, { world, request }) => {
        const changed = { ...world, set: { ...world.set, startTime: world.set.startTime + 1 } };
        const result = planRestore(changed, request);
        assert.notEqual(result.kind === "plan" && result.plan.fingerprint, plan.fingerprint);
    });
});

/** The device of the first disk of a new server. */
function placeholder(step: Step): string[] {
    return step.kind === "runInstance" ? [step.launch.rootDevice] : [];
}

function replay(devices: readonly string[], step: Step): string[] {
    if (step.kind === "detach") {
        assert.ok(devices.includes(step.device), `nothing is at ${step.device}`);
        return devices.filter((device) => device !== step.device);
    }
    return step.kind === "attach" ? [...devices, step.device] : [...devices];
}
