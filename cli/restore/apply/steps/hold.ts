import { Failure } from "../../../failure";
import { holdValue } from "../../plan/tags";
import { DONE, type Run } from "../run";
import type { Handler } from "./handler";

/** Puts the hold tag on the snapshots that have none. Its value tells apart the tags of this restore. */
export const HOLD: Handler<"hold"> = {
    perform: async (run, { snapshots, key }) => {
        const keys = await run.cloud.snapshotTagKeys(snapshots);
        const lost = snapshots.find((id) => !keys.has(id));
        if (lost !== undefined) {
            throw new Failure(`The snapshot ${lost} no longer exists.`, "Make a plan from another set. vss-backup points lists them.");
        }
        // The key counts in any letter case, since a person may have written it.
        const free = snapshots.filter((id) => !keys.get(id)?.some((one) => one.toLowerCase() === key.toLowerCase()));
        if (free.length > 0) {
            await run.cloud.addTags(free, { [key]: holdValue(run.restore) });
        }
        return DONE;
    },
    revert: release,
};

/** Removes the hold tags of this restore, and no others. */
export const RELEASE: Handler<"release"> = {
    perform: async (run, step) => {
        await release(run, step);
        return DONE;
    },
    revert: async () => {},
};

async function release({ cloud, restore }: Run, { snapshots, key }: { readonly snapshots: readonly string[]; readonly key: string }) {
    const present = [...(await cloud.snapshotTagKeys(snapshots)).keys()];
    if (present.length > 0) {
        await cloud.removeTags(present, { [key]: holdValue(restore) });
    }
}
