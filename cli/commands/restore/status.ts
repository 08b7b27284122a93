import { DescribeVolumeStatusCommand } from "@aws-sdk/client-ec2";
import { EXIT } from "../../exitCodes";
import { lines, wrapLine, writeTable } from "../../output/table";
import { clock } from "../../output/times";
import { isUnfinished, type RestoreRecord } from "../../restore/apply/record";
import { makeRecordStore } from "../../restore/apply/recordStore";
import { describeVolumes } from "../../restore/listings";
import { isTest, unfinishedCure } from "../../restore/plan/testId";
import type { Outcome, Session } from "../../session";
import { summaryOf } from "./planText";
import { findingLines, recordOf, recordResult, stepsTable } from "./record";

/** How much of a new volume EC2 has loaded. */
interface Loading {
    readonly volume: string;
    readonly percent: number;
}

/** Lists the restores, the newest one first; or shows one. */
export async function restoreStatus(session: Session, restore: string | undefined): Promise<Outcome> {
    const store = makeRecordStore(session);
    if (restore !== undefined) {
        return oneRestore(session, await recordOf(store, restore));
    }
    const records = (await store.list()).toSorted((a, b) => b.startedAt - a.startedAt);
    const { timezone } = session.policy.settings;
    const rows = records.map((record) => [
        record.plan.request.id,
        clock(record.startedAt, timezone),
        summaryOf(record.plan),
        `${record.state}, ${record.done.length} of ${record.plan.steps.length} steps`,
    ]);
    return {
        exitCode: records.some(isUnfinished) ? EXIT.findings : EXIT.done,
        result: { restores: records.map(recordResult) },
        text:
            rows.length === 0
                ? lines(["There are no restores."])
                : writeTable(["Restore", "Began", "What", "State"], rows, session.screen.columns),
    };
}

async function oneRestore(session: Session, record: RestoreRecord): Promise<Outcome> {
    const { screen } = session;
    const { id } = record.plan.request;
    const loading = await readLoading(session, record);
    const next = isTest(id)
        ? ["", unfinishedCure(id)]
        : isUnfinished(record)
          ? ["", `To go ${record.state === "applying" ? "on: vss-backup restore apply" : "back: vss-backup restore undo"} ${id}`]
          : [];
    return {
        exitCode: isUnfinished(record) || record.findings.length > 0 ? EXIT.findings : EXIT.done,
        result: { restores: [{ ...recordResult(record), loading }] },
        text: [
            lines([...wrapLine(`Restore ${id}: ${summaryOf(record.plan)} (${record.state})`, screen.columns), ""]),
            stepsTable(session, record),
            ...(record.failure === undefined ? [] : [lines(["", ...wrapLine(`It stopped: ${record.failure}`, screen.columns)])]),
            findingLines(screen, record.findings),
            ...(loading.length === 0
                ? []
                : [lines(["", ...loading.map(({ volume, percent }) => `EC2 has loaded ${percent} % of ${volume}.`)])]),
            lines(next),
        ].join(""),
    };
}

/** A new volume is slow until EC2 has loaded it. */
async function readLoading({ clients, abortSignal }: Session, { made }: RestoreRecord): Promise<Loading[]> {
    const ids = Object.values(made).filter((id) => id.startsWith("vol-"));
    const present = ids.length === 0 ? [] : await describeVolumes(clients.ec2, [{ Name: "volume-id", Values: ids }], abortSignal);
    const VolumeIds = present.flatMap(({ VolumeId }) => VolumeId ?? []);
    if (VolumeIds.length === 0) {
        return [];
    }
    const { VolumeStatuses = [] } = await clients.ec2.send(new DescribeVolumeStatusCommand({ VolumeIds }), { abortSignal });
    return VolumeStatuses.flatMap(({ VolumeId = "", InitializationStatusDetails }) =>
        InitializationStatusDetails?.Progress === undefined ? [] : [{ volume: VolumeId, percent: InitializationStatusDetails.Progress }],
    );
}
