import { listSnapshotsWithTag } from "../../lambda/cleaner/listing";
import type { BackupSet } from "../../lambda/retention/backupSets";
import { POLICY_TAG, SET_TAG, TYPE_TAG } from "../../lambda/retention/tags";
import { counted } from "../../lambda/retention/wording";
import { plain } from "../../lambda/watch/plainText";
import { listServers } from "../../lambda/watch/reading/servers";
import type { Server } from "../../lambda/watch/signals";
import { backupsOf, serverLabel } from "../account";
import { type Candidate, candidatesIn } from "../adopt/candidates";
import { makePredictor, type Prediction, predictionWords } from "../adopt/prediction";
import { GO_ON, idsOf, type Tagging, tagSets } from "../adopt/tagging";
import { type ActingOptions, confirm } from "../confirmation";
import { EXIT, type ExitCode } from "../exitCodes";
import type { Failure } from "../failure";
import { commandLines } from "../output/findings";
import { lines, wrapLine, writeTable } from "../output/table";
import { clock, inZone, iso } from "../output/times";
import type { Outcome, Session } from "../session";
import { withChoice } from "../userCommands";

interface AdoptOptions extends ActingOptions {
    /** Tag the snapshots. Without it, nothing is changed. */
    readonly apply: boolean;
}

interface Shown extends Candidate {
    /** Undefined if none of the volumes is attached. */
    readonly server: Server | undefined;
}

/** Finds the sets that somebody made by hand, shows them, and tags them as the policy's. */
export async function adopt(session: Session, options: AdoptOptions): Promise<Outcome> {
    const { policy, clients, abortSignal } = session;
    const [servers, listed] = await Promise.all([
        listServers(clients.ec2, abortSignal),
        listSnapshotsWithTag(clients.ec2, [TYPE_TAG, SET_TAG], abortSignal),
    ]);
    const { name } = policy.settings;
    const candidates = candidatesIn(session, servers, listed);
    const adopted = candidates.filter(({ refusal }) => refusal === undefined).map(({ set }) => set);
    const { serverOf } = backupsOf(session, servers, []);
    const shown = candidates.map((candidate) => ({ ...candidate, server: serverOf(candidate.set) }));
    const predict = await makePredictor(session, listed, adopted);
    const prediction = predict(adopted);
    if (!options.apply || adopted.length === 0) {
        return outcome(session, shown, { prediction, exitCode: options.apply && candidates.length > 0 ? EXIT.error : EXIT.done });
    }
    const sentences = [
        `Tag ${counted(idsOf(adopted).length, "snapshot")} of ${counted(adopted.length, "set")} as those of policy ${name}. The next run of the cleaner then ${predictionWords(prediction, "deletes")}.`,
    ];
    await confirm(session, { sentences, word: name }, options);
    const tagging = await tagSets(session, adopted);
    return outcome(session, shown, {
        tagging,
        prediction: predict(tagging.tagged),
        exitCode: tagging.tagged.length < candidates.length ? EXIT.partly : EXIT.done,
    });
}

/** What a run found or did. */
interface Findings {
    /** Undefined if nothing was to be tagged. */
    readonly tagging?: Tagging;
    readonly prediction: Prediction;
    readonly exitCode: ExitCode;
}

function outcome(session: Session, shown: readonly Shown[], { tagging, prediction, exitCode }: Findings): Outcome {
    const { columns } = session.screen;
    const adoptable = shown.filter(({ refusal }) => refusal === undefined).map(({ set }) => set);
    const tagged = new Set(tagging?.tagged);
    const rows = shown.map(({ set, server, refusal }) => [
        timeOf(session, set),
        set.type ?? "",
        serverLabel(server),
        String(set.snapshots.length),
        refusal === undefined
            ? tagging === undefined
                ? "can be adopted"
                : tagged.has(set)
                  ? "adopted"
                  : "not adopted"
            : `refused: ${inZone(plain(refusal), session.policy.settings.timezone)}`,
    ]);
    return {
        exitCode,
        result: {
            applied: tagging !== undefined,
            sets: shown.map(({ set, server, refusal }) => ({
                ...(server && { server: server.id, name: server.name }),
                ...(set.type !== undefined && { type: set.type }),
                ...(!Number.isNaN(set.startTime) && { time: iso(set.startTime) }),
                snapshots: set.snapshots.map(({ id }) => id),
                ...(refusal !== undefined && { refusal }),
            })),
            ...(tagging?.failure && {
                stopped: {
                    message: tagging.failure.message,
                    ...(tagging.failure.cure !== undefined && { cure: withChoice(tagging.failure.cure, session.choice) }),
                    ...(tagging.failure.permission !== undefined && { permission: tagging.failure.permission }),
                    tagged: idsOf(tagging.tagged),
                    notTagged: idsOf(adoptable.filter((set) => !tagged.has(set))),
                },
            }),
            deletedByNextRun: prediction.next,
        },
        text:
            rows.length === 0
                ? lines(wrapLine(`There are no snapshots with the tag ${TYPE_TAG} and without the tag ${POLICY_TAG}.`, columns))
                : [
                      writeTable(["Time", "Type", "Server", "Snapshots", "Result"], rows, columns),
                      ...(tagging?.failure
                          ? [
                                lines([
                                    "",
                                    ...stopLines(tagging.failure, tagging.tagged, adoptable).flatMap((line) =>
                                        commandLines(withChoice(line, session.choice), columns),
                                    ),
                                ]),
                            ]
                          : []),
                      lines([
                          "",
                          ...wrapLine(
                              `The next run of the cleaner ${predictionWords(prediction, tagging ? "deletes" : "would delete")}.`,
                              columns,
                          ),
                      ]),
                      ...(tagging || adoptable.length === 0
                          ? []
                          : [lines(commandLines(withChoice("To adopt them: vss-backup adopt --apply", session.choice), columns))]),
                  ].join(""),
    };
}

function stopLines({ message, cure }: Failure, tagged: readonly BackupSet[], adoptable: readonly BackupSet[]): string[] {
    return [
        `Tagged ${idsOf(tagged).length} of ${counted(idsOf(adoptable).length, "snapshot")}, then an error stopped it.`,
        message,
        ...(cure === undefined ? [] : [cure]),
        GO_ON,
    ];
}

function timeOf({ policy: { settings } }: Session, { startTime }: BackupSet): string {
    return Number.isNaN(startTime) ? "unknown" : clock(startTime, settings.timezone);
}
