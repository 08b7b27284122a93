import { type BackupSet, backupSets } from "../lambda/retention/backupSets";
import { POLICY_TAG } from "../lambda/retention/tags";
import type { Finding } from "../lambda/watch/finding";
import { type Health, health } from "../lambda/watch/health";
import { plain } from "../lambda/watch/plainText";
import { readSignals } from "../lambda/watch/reading";
import { type ServerSets, serverSets, setOwners } from "../lambda/watch/serverSets";
import type { Server, Signal, Signals, SizedSnapshot } from "../lambda/watch/signals";
import { EXIT } from "./exitCodes";
import { Failure, failureOf } from "./failure";
import { labelOf } from "./serverLabel";
import type { Session } from "./session";
import { suggestionOf } from "./suggestion";
import { type Choice, withChoice } from "./userCommands";

/** An account as the watch sees it. */
export interface Account {
    readonly signals: Signals;
    readonly health: Health;
    /** When the watch last ran, in milliseconds since 1970; undefined if its log has no run. */
    readonly lastWatch: Signal<number | undefined>;
}

/** Reads the account and judges it with the watch's own functions. */
export async function readAccount({ policy, clients, now, abortSignal, choice }: Session): Promise<Account> {
    const { settings, targets, watchFunction } = policy;
    const { signals, memory } = await readSignals(clients, settings, targets, now, abortSignal);
    abortSignal.throwIfAborted();
    // A policy without watch has no log of it.
    const before = watchFunction === undefined ? { value: undefined } : memory;
    const found = health(now, settings, targets, signals, before);
    return {
        signals,
        health: { ...found, findings: found.findings.map((finding) => forCaller(finding, choice)) },
        lastWatch: "unread" in memory ? memory : { value: memory.value?.time },
    };
}

/** Rewrites a finding of the watch for the user of the command line: with the options that the user gave. */
function forCaller(given: Finding, choice: Choice): Finding {
    const finding = readAsCaller(given);
    return { ...finding, cure: withChoice(finding.cure, choice) };
}

/** Rewrites the finding of a listing that could not be read. The watch speaks of its own role, and here the caller needs the permission. */
function readAsCaller(finding: Finding): Finding {
    const [, listing, unread] = /^The watch could not read ([^:]+): (.*)$/s.exec(finding.sentence) ?? [];
    if (finding.kind !== "unread" || listing === undefined || unread === undefined) {
        return finding;
    }
    const { message, cure } = failureOfListing(unread);
    const words = finding.about === "memory" ? "the log of the watch" : listing;
    return { ...finding, sentence: `vss-backup could not read ${words}: ${message}`, cure: cure ?? "Run the command again." };
}

/** Explains why a listing broke off. */
export function failureOfListing(unread: string): Failure {
    const [, name = "Error", message = unread] = /broke off: ([\w.]+): (.*)$/s.exec(unread) ?? [];
    return failureOf(Object.assign(new Error(message), { name }));
}

/** Returns the value of a signal that a command needs. */
export function needed<T>(signal: Signal<T>): T {
    if ("unread" in signal) {
        throw failureOfListing(signal.unread);
    }
    return signal.value;
}

const NO_SERVER = "no server";

/** The servers of the region, and the policy's backup sets. */
export interface Backups {
    readonly servers: readonly Server[];
    readonly snapshots: readonly SizedSnapshot[];
    /** Newest first. */
    readonly sets: readonly BackupSet[];
    readonly byServer: ServerSets;
    /** Finds the servers of a set by their attached volumes. Only a set that was found by its time may have several. */
    serversOf(set: BackupSet): readonly Server[];
    /** The first of these servers; undefined if no server has the volumes any more. */
    serverOf(set: BackupSet): Server | undefined;
    /** Names the servers of a set as shortly as possible: by name, or also by id if another server has this name. */
    labelOf(set: BackupSet): string;
    /** The size of a snapshot's volume in GiB. */
    sizeOf(snapshotId: string): number;
}

/** Groups the snapshots of a policy by set and by server. */
export function backupsOf(
    { policy: { settings }, now }: Session,
    servers: readonly Server[],
    snapshots: readonly SizedSnapshot[],
): Backups {
    const ofPolicy = snapshots.filter(({ tags }) => tags[POLICY_TAG] === settings.name);
    const byId = new Map(servers.map((server) => [server.id, server]));
    const ownersOf = setOwners(servers);
    const sizes = new Map(ofPolicy.map(({ id, sizeGib }) => [id, sizeGib]));
    const namesakes = new Map<string, number>();
    for (const name of servers.map((server) => plain(server.name))) {
        namesakes.set(name, (namesakes.get(name) ?? 0) + 1);
    }
    const serversOf = (set: BackupSet) => [...ownersOf(set)].flatMap((id) => byId.get(id) ?? []);
    const shortLabel = (server: Server) => {
        const name = plain(server.name);
        return namesakes.get(name) === 1 && name !== "" ? name : serverLabel(server);
    };
    return {
        servers,
        snapshots: ofPolicy,
        sets: backupSets(ofPolicy, settings, now),
        byServer: serverSets(ofPolicy, servers, settings, now),
        serversOf,
        serverOf: (set) => serversOf(set)[0],
        labelOf: (set) => serversOf(set).map(shortLabel).join(", ") || NO_SERVER,
        sizeOf: (id) => sizes.get(id) ?? 0,
    };
}

/** Whether a user means this server: by its id or its name. */
export function isNamed({ id, name }: Server, wanted: string): boolean {
    return id === wanted || name === wanted;
}

/** The ids and the names by which a user may call servers. */
export function namesOf(servers: readonly Server[]): string[] {
    return servers.flatMap(({ id, name }) => (name === "" ? [id] : [name, id]));
}

/** Finds the servers with an id or a name. @throws Failure if there is none */
export function findServers({ servers }: Backups, wanted: string): readonly Server[] {
    const found = servers.filter((server) => isNamed(server, wanted));
    if (found.length === 0) {
        throw new Failure(
            `This region has no server ${wanted}.${suggestionOf(wanted, namesOf(servers))}`,
            "Give the id or the value of the tag Name of an EC2 instance. To list them: vss-backup status",
            EXIT.usage,
        );
    }
    return found;
}

/** Names the servers of a set for a person, with their ids. */
export function serversLabel(servers: readonly Server[]): string {
    return servers.map(serverLabel).join(", ") || NO_SERVER;
}

/** Names a server for a person, or says that there is none. */
export function serverLabel(server: Server | undefined): string {
    return server === undefined ? NO_SERVER : labelOf(server);
}
