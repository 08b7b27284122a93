import type { Tools } from "../../../../cli/restore/apply/progress";
import type { RestoreRecord } from "../../../../cli/restore/apply/record";
import type { MemoryCloud } from "./memoryCloud";
import { MADE_AT } from "./world";

/** The error of a process that ends at once: nothing of it goes on. */
class Crash extends Error {
    public override readonly name = "Crash";
}

/** A clock whose pauses take no time. */
function makeClock() {
    let time = MADE_AT;
    return {
        now: () => time,
        pause: async (ms: number) => {
            time += ms;
        },
    };
}

/** What survives a crash. */
export interface Saved {
    record: RestoreRecord;
}

export function makeTools(cloud: MemoryCloud, saved: Saved): Tools & { readonly lines: string[] } {
    const lines: string[] = [];
    return {
        cloud,
        clock: makeClock(),
        save: async (record) => {
            cloud.gate("save", true, () => {
                // As Parameter Store keeps it.
                saved.record = JSON.parse(JSON.stringify(record)) as RestoreRecord;
            });
        },
        report: (line) => {
            lines.push(line);
        },
        lines,
    };
}

/** Ends the process before or after the effect of its call with this number. */
export function crashAt(cloud: MemoryCloud, number: number, isAfter: boolean): void {
    let calls = 0;
    let isDead = false;
    cloud.gate = (_name, _isChange, effect) => {
        if (isDead) {
            throw new Crash();
        }
        calls += 1;
        if (calls !== number) {
            return effect();
        }
        isDead = true;
        if (isAfter) {
            effect();
        }
        throw new Crash();
    };
}

/** Lets one call of AWS fail: refused, or with a lost response. */
export function failAt(cloud: MemoryCloud, number: number, isAfter: boolean): void {
    let calls = 0;
    cloud.gate = (name, _isChange, effect) => {
        calls += name === "save" ? 0 : 1;
        if (calls !== number || name === "save") {
            return effect();
        }
        if (isAfter) {
            effect();
        }
        throw new Error(`${name} fails`);
    };
}

/** Lets the record not be saved any more, from the time with this number on. */
export function failToSave(cloud: MemoryCloud, number: number): void {
    let saves = 0;
    cloud.gate = (name, _isChange, effect) => {
        saves += name === "save" ? 1 : 0;
        if (name === "save" && saves >= number) {
            throw new Error("Parameter Store does not respond");
        }
        return effect();
    };
}

/** Lets a person start each server that is stopped, as somebody may who does not know of a restore. */
export async function startAll(cloud: MemoryCloud): Promise<void> {
    for (const { id, state } of cloud.instances.values()) {
        if (state === "stopped") {
            await cloud.startInstance(id).catch(() => undefined);
            await cloud.findInstance(id);
        }
    }
}

/** Loses the response of each call that changes something. */
export function loseResponses(cloud: MemoryCloud, names: readonly string[]): void {
    cloud.gate = (name, _isChange, effect) => {
        const result = effect();
        if (names.includes(name)) {
            throw new Error(`the response to ${name} is lost`);
        }
        return result;
    };
}

/** Takes all faults away. */
export function heal(cloud: MemoryCloud): void {
    cloud.gate = (_name, _isChange, effect) => effect();
}
