import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { mersenne } from "pure-rand/generator/mersenne";
import { applyPlan } from "../../cli/commands/restore/apply";
import { planRestore } from "../../cli/commands/restore/plan";
import type { Mode } from "../../cli/restore/plan/request";
import type { Session } from "../../cli/session";
import type { Account } from "../account";
import { FILE } from "../contents";
import { startAws } from "../embeddedAws/aws";
import type { SnapshotStore } from "../embeddedAws/snapshotStore";
import type { Server } from "../embeddedAws/ssm";
import { formatTime } from "../functions";
import type { LedgerEntry } from "../ledger";
import { asOperator } from "../operator";
import { copyAccount } from "./copyAccount";
import { findLosses, type Loss, type LossKind, lose } from "./loss";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A loss and its restore. Times are milliseconds since 1970. */
export interface Drill {
    readonly loss: LossKind;
    readonly server: string;
    readonly lostAt: number;
    /** The newest restore point of the server. */
    readonly point: { readonly type: string; readonly time: number };
    readonly mode: Mode;
    /** How many steps the restore had. */
    readonly steps: number;
    /** The disks of the restored server, and whether their contents are those of the restore point. */
    readonly disks: readonly { readonly device: string; readonly isEqual: boolean }[];
    /** Why the restore is not as it must be. The list is empty if all is well. */
    readonly faults: readonly string[];
}

/** A drill that is planned, or over. */
export interface PlannedDrill {
    /** Undefined before the drill, and if there was never anything to restore. */
    readonly drill: Drill | undefined;
    readonly broken: readonly string[];
}

const MODES: Readonly<Record<LossKind, Mode>> = { server: "server", "data disks": "volumes", "boot disk": "root" };

/**
 * Plans a drill at a random minute of a random day. In a copy of the account, a server or its disks are lost, and `vss-backup restore` brings
 * them back. Without a restore point, it tries again a day later.
 *
 * @param points finds the restore points of the present
 */
export function planDrill(account: Account, seed: number, points: () => readonly LedgerEntry[]): PlannedDrill {
    // Of this generator, the first number already differs from seed to seed.
    const random = mersenne(seed);
    const { timeline, start, end } = account;
    let drill: Drill | undefined;
    const attempt = async () => {
        const losses = findLosses(account, points());
        const loss = losses[uniformInt(random, 0, Math.max(0, losses.length - 1))];
        const { now } = timeline;
        if (loss) {
            drill = await playDrill(account, loss, now);
        } else if (now < end - MINUTE) {
            timeline.at(Math.min(now + DAY, end - MINUTE), attempt);
        }
    };
    timeline.at(start + uniformInt(random, 0, (end - start) / MINUTE - 1) * MINUTE, attempt);
    return {
        get drill() {
            return drill;
        },
        get broken() {
            return drill?.faults.map((fault) => `${formatTime(drill?.lostAt ?? 0)}: ${fault}`) ?? [];
        },
    };
}

/** Plays a drill in a copy of an account. */
export async function playDrill(account: Account, loss: Loss, now: number): Promise<Drill> {
    const { kind, server, point } = loss;
    const aws = copyAccount(account.aws);
    const expected = lose({ aws }, loss, now);
    const mode = MODES[kind];
    const drill = { loss: kind, server: server.id, lostAt: now, point: { type: point.type, time: point.startTime }, mode };
    const { endpoint, close } = await startAws(aws, { iam: account.iam });
    try {
        const { id, from, steps } = await asOperator(account, endpoint, (session) => restore(session, server.id, mode));
        const found = readDisks(
            aws.servers.find((one) => one.id === id),
            aws.store,
        );
        const wrongPoint = point.members.some((member) => member.id === from)
            ? []
            : [`the restore of ${server.id} took ${from}, which is not of its newest restore point`];
        return { ...drill, steps, ...compare(id, expected, found), ...(wrongPoint.length > 0 && { faults: wrongPoint }) };
    } catch (error) {
        return { ...drill, steps: 0, disks: [], faults: [`the restore of ${server.id} failed: ${(error as Error).message}`] };
    } finally {
        await close();
    }
}

interface Restored {
    /** The id of the restored server. */
    readonly id: string;
    /** A snapshot of the set that was restored. */
    readonly from: string;
    readonly steps: number;
}

/** Runs `vss-backup restore plan` and `vss-backup restore apply`. */
async function restore(session: Session, serverId: string, mode: Mode): Promise<Restored> {
    const folder = mkdtempSync(join(tmpdir(), "vss-backup-drill-"));
    const out = join(folder, "plan.json");
    try {
        const planned = await planRestore(session, serverId, { mode, backup: false, anotherZone: false, out });
        const applied = await applyPlan(session, out, { yes: true, takeOver: false });
        const { from } = planned.result as { readonly from: string };
        const { made, steps } = applied.result as { readonly made: Readonly<Record<string, string>>; readonly steps: readonly object[] };
        return { id: made.run ?? serverId, from, steps: steps.length };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** What is on each disk of a server, by the devices. */
function readDisks(server: Server | undefined, store: SnapshotStore): Map<string, string> {
    return new Map(server?.volumes.map(({ id, device }) => [device, store.volumes.get(id)?.disk?.files[FILE] ?? "nothing"]) ?? []);
}

/** Compares the disks of a restored server with what must be on them. */
export function compare(
    id: string,
    expected: ReadonlyMap<string, string>,
    found: ReadonlyMap<string, string>,
): Pick<Drill, "disks" | "faults"> {
    const devices = [...new Set([...expected.keys(), ...found.keys()])].sort();
    const text = (one: string | undefined) => one ?? "no disk";
    const disks = devices.map((device) => ({ device, isEqual: expected.get(device) === found.get(device) }));
    return {
        disks,
        faults: disks
            .filter(({ isEqual }) => !isEqual)
            .map(
                ({ device }) =>
                    `after the restore, ${id} has ${text(found.get(device))} at ${device}, and not ${text(expected.get(device))}`,
            ),
    };
}
