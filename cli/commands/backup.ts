import { counted } from "../../lambda/retention/wording";
import { plain } from "../../lambda/watch/plainText";
import { listNodes } from "../../lambda/watch/reading/nodes";
import { isOffline } from "../../lambda/watch/serverFindings";
import type { Server } from "../../lambda/watch/signals";
import { isNamed, namesOf, serverLabel } from "../account";
import { follow, type SentCommand } from "../backup/follow";
import type { RunState } from "../backup/runState";
import { send } from "../backup/send";
import { readWindowCommand } from "../backup/windowCommand";
import { type ActingOptions, confirm } from "../confirmation";
import { EXIT, type ExitCode } from "../exitCodes";
import { Failure, failureOf } from "../failure";
import { listBackups } from "../listing";
import { commandLines } from "../output/findings";
import { lines, writeTable } from "../output/table";
import { clock, iso } from "../output/times";
import { wordOf } from "../serverLabel";
import type { Outcome, Session } from "../session";
import { suggestionOf } from "../suggestion";
import { withChoice } from "../userCommands";

/** Systems Manager takes up to 50 ids in a command. */
const INSTANCE_IDS = 50;

interface BackupOptions extends ActingOptions {
    readonly type?: string;
    /** Ids or names. */
    readonly server?: readonly string[];
}

/** The servers that a backup is for. */
interface Chosen {
    readonly servers: readonly Server[];
    /** Those that no command can reach now. */
    readonly unreachable: readonly Server[];
}

/** Takes a backup now, as the window of a type does, and follows it until each set is a restore point. */
export async function backup(session: Session, options: BackupOptions): Promise<Outcome> {
    const { policy, clients } = session;
    const type = typeOf(session, options.type);
    const [{ servers, snapshots }, nodes, request] = await Promise.all([
        listBackups(session),
        listNodes(clients.ssm, policy.targets, session.abortSignal),
        readWindowCommand(session, type),
    ]);
    const managed = new Set(nodes.filter((node) => !isOffline(node, session.now)).map(({ id }) => id));
    const chosen = choose(session, servers, options.server);
    const reachable = chosen.filter(({ id, state }) => state === "running" && managed.has(id));
    const unreachable = chosen.filter((server) => !reachable.includes(server));
    if (reachable.length === 0) {
        throw new Failure(`Systems Manager reaches none of these servers: ${names(chosen)}.`, "To see why: vss-backup doctor");
    }
    await confirm(
        session,
        { sentences: sentencesFor(type, { servers: reachable, unreachable }), word: wordFor(session, options, chosen) },
        options,
    );
    const id = await send(session, request, options.server === undefined ? undefined : reachable);
    const command = { id, type, servers: reachable, before: new Set(snapshots.map((snapshot) => snapshot.id)) };
    const states = await follow(session, command).catch((error: unknown) => {
        throw stopped(error, id);
    });
    return outcome(session, command, unreachable, states);
}

/** The type that the user names, or else the first one of the policy. */
function typeOf({ policy: { settings } }: Session, wanted: string | undefined): string {
    const types = Object.keys(settings.retention);
    const type = wanted ?? types[0] ?? "";
    if (!types.includes(type)) {
        throw new Failure(
            `Policy ${settings.name} has no type ${type}.${suggestionOf(type, types)}`,
            `It has: ${types.join(", ")}. Check --type.`,
            EXIT.usage,
        );
    }
    return type;
}

/** The servers with the server tag; or those of them that the user names. */
function choose({ policy }: Session, servers: readonly Server[], wanted: readonly string[] | undefined): readonly Server[] {
    const { key, value } = policy.targets.serverTag;
    const tagged = servers.filter(({ tags }) => tags[key] === value);
    if (wanted === undefined) {
        if (tagged.length === 0) {
            throw new Failure(`No server has the tag ${key}=${value}.`, "Tag the servers that the policy shall back up.");
        }
        return tagged;
    }
    const missing = wanted.find((name) => !tagged.some((server) => isNamed(server, name)));
    if (missing !== undefined) {
        throw new Failure(
            `The policy has no server ${missing}.${suggestionOf(missing, namesOf(tagged))}`,
            `Servers need the tag ${key}=${value}. To list them: vss-backup status`,
            EXIT.usage,
        );
    }
    const chosen = tagged.filter((server) => wanted.some((name) => isNamed(server, name)));
    if (chosen.length > INSTANCE_IDS) {
        throw new Failure(
            `These are ${chosen.length} servers. Systems Manager takes ${INSTANCE_IDS} in a command.`,
            "Leave --server out.",
            EXIT.usage,
        );
    }
    return chosen;
}

function sentencesFor(type: string, { servers, unreachable }: Chosen): string[] {
    return [
        `Take a ${type} backup of ${counted(servers.length, "server")} now: ${names(servers)}.`,
        ...(unreachable.length === 0 ? [] : [`Systems Manager does not reach ${names(unreachable)}.`]),
    ];
}

function names(servers: readonly Server[]): string {
    const shown = servers.slice(0, 10).map(serverLabel).join(", ");
    return servers.length > 10 ? `${shown} and ${servers.length - 10} more` : shown;
}

/** The name of the only server that the user names, or else of the policy. */
function wordFor({ policy }: Session, { server }: BackupOptions, chosen: readonly Server[]): string {
    const [only, ...others] = chosen;
    return server !== undefined && only && others.length === 0 ? wordOf(only) : policy.settings.name;
}

/** The backup goes on when nobody follows it any more. */
function stopped(error: unknown, commandId: string): Failure {
    const { message, cure, exitCode, permission } = failureOf(error);
    const goesOn = `The backup goes on as command ${commandId}. To see its restore points: vss-backup status`;
    return new Failure(message, cure === undefined ? goesOn : `${cure}\n${goesOn}`, exitCode, permission);
}

function withOptions(state: RunState, choice: Session["choice"]): RunState {
    return state.kind === "failed" ? { ...state, cure: withChoice(state.cure, choice) } : state;
}

function outcome(
    { policy: { settings }, screen, choice }: Session,
    { id, type, servers }: SentCommand,
    unreachable: readonly Server[],
    states: ReadonlyMap<string, RunState>,
): Outcome {
    const noWay: RunState = {
        kind: "failed",
        why: "Systems Manager does not reach it",
        cure: "Start the server and its SSM Agent. To see more: vss-backup doctor",
    };
    const all = [...servers, ...unreachable].map((server) => ({ server, state: withOptions(states.get(server.id) ?? noWay, choice) }));
    const done = all.filter(({ state }) => state.kind === "done").length;
    const exitCode: ExitCode = done === all.length ? EXIT.done : done === 0 ? EXIT.error : EXIT.partly;
    const rows = all.map(({ server, state }) => [
        serverLabel(server),
        state.kind === "done"
            ? `restore point of ${clock(state.set.startTime, settings.timezone)}, ${counted(state.set.snapshots.length, "snapshot")}`
            : "",
        state.kind === "failed" ? `failed: ${plain(state.why)}` : "",
    ]);
    const cures = [...new Set(all.flatMap(({ state }) => (state.kind === "failed" ? [state.cure] : [])))];
    return {
        exitCode,
        result: {
            type,
            commandId: id,
            servers: all.map(({ server, state }) => ({
                id: server.id,
                name: server.name,
                ...(state.kind === "done" && {
                    time: iso(state.set.startTime),
                    snapshots: state.set.snapshots.map((snapshot) => snapshot.id),
                }),
                ...(state.kind === "failed" && { failure: state.why, cure: state.cure }),
            })),
        },
        text: [
            writeTable(
                ["Server", "Result"],
                rows.map(([server = "", good = "", bad = ""]) => [server, good || bad]),
                screen.columns,
            ),
            ...(cures.length === 0 ? [] : [lines(["", ...cures.flatMap((cure) => commandLines(cure, screen.columns))])]),
        ].join(""),
    };
}
