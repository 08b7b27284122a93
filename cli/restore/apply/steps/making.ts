import { Failure } from "../../../failure";
import { ensureStopped, presentInstance } from "../power";
import { DONE, idOf, MINUTE, makerOf, type Run, waitFor } from "../run";
import type { Handler } from "./handler";

const HOUR = 60 * MINUTE;

export const BACKUP: Handler<"backup"> = {
    perform: async ({ cloud, startedAt }, { server }) => {
        await cloud.backUp(server, startedAt);
        return DONE;
    },
    revert: async () => {},
};

export const CREATE_VOLUME: Handler<"createVolume"> = {
    perform: async (run, step) => {
        const maker = makerOf(run, step.id);
        const found = await run.cloud.findMade("volume", maker);
        const { snapshot, zone, settings, rate } = step;
        const id = found ?? (await run.cloud.createVolume(maker, { snapshot, zone, settings, rate }));
        await waitFor(
            run,
            {
                event: `the volume ${id} is available`,
                limitMs: 30 * MINUTE,
                cure: `Look at it: aws ec2 describe-volumes --volume-ids ${id}`,
            },
            async () => {
                // EC2 may not list a new volume at once.
                const state = (await run.cloud.findVolume(id))?.state ?? "creating";
                if (state === "error") {
                    throw new Failure(
                        `EC2 could not make the volume ${id} from ${snapshot}.`,
                        `Often the role may not use the key of the snapshot. Go back, and make a new plan: vss-backup restore undo ${run.restore}`,
                    );
                }
                return state === "available" || state === "in-use" || undefined;
            },
        );
        return { made: { [step.id]: id } };
    },
    revert: async () => {},
};

export const CREATE_IMAGE: Handler<"createImage"> = {
    perform: async (run, step) => {
        const maker = makerOf(run, step.id);
        const found = await run.cloud.findMade("image", maker);
        // EC2 takes no client token for an image, but refuses a second one of its name.
        const create = () =>
            run.cloud.createImage(maker, step.server, step.without).catch(async (error) => {
                const made = await run.cloud.findMade("image", maker);
                if (made === undefined) {
                    throw error;
                }
                return made;
            });
        const id = found ?? (await create());
        await waitFor(
            run,
            { event: `the image ${id} is available`, limitMs: 4 * HOUR, cure: `Go on when it is: vss-backup restore apply ${run.restore}` },
            async () => {
                const state = (await run.cloud.findImageState(id)) ?? "pending";
                if (state !== "pending" && state !== "available") {
                    throw new Failure(`EC2 could not make the image ${id}: it is ${state}.`, "Go back, and make a new plan.");
                }
                return state === "available" || undefined;
            },
        );
        return { made: { [step.id]: id } };
    },
    revert: async () => {},
};

export const RUN_INSTANCE: Handler<"runInstance"> = {
    perform: async (run, step) => {
        const maker = makerOf(run, step.id);
        const found = await run.cloud.findMade("instance", maker);
        const id = found ?? (await run.cloud.runInstance(maker, idOf(run, step.image), step.launch));
        const root = await waitFor(
            run,
            { event: `the new server ${id} has its disk`, limitMs: 30 * MINUTE, cure: "Run the command again." },
            async () => {
                // EC2 may not list a new instance at once. A later step stops it again.
                const state = (await run.cloud.findInstance(id))?.state ?? "pending";
                if (["shutting-down", "terminated"].includes(state)) {
                    throw new Failure(
                        `EC2 could not start the new server ${id}.`,
                        `See why: aws ec2 describe-instances --instance-ids ${id} --query "Reservations[].Instances[].StateReason"`,
                    );
                }
                return state === "pending" ? undefined : await firstRoot(run, step.id, id);
            },
        );
        return { made: { [step.id]: id, [`${step.id}/root`]: root } };
    },
    // Its termination would delete a volume, so it stays until somebody removes it.
    revert: async (run, step) => {
        const id = await run.cloud.findMade("instance", makerOf(run, step.id));
        if (id !== undefined) {
            await ensureStopped(run, id);
        }
    },
};

/** The volume with which the instance began. If a run was interrupted, another one may be in its place, so the tags tell. */
async function firstRoot(run: Run, step: string, id: string): Promise<string | undefined> {
    const tagged = await run.cloud.findMade("volume", makerOf(run, step));
    const { disks, rootDevice } = await presentInstance(run, id);
    return tagged ?? disks.find(({ device }) => device === rootDevice)?.volumeId;
}
