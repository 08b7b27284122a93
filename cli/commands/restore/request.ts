import { randomBytes } from "node:crypto";
import { DateTime } from "luxon";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { MODES, type Mode, type RestoreRequest } from "../../restore/plan/request";
import { chooseServer, chooseSet } from "../../restore/world/choosing";
import type { Sources } from "../../restore/world/sources";
import type { Session } from "../../session";

/** The options of `restore plan` that make the request. */
export interface RequestOptions {
    readonly mode?: Mode;
    readonly from?: string;
    readonly to?: string;
    readonly disk?: readonly string[];
    readonly backup: boolean;
    readonly anotherZone: boolean;
    readonly initialize?: number;
    readonly image?: string;
    readonly subnet?: string;
    readonly securityGroup?: readonly string[];
}

/** The options that count only with one mode. */
const OF_MODE: readonly (readonly [option: keyof RequestOptions, flag: string, mode: Mode])[] = [
    ["to", "--to", "attach"],
    ["image", "--image", "server"],
    ["subnet", "--subnet", "server"],
    ["securityGroup", "--security-group", "server"],
];

/** Makes the request from what the user gave: servers by name become ids, and the newest restore point is the default. */
export async function makeRequest(session: Session, sources: Sources, wanted: string, options: RequestOptions): Promise<RestoreRequest> {
    const mode = modeOf(options);
    const serverId = chooseServer(sources, wanted);
    const set = await chooseSet(session, sources, serverId, options.from);
    return {
        id: makeId(session.now),
        madeAt: session.now,
        mode,
        serverId,
        from: set.anchor.id,
        ...(options.to !== undefined && { targetId: chooseServer(sources, options.to) }),
        ...(options.disk !== undefined && { disks: options.disk }),
        backup: options.backup && (mode === "volumes" || mode === "root"),
        anotherZone: options.anotherZone,
        ...(options.initialize !== undefined && { initializationRate: options.initialize }),
        ...(options.image !== undefined && { imageId: options.image }),
        ...(options.subnet !== undefined && { subnetId: options.subnet }),
        ...(options.securityGroup !== undefined && { securityGroupIds: options.securityGroup }),
    };
}

function modeOf(options: RequestOptions): Mode {
    const { mode } = options;
    if (mode === undefined) {
        throw new Failure("The plan needs a mode.", `Add --mode with one of: ${MODES.join(", ")}.`, EXIT.usage);
    }
    const wrong = OF_MODE.filter(([option, , of]) => options[option] !== undefined && of !== mode);
    if (wrong.length > 0) {
        const sentences = wrong.map(([, flag, of]) => `${flag} is only for the mode ${of}`);
        throw new Failure(`${sentences.join(". ")}.`, "Check --mode.", EXIT.usage);
    }
    return mode;
}

/** An id that tells when the plan was made, and that no other plan has. */
function makeId(now: number): string {
    return `${DateTime.fromMillis(now, { zone: "utc" }).toFormat("yyyyMMdd-HHmm")}-${randomBytes(4).toString("hex")}`;
}
