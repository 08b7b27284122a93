import type { BackupSet } from "../../../lambda/retention/backupSets";
import { setId } from "../../../lambda/retention/backupSets";
import { SET_TAG } from "../../../lambda/retention/tags";
import { isRestorePoint } from "../../../lambda/watch/serverSets";
import { readWindowCommand } from "../../backup/windowCommand";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { lines, wrapLine, writeTable } from "../../output/table";
import { clock, iso } from "../../output/times";
import { describeVolumes } from "../../restore/listings";
import { chooseServer, chooseSet } from "../../restore/world/choosing";
import { readSources } from "../../restore/world/sources";
import type { Outcome, Session } from "../../session";

/** @see https://docs.aws.amazon.com/sql-server-ec2/latest/userguide/ms-ssdb-ec2-restore-vss.html */
const RUNBOOK = "AWSEC2-RestoreSqlServerDatabaseWithVss";

/** The first version that saves what the runbook needs. */
const LEAST_VERSION = [2, 4, 0] as const;

interface SqlOptions {
    /** The name of the database. */
    readonly sql: string;
    readonly from?: string;
    readonly mode?: string;
}

interface Check {
    readonly check: string;
    readonly result: "ok" | "problem" | "unknown";
    readonly sentence: string;
}

/** Prints the call of AWS's runbook, which puts a database from a restore point beside the original one, and checks what it needs. */
export async function planSql(session: Session, wanted: string, options: SqlOptions): Promise<Outcome> {
    if (options.mode !== undefined) {
        throw new Failure("--sql and --mode do not go together.", "Give one of them.", EXIT.usage);
    }
    const sources = await readSources(session);
    const serverId = chooseServer(sources, wanted);
    const set = await chooseSet(session, sources, serverId, options.from);
    const checks = [
        serverCheck(serverId, sources.instances.find(({ InstanceId }) => InstanceId === serverId)?.State?.Name),
        pointCheck(set),
        idCheck(set),
        await volumeCheck(session, set),
        versionCheck(set),
        await metadataCheck(session, set.type),
    ];
    const call = callOf({
        InstanceId: serverId,
        SourceDatabaseName: options.sql,
        TargetDatabaseName: `${options.sql}_Restored`,
        ...(setGuid(set) !== undefined && { SnapshotSetId: setGuid(set) as string }),
        RestoreWithNorecovery: "False",
    });
    return {
        exitCode: checks.some(({ result }) => result === "problem") ? EXIT.findings : EXIT.done,
        result: {
            server: serverId,
            database: options.sql,
            setTime: iso(set.startTime),
            snapshots: set.snapshots.map(({ id }) => id),
            checks,
            call,
        },
        text: textOf(session, set, checks, call),
    };
}

function textOf({ policy: { settings }, screen }: Session, set: BackupSet, checks: readonly Check[], call: string): string {
    const paragraph = (text: string) => wrapLine(text, screen.columns);
    return [
        lines([...paragraph(`AWS's runbook ${RUNBOOK}, with the set of ${clock(set.startTime, settings.timezone)}`), ""]),
        writeTable(
            ["Check", "Result", "What was found"],
            checks.map(({ check, result, sentence }) => [check, result, sentence]),
            screen.columns,
        ),
        lines([
            "",
            ...paragraph(
                "The runbook makes a new database beside the original one. SQL Server goes on. It needs basic disks, and a database that is standalone or the primary one of an availability group, from which you first remove it.",
            ),
            ...paragraph("Your role, or the role of AutomationAssumeRole, needs the managed policy AWSEC2VssRestorePolicy."),
            ...paragraph("The new volumes stay on the server. Detach and delete those that the runbook lists as unused."),
            ...paragraph("To apply logs of transactions afterwards, give RestoreWithNorecovery the value True."),
            "",
            "Hold the set first, so that the cleaner does not delete it meanwhile:",
            `  vss-backup hold ${set.anchor.id}`,
            "Then:",
            `  ${call}`,
        ]),
    ].join("");
}

/** The AWS CLI reads these simple pairs alike in all shells. Other names need JSON. */
function callOf(parameters: Readonly<Record<string, string>>): string {
    const isSimple = Object.values(parameters).every((value) => /^[\w.-]+$/.test(value));
    const given = isSimple
        ? Object.entries(parameters)
              .map(([name, value]) => `${name}=${value}`)
              .join(",")
        : `'${JSON.stringify(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]))).replaceAll("'", "'\\''")}'`;
    return `aws ssm start-automation-execution --document-name ${RUNBOOK} --parameters ${given}`;
}

/** The id of the set, if it is one of VSS. */
function setGuid(set: BackupSet): string | undefined {
    const id = setId(set.anchor);
    return id !== undefined && /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}

function serverCheck(serverId: string, state: string | undefined): Check {
    const check = "original server";
    return state === "running"
        ? { check, result: "ok", sentence: `${serverId} is running` }
        : { check, result: "problem", sentence: `${serverId} is ${state ?? "gone"}; the runbook works only on the original server` };
}

function pointCheck(set: BackupSet): Check {
    const check = "restore point";
    if (isRestorePoint(set)) {
        return { check, result: "ok", sentence: `all ${set.snapshots.length} snapshots are completed and application-consistent` };
    }
    return { check, result: "problem", sentence: set.status.kind === "restorePoint" ? "" : set.status.why };
}

function idCheck(set: BackupSet): Check {
    const check = "id of the set";
    const id = setGuid(set);
    return id !== undefined
        ? { check, result: "ok", sentence: id }
        : { check, result: "problem", sentence: `the tag ${SET_TAG} has none, and the runbook finds the snapshots by it` };
}

/** The runbook reads type and zone of each new volume from the original one. */
async function volumeCheck({ clients, abortSignal }: Session, set: BackupSet): Promise<Check> {
    const ids = set.snapshots.map(({ volumeId }) => volumeId);
    const found = await describeVolumes(clients.ec2, [{ Name: "volume-id", Values: ids }], abortSignal);
    const lost = ids.filter((id) => !found.some(({ VolumeId }) => VolumeId === id));
    const check = "original volumes";
    return lost.length === 0
        ? { check, result: "ok", sentence: `${ids.join(", ")} exist` }
        : { check, result: "problem", sentence: `${lost.join(", ")} no longer exist; the runbook reads their type and zone` };
}

/** AWS does not document the form of the tag. It has been seen to hold the version of the components. */
function versionCheck(set: BackupSet): Check {
    const check = "AwsVssComponents";
    const [version, ...parts] = /(\d+)\.(\d+)\.(\d+)/.exec(set.anchor.tags[SET_TAG] ?? "") ?? [];
    if (version === undefined) {
        return { check, result: "unknown", sentence: "the tag of the set names no version; it must be 2.4.0 or later" };
    }
    const difference = LEAST_VERSION.map((least, i) => Number(parts[i]) - least).find((one) => one !== 0) ?? 0;
    return difference >= 0
        ? { check, result: "ok", sentence: `${version} took the backup` }
        : { check, result: "problem", sentence: `${version} took the backup, which saves no metadata; 2.4.0 or later does` };
}

/** No tag tells whether a run saved its metadata. Only the files on the server do. */
async function metadataCheck(session: Session, type: string | undefined): Promise<Check> {
    const { Parameters = {} } = type === undefined ? {} : await readWindowCommand(session, type);
    const isSaving = Parameters.SaveVssMetadata?.[0] === "True";
    return {
        check: "SaveVssMetadata",
        result: isSaving ? "unknown" : "problem",
        sentence: isSaving
            ? "the window saves it now; look for the files of this set in C:\\ProgramData\\Amazon\\AwsVss\\VssMetadata on the server"
            : "the window does not save it; deploy the policy with saveVssMetadata. Older sets may still have it: look in C:\\ProgramData\\Amazon\\AwsVss\\VssMetadata on the server",
    };
}
