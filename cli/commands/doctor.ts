import { plain } from "../../lambda/watch/plainText";
import { type Account, type Backups, backupsOf, readAccount } from "../account";
import { findingRows } from "../doctor/findingRows";
import { type OlderRuns, readOlderRuns } from "../doctor/olderRuns";
import { permissionRows } from "../doctor/permissionRows";
import { quotaRows } from "../doctor/quotaRows";
import { CHECKS, type Row } from "../doctor/row";
import { runRows } from "../doctor/runRows";
import { watchRow } from "../doctor/watchRow";
import { EXIT, type ExitCode } from "../exitCodes";
import { type Colors, colorsOf } from "../output/colors";
import { cureLines } from "../output/findings";
import { lines, wrapLine, writeTable } from "../output/table";
import { clock, inZone } from "../output/times";
import type { Outcome, Session } from "../session";
import { withChoice } from "../userCommands";

const NONE: OlderRuns = { invocations: [], unknown: new Set(), rows: [] };

/** Looks at everything that backups need: a row for each fact, with its result and its cure. */
export async function doctor(session: Session): Promise<Outcome> {
    const { policy, screen } = session;
    const { excludeTag } = policy.settings;
    const { key, value } = policy.targets.serverTag;
    const [account, quotas] = await Promise.all([readAccount(session), quotaRows(session)]);
    const { servers, snapshots, invocations } = account.signals;
    const backups: Backups = backupsOf(session, "value" in servers ? servers.value : [], "value" in snapshots ? snapshots.value : []);
    const watched = backups.servers.filter(({ tags }) => tags[key] === value && tags[excludeTag] === undefined);
    const older = "value" in invocations ? await readOlderRuns(session, account.health.findings, invocations.value) : NONE;
    const found: readonly Row[] = [
        ...findingRows(account),
        ...(await permissionRows(session, backups.snapshots[0]?.id, existingTypes(account.signals.windows, policy))),
        ...("value" in servers && "value" in invocations
            ? runRows({
                  servers: watched,
                  invocations: [...invocations.value, ...older.invocations],
                  backups,
                  findings: account.health.findings,
                  targets: policy.targets,
                  unknown: older.unknown,
              })
            : []),
        ...older.rows,
        watchRow(session, account),
        ...quotas,
    ];
    const rows = CHECKS.flatMap((check) => withoutFalseComfort(found.filter((row) => row.check === check))).map((row) =>
        row.cure === undefined ? row : { ...row, cure: withChoice(row.cure, session.choice) },
    );
    return {
        exitCode: exitCodeOf(rows),
        result: { checks: rows },
        text: textOf(rows, session, colorsOf(screen)),
    };
}

/** The types whose windows exist, as far as that is known. The watch has a finding for each of the others. */
function existingTypes(windows: Account["signals"]["windows"], { settings, targets }: Session["policy"]): string[] {
    const isThere = (type: string) => "unread" in windows || windows.value.some(({ id }) => id === targets.windowIds[type]);
    return Object.keys(settings.retention).filter(isThere);
}

/** Without an answer of AWS, nobody knows if all is well. */
function exitCodeOf(rows: readonly Row[]): ExitCode {
    if (rows.some(({ result }) => result === "problem")) {
        return EXIT.findings;
    }
    return rows.some(({ result }) => result === "unknown") ? EXIT.partly : EXIT.done;
}

/** Leaves out the good news of a check that found a problem. */
function withoutFalseComfort(rows: readonly Row[]): readonly Row[] {
    return rows.some(({ result }) => result === "problem") ? rows.filter(({ result }) => result !== "ok") : rows;
}

function textOf(rows: readonly Row[], { policy, region, now, screen }: Session, colors: Colors): string {
    const { name, timezone } = policy.settings;
    const painted = { ok: colors.good("ok"), problem: colors.bad("problem"), note: "note", unknown: colors.bad("unknown") };
    const steps = rows.filter(({ cure }) => cure !== undefined);
    return [
        lines([...wrapLine(`Policy ${name} in ${region} at ${clock(now, timezone)}, ${timezone}.`, screen.columns), ""]),
        writeTable(
            ["Check", "Result", "Explanation"],
            rows.map(({ check, result, sentence }) => [check, painted[result], inZone(plain(sentence), timezone)]),
            screen.columns,
        ),
        ...(steps.length === 0 ? [] : [lines(["", colors.title("NEXT STEPS")])]),
        ...steps.map(({ sentence, cure = "" }) =>
            lines(["", ...wrapLine(`- ${inZone(plain(sentence), timezone)}`, screen.columns, "  "), ...cureLines(cure, screen.columns)]),
        ),
    ].join("");
}
