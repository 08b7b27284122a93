import assert from "node:assert/strict";
import fc from "fast-check";
import { applyRestore } from "../../../cli/restore/apply/applyRestore";
import { newRecord, type RestoreRecord } from "../../../cli/restore/apply/record";
import { undoRestore } from "../../../cli/restore/apply/undoRestore";
import { isSameDevice } from "../../../cli/restore/plan/devices";
import { planRestore } from "../../../cli/restore/plan/planRestore";
import type { RestorePlan } from "../../../cli/restore/plan/steps";
import { HISTORIES } from "../../support/sample";
import { MemoryCloud, type RootOutcome } from "./support/memoryCloud";
import { crashAt, failAt, failToSave, heal, loseResponses, makeTools, type Saved, startAll } from "./support/memoryRun";
import { cases, type RandomCase } from "./support/randomWorld";
import { MADE_AT, SERVER } from "./support/world";

/** A restore of a random server in memory. */
interface Restore {
    readonly plan: RestorePlan;
    readonly cloud: MemoryCloud;
    readonly saved: Saved;
    /** The disks and the state of each server, at the beginning. */
    readonly before: object;
}

const restores = cases
    .map((one) => ({ one, planned: planRestore(one.world, one.request) }))
    .filter(({ planned }) => planned.kind === "plan")
    .map(({ one, planned }) => ({ one, plan: (planned as { readonly plan: RestorePlan }).plan }));

function start({ one, plan }: { readonly one: RandomCase; readonly plan: RestorePlan }): Restore {
    const cloud = new MemoryCloud(one.world);
    return { plan, cloud, saved: { record: newRecord(plan, MADE_AT) }, before: serversOf(cloud) };
}

/** The disks and the state of each server that was there at first. */
function serversOf({ instances }: MemoryCloud): object {
    return Object.fromEntries(
        [...instances.values()]
            .filter(({ tags }) => tags.size === 0)
            .map(({ id, state, disks }) => [
                id,
                {
                    state,
                    disks: disks
                        .map(({ device, volumeId, deleteOnTermination, isLeaving }) => ({
                            device,
                            volumeId,
                            deleteOnTermination,
                            isLeaving,
                        }))
                        .toSorted((a, b) => (a.device < b.device ? -1 : 1)),
                },
            ]),
    );
}

/** The same, with the snapshot of each new volume in place of its id. So two runs can be compared. */
function contentsOf({ instances, volumes }: MemoryCloud): object {
    return [...instances.values()].map(({ state, disks }) => ({
        state,
        disks: disks
            .map(({ device, volumeId, deleteOnTermination }) => ({
                device,
                content: volumes.get(volumeId)?.snapshot ?? volumeId,
                deleteOnTermination,
            }))
            .toSorted((a, b) => (a.device < b.device ? -1 : 1)),
    }));
}

function holdsOf({ snapshots }: MemoryCloud): string[] {
    return [...snapshots].filter(([, tags]) => tags.size > 0).map(([id]) => id);
}

const apply = ({ cloud, saved }: Restore) => applyRestore(makeTools(cloud, saved), saved.record);
const undo = ({ cloud, saved }: Restore) => undoRestore(makeTools(cloud, saved), saved.record);

/** Goes on as an operator would: with what was saved. */
async function finish(restore: Restore, wish: "apply" | "undo"): Promise<RestoreRecord> {
    heal(restore.cloud);
    const { state } = restore.saved.record;
    if (state === "applying" && wish === "apply") {
        return apply(restore);
    }
    return state === "applied" && wish === "apply" ? restore.saved.record : undo(restore);
}

/** The contents of the servers after a restore without faults. */
async function expectedContents(given: { readonly one: RandomCase; readonly plan: RestorePlan }): Promise<object> {
    const restore = start(given);
    await apply(restore);
    return contentsOf(restore.cloud);
}

/** The number of a call at which something happens, and whether after its effect. */
const moments = fc.record({ number: fc.integer({ min: 1, max: 160 }), isAfter: fc.boolean() });
const wishes = fc.constantFrom("apply" as const, "undo" as const);

/** Notes each moment at which a server runs with disks of different times. */
function watchMixes({ cloud, plan }: Restore): string[] {
    const mixes: string[] = [];
    const { gate } = cloud;
    const devices = plan.steps.flatMap((step) => (step.kind === "detach" && "id" in step.server ? [step.device] : []));
    cloud.gate = (name, isChange, effect) => {
        try {
            return gate(name, isChange, effect);
        } finally {
            const server = plan.request.mode === "volumes" ? cloud.instances.get(SERVER) : undefined;
            if (server?.state === "running") {
                const there = devices.map((device) => server.disks.find((disk) => isSameDevice(disk.device, device))?.volumeId);
                const isNew = there.map((id) => id !== undefined && cloud.volumes.get(id)?.snapshot !== undefined);
                if (there.includes(undefined) || new Set(isNew).size > 1) {
                    mixes.push(`${name}: ${there.join()}`);
                }
            }
        }
    };
    return mixes;
}

function law(sentence: string, property: fc.IAsyncProperty<unknown>): void {
    it(sentence, () => fc.assert(property as fc.IAsyncProperty<[unknown]>, { numRuns: HISTORIES * 3 }));
}

describe("In every restore of a random server", () => {
    law(
        "undo after apply gives the server back as it was",
        fc.asyncProperty(restores, async (given) => {
            const restore = start(given);
            const applied = await apply(restore);
            const undone = await undo(restore);
            assert.deepEqual([applied.state, undone.state], ["applied", "undone"]);
            assert.deepEqual(serversOf(restore.cloud), restore.before);
            assert.deepEqual(holdsOf(restore.cloud), []);
        }),
    );

    law(
        "apply after any crashes gives the same server as without them",
        fc.asyncProperty(restores, fc.array(moments, { minLength: 1, maxLength: 4 }), async (given, crashes) => {
            const restore = start(given);
            for (const { number, isAfter } of crashes) {
                crashAt(restore.cloud, number, isAfter);
                await (restore.saved.record.state === "applying" ? apply(restore).catch(() => undefined) : undefined);
                restore.cloud.forgetTokens();
            }
            await finish(restore, "apply");
            assert.deepEqual(contentsOf(restore.cloud), await expectedContents(given));
            assert.deepEqual(holdsOf(restore.cloud), []);
        }),
    );

    law(
        "undo after any crashes, also of undo, gives the server back as it was",
        fc.asyncProperty(restores, moments, fc.array(moments, { maxLength: 3 }), async (given, first, others) => {
            const restore = start(given);
            crashAt(restore.cloud, first.number, first.isAfter);
            await apply(restore).catch(() => undefined);
            for (const { number, isAfter } of others) {
                crashAt(restore.cloud, number, isAfter);
                await undo(restore).catch(() => undefined);
            }
            await finish(restore, "undo");
            assert.deepEqual(serversOf(restore.cloud), restore.before);
            assert.deepEqual(holdsOf(restore.cloud), []);
        }),
    );

    law(
        "a call that fails at any moment leaves all disks, old or new, and apply or undo can finish",
        fc.asyncProperty(restores, moments, wishes, async (given, { number, isAfter }, wish) => {
            const restore = start(given);
            failAt(restore.cloud, number, isAfter);
            const mixes = watchMixes(restore);
            await apply(restore).catch(() => undefined);
            const { state } = restore.saved.record;
            const end = await finish(restore, wish);
            assert.deepEqual(mixes, []);
            assert.deepEqual(
                end.state === "applied" ? contentsOf(restore.cloud) : serversOf(restore.cloud),
                end.state === "applied" ? await expectedContents(given) : restore.before,
                `after ${state}`,
            );
            assert.deepEqual(holdsOf(restore.cloud), []);
        }),
    );

    law(
        "a step that fails while a server lacks disks puts the old ones back by itself",
        fc.asyncProperty(
            restores.filter(({ one }) => one.request.mode === "volumes"),
            moments,
            async (given, { number, isAfter }) => {
                const restore = start(given);
                failAt(restore.cloud, number, isAfter);
                await apply(restore).catch(() => undefined);
                const { state, done } = restore.saved.record;
                // Before the last step, the set is only held.
                const isSwapped = state === "applied" || given.plan.steps[done.length]?.kind === "release";
                assert.deepEqual(isSwapped ? restore.before : serversOf(restore.cloud), restore.before);
            },
        ),
    );

    law(
        "a server in place has its old disks again if the record can't be saved any more",
        fc.asyncProperty(
            restores.filter(({ one }) => one.request.mode === "volumes" && one.world.server?.state === "running"),
            fc.integer({ min: 1, max: 30 }),
            async (given, number) => {
                const restore = start(given);
                failToSave(restore.cloud, number);
                const isApplied = await apply(restore).then(
                    () => true,
                    () => false,
                );
                // After the last step but one, the new disks are in their places.
                const isSwapped = number >= given.plan.steps.findIndex(({ kind }) => kind === "start") + 2;
                assert.deepEqual(isApplied || isSwapped ? restore.before : serversOf(restore.cloud), restore.before);
                await finish(restore, "undo");
                assert.deepEqual(serversOf(restore.cloud), restore.before);
            },
        ),
    );

    law(
        "apply or undo finishes although somebody has started the stopped server",
        fc.asyncProperty(
            restores.filter(({ one }) => one.request.mode !== "attach" && one.world.server?.state !== "stopped"),
            moments,
            wishes,
            async (given, { number, isAfter }, wish) => {
                const restore = start(given);
                crashAt(restore.cloud, number, isAfter);
                await apply(restore).catch(() => undefined);
                heal(restore.cloud);
                await startAll(restore.cloud);
                const { state } = await finish(restore, wish);
                const wanted = state === "applied" ? await expectedContents(given) : restore.before;
                assert.deepEqual(state === "applied" ? contentsOf(restore.cloud) : serversOf(restore.cloud), wanted);
            },
        ),
    );

    law(
        "a lost response is no failure of a step that attaches or detaches",
        fc.asyncProperty(restores, async (given) => {
            const restore = start(given);
            loseResponses(restore.cloud, ["attachVolume", "detachVolume", "createImage"]);
            const { state } = await apply(restore);
            heal(restore.cloud);
            assert.deepEqual([state, contentsOf(restore.cloud)], ["applied", await expectedContents(given)]);
        }),
    );

    law(
        "a server in place never runs with disks of different times, whatever crashes",
        fc.asyncProperty(restores, fc.array(fc.tuple(moments, wishes), { maxLength: 4 }), async (given, crashes) => {
            const restore = start(given);
            const mixes: string[] = [];
            for (const [{ number, isAfter }, wish] of crashes) {
                crashAt(restore.cloud, number, isAfter);
                const found = watchMixes(restore);
                const { state } = restore.saved.record;
                await (state === "applying" && wish === "apply" ? apply : undo)(restore).catch(() => undefined);
                mixes.push(...found);
            }
            assert.deepEqual(mixes, []);
        }),
    );

    law(
        "apply twice is apply once, also for somebody who does not know of the first time",
        fc.asyncProperty(restores, async (given) => {
            const restore = start(given);
            const applied = await apply(restore);
            const [contents, changes] = [contentsOf(restore.cloud), restore.cloud.changes.length];
            const volumes = [...restore.cloud.volumes.keys()];
            assert.deepEqual(await applyRestore(makeTools(restore.cloud, restore.saved), applied), applied);
            assert.equal(restore.cloud.changes.length, changes);
            await applyRestore(makeTools(restore.cloud, restore.saved), newRecord(given.plan, MADE_AT));
            assert.deepEqual([contentsOf(restore.cloud), [...restore.cloud.volumes.keys()]], [contents, volumes]);
        }),
    );

    law(
        "EC2 may fail to replace a root volume, and the server has its old one in the end",
        fc.asyncProperty(
            restores.filter(({ one }) => one.request.mode === "root"),
            fc.constantFrom<RootOutcome>("failed", "failed-detached"),
            async (given, outcome) => {
                const restore = start(given);
                restore.cloud.rootOutcome = outcome;
                await assert.rejects(apply(restore));
                await finish(restore, "undo");
                assert.deepEqual(serversOf(restore.cloud), restore.before);
            },
        ),
    );

    law(
        "old volumes have the tags of the restore until it is undone",
        fc.asyncProperty(restores, async (given) => {
            const restore = start(given);
            const tagged = () =>
                [...restore.cloud.volumes.values()].filter(({ tags }) => tags.get("VssBackupReplacedBy") === given.plan.request.id);
            await apply(restore);
            const replaced = given.plan.steps.flatMap((step) => (step.kind === "tag" ? step.volume : []));
            assert.deepEqual(
                tagged().map(({ id }) => id),
                [...restore.cloud.volumes.keys()].filter((id) => replaced.includes(id)),
            );
            await undo(restore);
            assert.deepEqual(tagged(), []);
        }),
    );
});
