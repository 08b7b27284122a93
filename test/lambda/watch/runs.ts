import type { Memory } from "../../../lambda/watch/memory";
import { readMemory } from "../../../lambda/watch/memoryLog";
import type { Reading } from "../../../lambda/watch/reading";
import type { WatchReport } from "../../../lambda/watch/reportLine";
import type { Signal, Signals } from "../../../lambda/watch/signals";
import { type WatchContext, watch } from "../../../lambda/watch/watch";
import type { WatchSettings } from "../../../lambda/watch/watchSettings";
import type { StoredMessage } from "../../../rehearsal/embeddedAws/state";
import { type Clients, withAws } from "../../support/awsClients";
import { type Fault, missingResponse } from "../../support/faults";
import { MORNING, SETTINGS, SIGNALS, TARGETS } from "./account";

export const TOPIC = TARGETS.topicArn;
export const CHAT = "arn:aws:sns:eu-central-1:123456789012:chat";

/** One run of the watch, and the account around it. */
export interface Step {
    readonly time?: number;
    /** Whether the report of the day is due. */
    readonly report?: unknown;
    readonly signals?: Signals;
    readonly settings?: Partial<WatchSettings>;
    /** Topics that exist. */
    readonly topics?: readonly string[];
    /** Whether the policy has a topic for the chat. */
    readonly hasChat?: boolean;
    /** Why the watch can't read its own log. */
    readonly unreadMemory?: string;
    readonly context?: WatchContext;
    /** Replaces the reading of AWS. */
    readonly read?: Parameters<typeof watch>[5];
    /** Replaces the writing of records; nothing is written if left out. */
    readonly record?: Parameters<typeof watch>[6];
    /** Whether SNS never responds. */
    readonly isSilent?: boolean;
}

export interface Ran {
    /** The messages of the run. */
    readonly messages: readonly StoredMessage[];
    /** The error's name and message. */
    readonly error?: string;
    readonly report?: WatchReport;
    /** The lines that the run wrote, and in how many writes. */
    readonly lines: readonly string[];
    readonly writes: number;
    /** The memory that the next run reads from the log. */
    readonly memory: Memory | undefined;
}

/** Runs the watch several times. Each run reads the memory from the log of those before; the embedded SNS takes its messages. */
export async function runs(...steps: readonly Step[]): Promise<Ran[]> {
    const messages: StoredMessage[] = [];
    const topics = new Map<string, []>();
    let fault: Fault | undefined;
    const play = async (clients: Clients) => {
        const [log, results]: [string[], Ran[]] = [[], []];
        for (const { topics: existing = [TOPIC, CHAT], isSilent, ...step } of steps) {
            fault = isSilent ? missingResponse : undefined;
            topics.clear();
            for (const topic of existing) {
                topics.set(topic, []);
            }
            const before = messages.length;
            const { writes, ...result } = await written(() => runOnce(clients, step, log));
            const lines = writes.join("").split("\n").slice(0, -1);
            log.push(...lines);
            results.push({ ...result, messages: messages.slice(before), lines, writes: writes.length, memory: readMemory(log) });
        }
        return results;
    };
    return withAws({ messages, topics }, play, { faults: () => fault });
}

const recordNothing: NonNullable<Parameters<typeof watch>[6]> = async () => ({ value: { written: 0, failed: [], remaining: 0 } });

function runOnce(clients: Clients, step: Step, log: readonly string[]): Promise<WatchReport> {
    const { time = MORNING, report, signals = SIGNALS, settings, hasChat, unreadMemory, context, read, record } = step;
    const memory: Signal<Memory | undefined> = unreadMemory === undefined ? { value: readMemory(log, time) } : { unread: unreadMemory };
    const reading: Reading = { signals, memory };
    const targets = { ...TARGETS, ...(hasChat && { chatTopicArn: CHAT }) };
    const event = { time: new Date(time).toISOString(), ...(report !== undefined && { report }) };
    return watch(clients, { ...SETTINGS, ...settings }, targets, event, context, read ?? (async () => reading), record ?? recordNothing);
}

/** Runs a function, and returns its result or its error, and its writes to the log. */
export async function written<T>(
    run: () => Promise<T>,
): Promise<{ readonly writes: string[]; readonly report?: T; readonly error?: string }> {
    const writes: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (text: string | Uint8Array) => writes.push(String(text)) > 0;
    try {
        return { writes, report: await run() };
    } catch (error) {
        const { name, message } = error as Error;
        return { writes, error: `${name}: ${message}` };
    } finally {
        process.stdout.write = write;
    }
}
