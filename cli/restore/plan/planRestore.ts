import { attachPart } from "./attach";
import { besidePart } from "./beside";
import type { Fault } from "./fault";
import { fingerprintOf } from "./fingerprint";
import type { Part } from "./parts";
import type { Mode, RestoreRequest } from "./request";
import { rootPart } from "./root";
import { setFaults, setWarnings } from "./setChecks";
import type { RestorePlan, Step } from "./steps";
import { volumesPart } from "./volumes";
import type { World } from "./world";

/** A plan, or all reasons to refuse the restore. */
export type Planned =
    | { readonly kind: "plan"; readonly plan: RestorePlan }
    | { readonly kind: "refused"; readonly faults: readonly Fault[] };

const PARTS: Readonly<Record<Mode, (world: World, request: RestoreRequest) => Part>> = {
    attach: attachPart,
    volumes: volumesPart,
    root: rootPart,
    server: besidePart,
};

/** Plans a restore. Pure: the same world and request give the same plan. */
export function planRestore(world: World, request: RestoreRequest): Planned {
    const part = PARTS[request.mode](world, request);
    const faults = [...setFaults(world), ...part.faults];
    if (faults.length > 0) {
        return { kind: "refused", faults: withoutDoubles(faults) };
    }
    const snapshots = world.set.snapshots.map(({ id }) => id);
    const key = world.policy.hold;
    const steps: Step[] = [
        { id: "hold", kind: "hold", snapshots, key },
        ...part.steps,
        // A volume does not need its snapshot any more, even if EC2 still loads blocks from it.
        { id: "release", kind: "release", snapshots, key },
    ];
    return {
        kind: "plan",
        plan: {
            version: 1,
            request,
            policy: world.policy.name,
            fingerprint: fingerprintOf(world),
            servers: part.servers,
            word: part.word,
            steps,
            warnings: [...setWarnings(world), ...part.warnings],
            costs: part.costs,
        },
    };
}

function withoutDoubles(faults: readonly Fault[]): Fault[] {
    return faults.filter(({ sentence }, i) => faults.findIndex((fault) => fault.sentence === sentence) === i);
}
