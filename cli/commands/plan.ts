import type { Decision, Plan } from "../../lambda/retention/plan";
import { planCleaning } from "../../lambda/retention/plan";
import type { StaleVolume } from "../../lambda/retention/staleVolumes";
import { counted } from "../../lambda/retention/wording";
import { plain } from "../../lambda/watch/plainText";
import { type Backups, backupsOf } from "../account";
import { type Change, changedPolicy } from "../changedPolicy";
import { EXIT } from "../exitCodes";
import { listBackups } from "../listing";
import { lines, wrapLine, writeTable } from "../output/table";
import { clock, inZone } from "../output/times";
import { deletionRuns, type PlannedSet, plannedSets, readLostVolumes } from "../planning";
import type { Outcome, Session } from "../session";
import { listedSet, SET_TITLES, setCells } from "../sets";

/** Options of the command. */
export interface PlanOptions {
    readonly retention?: Change["retention"];
    readonly schedule?: Change["schedules"];
}

type Action = Decision["action"];

/** A set, with the action of the deployed policy beside that of the changed one. */
interface ComparedSet extends PlannedSet {
    /** As deployed. */
    readonly deployedAction: Action;
}

/** A part of the plan, under a title. */
interface Section {
    readonly title: string;
    readonly sets: readonly ComparedSet[];
}

/** Shows what the cleaner would do now, and why; or what it would do after a change of retention or schedules. */
export async function plan(session: Session, { retention = {}, schedule = {} }: PlanOptions): Promise<Outcome> {
    const { now, screen } = session;
    const { settings } = session.policy;
    const isChanged = Object.keys({ ...retention, ...schedule }).length > 0;
    const changed = isChanged ? changedPolicy(settings, { retention, schedules: schedule }, now) : settings;
    const { servers, snapshots } = await listBackups(session);
    const backups = backupsOf(session, servers, snapshots);
    const lost = await readLostVolumes(session, snapshots, [settings, changed]);
    const planned = planCleaning(snapshots, changed, now, lost);
    const deployed = isChanged ? planCleaning(snapshots, settings, now, lost) : planned;
    const sets = compare(plannedSets(planned, snapshots, changed, now), deployed);
    return {
        exitCode: EXIT.done,
        result: {
            retention: changed.retention,
            schedules: changed.schedules,
            timezone: changed.timezone,
            changed: isChanged,
            reportOnly: changed.reportOnly,
            maxDeletionsPerRun: changed.maxDeletionsPerRun,
            counts: countsOf(planned),
            sets: sets.map(({ set, decisions, action, deployedAction }) => ({
                ...listedSet(set, decisions, backups),
                action,
                ...(isChanged && { deployedAction }),
            })),
            staleVolumes: planned.staleVolumes.map(({ volumeId, reason }) => ({ volume: volumeId, reason })),
        },
        text: [
            lines([
                ...heading(session, isChanged ? changed : undefined).flatMap((line) => wrapLine(line, screen.columns)),
                ...notes(planned, changed).flatMap((line) => wrapLine(line, screen.columns)),
            ]),
            ...(isChanged ? changeSections(sets) : sections(sets)).map((section) => sectionText(section, backups, session)),
            staleText(planned.staleVolumes, settings.timezone, screen.columns),
        ].join(""),
    };
}

/** Adds the decisions of another plan for the same snapshots. */
function compare(sets: readonly PlannedSet[], deployed: Plan): ComparedSet[] {
    const actions = new Map(deployed.decisions.map(({ snapshot, action }) => [snapshot.id, action]));
    return sets.map((planned) => ({ ...planned, deployedAction: actions.get(planned.set.anchor.id) ?? planned.action }));
}

function countsOf({ decisions }: Plan): Readonly<Record<Action, number>> {
    const count = (action: Action) => decisions.filter((decision) => decision.action === action).length;
    return { keep: count("keep"), leave: count("leave"), delete: count("delete") };
}

function heading({ policy, now }: Session, changed: Change | undefined): string[] {
    const { name, timezone } = policy.settings;
    const at = `Plan for policy ${name} at ${clock(now, timezone)}, ${timezone}`;
    if (changed === undefined) {
        return [`${at}.`];
    }
    const types = Object.entries(changed.retention).map(([type, count]) => `${type} ${count}, ${changed.schedules[type]}`);
    return [`${at}, with a change that is not deployed: ${types.join("; ")}.`];
}

function notes(
    planned: Plan,
    { reportOnly, maxDeletionsPerRun }: { readonly reportOnly: boolean; readonly maxDeletionsPerRun: number },
): string[] {
    const counts = countsOf(planned);
    const runs = deletionRuns(planned.deletions, maxDeletionsPerRun).length;
    return [
        `Snapshots: ${counts.delete} to delete, ${counts.leave} to leave alone, ${counts.keep} to keep.`,
        ...(reportOnly ? ["The cleaner deletes nothing, because reportOnly is true."] : []),
        ...(runs > 1 && !reportOnly ? [`A run deletes at most ${counted(maxDeletionsPerRun, "snapshot")}, so it takes ${runs} runs.`] : []),
    ];
}

function sections(sets: readonly ComparedSet[]): Section[] {
    const by = (action: Action) => sets.filter((set) => set.action === action);
    return [
        { title: "DELETE", sets: by("delete") },
        { title: "LEAVE ALONE", sets: by("leave") },
        { title: "KEEP", sets: by("keep") },
    ];
}

function changeSections(sets: readonly ComparedSet[]): Section[] {
    const isDeleted = ({ action }: ComparedSet) => action === "delete";
    const wasDeleted = ({ deployedAction }: ComparedSet) => deployedAction === "delete";
    return [
        { title: "DELETED BECAUSE OF THE CHANGE", sets: sets.filter((set) => isDeleted(set) && !wasDeleted(set)) },
        { title: "STAY BECAUSE OF THE CHANGE", sets: sets.filter((set) => !isDeleted(set) && wasDeleted(set)) },
        { title: "DELETED IN ANY CASE", sets: sets.filter((set) => isDeleted(set) && wasDeleted(set)) },
        { title: "STAY IN ANY CASE", sets: sets.filter((set) => !isDeleted(set) && !wasDeleted(set)) },
    ];
}

function sectionText({ title, sets }: Section, backups: Backups, { policy, screen }: Session): string {
    const rows = sets.map(({ set, reason }) => [
        ...setCells(set, backups, policy.settings.timezone),
        inZone(plain(reason), policy.settings.timezone),
    ]);
    const heading = lines(["", `${title}: ${sets.length} ${sets.length === 1 ? "set" : "sets"}`]);
    return rows.length === 0 ? heading : `${heading}\n${writeTable([...SET_TITLES, "Reason"], rows, screen.columns)}`;
}

function staleText(volumes: readonly StaleVolume[], timezone: string, columns: number): string {
    const sentences = volumes.flatMap(({ volumeId, reason }) =>
        wrapLine(`- ${volumeId}: ${inZone(plain(reason), timezone)}`, columns, "  "),
    );
    return volumes.length === 0 ? "" : lines(["", `VOLUMES WITHOUT RECENT RESTORE POINTS: ${volumes.length}`, "", ...sentences]);
}
