import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type CleanerSettings, clean } from "../../lambda/cleaner/cleaner";
import type { Line, Report } from "../../lambda/cleaner/report";
import { type LambdaOptions, startLambda } from "../../rehearsal/embeddedAws/lambda";
import { runProgram } from "../../rehearsal/program";
import { readStackConfig } from "../../rehearsal/stackConfig";
import { POLICY } from "../support/history";
import {
    backUp,
    copy,
    listSnapshotNames,
    makeRegion,
    makeVssConfig,
    type Region,
    replaceIds,
    type Tags,
    tag,
    waitForNextSecond,
} from "../support/motoRegion";
import { type MotoServer, startMoto } from "../support/motoServer";

const ROOT = join(__dirname, "..", "..");

const DAY: Tags = { VssBackupPolicy: "prod", SnapshotType: "Day" };
const WEEK: Tags = { VssBackupPolicy: "prod", SnapshotType: "Week" };

/** A time after the grace of every failed set. */
const LATER = "2099-01-31T07:00:00.000Z";

const SETTINGS: CleanerSettings = { ...POLICY, retention: { Day: 2, Week: 1 } };

/** Snapshots of a policy that keeps two Day and one Week restore points, and snapshots of other policies. */
async function history(endpoint: string, name: string): Promise<Region> {
    const region = await makeRegion(endpoint, name);
    const neighbour = { ...DAY, VssBackupPolicy: "prod-2" };
    await backUp(region, "Day 1", DAY);
    await backUp(region, "Week 1", WEEK);
    await backUp(region, "neighbour's 1", neighbour);
    await backUp(region, "untagged", {});
    await waitForNextSecond();
    await backUp(region, "Day 2", DAY, { consistent: { c: "true", d: "true" } });
    await backUp(region, "Day 3", DAY, { consistent: { d: "False" } });
    await backUp(region, "Week 2", WEEK, { dataOnly: true });
    await backUp(region, "neighbour's 2", neighbour);
    await backUp(region, "without a type", { VssBackupPolicy: "prod" }, { dataOnly: true });
    await waitForNextSecond();
    await backUp(region, "Day 4", DAY);
    await backUp(region, "neighbour's 3", neighbour);
    await backUp(region, "without a policy", { SnapshotType: "Day" });
    await waitForNextSecond();
    await backUp(region, "Day 5", DAY);
    await waitForNextSecond();
    await backUp(region, "Day 6", DAY, { dataOnly: true, consistent: { d: "False" } });
    return region;
}

function lines(reason: string, ...names: string[]): Line[] {
    return names.map((SnapshotId) => ({ SnapshotId, Reason: reason }));
}

/** The reason for every volume, since the plan's time is in 2099. */
const STALE = "no restore point since then: its backups fail, or it is no longer backed up, or is gone";

/** The cleaner's report on `history`, with names instead of ids. */
const CLEANED: Report = {
    Policy: "prod",
    Time: LATER,
    ReportOnly: false,
    Status: "OK",
    Errors: [],
    Counts: { Listed: 15, Deleted: 6, Kept: 7, Skipped: 2, Failed: 0, Remaining: 0, StaleVolumes: 2, StandIns: 0, SetsFoundByTime: 0 },
    DeletedSnapshots: ["Day 1 c", "Day 1 d", "Day 2 c", "Day 2 d", "Day 3 c", "Day 3 d"],
    FailedSnapshots: [],
    RemainingSnapshots: [],
    StaleVolumes: [
        { VolumeId: "c", Reason: STALE },
        { VolumeId: "d", Reason: STALE },
    ],
    SkippedSnapshots: [
        ...lines("left: failed, Day 6 d is not application-consistent; d has no newer Day restore point", "Day 6 d"),
        ...lines("left: its set has no single SnapshotType", "without a type d"),
    ],
    StandIns: [],
    SetsFoundByTime: [],
    DeletedReasons: [
        ...lines("deleted: 4th newest Day restore point, 2 are kept", "Day 1 c", "Day 1 d"),
        ...lines("deleted: 3rd newest Day restore point, 2 are kept", "Day 2 c", "Day 2 d"),
        ...lines("deleted: failed, Day 3 d is not application-consistent; newer Day restore points exist", "Day 3 c", "Day 3 d"),
    ],
    KeptSnapshots: [
        ...lines("kept: Day 2 of 2", "Day 4 c", "Day 4 d"),
        ...lines("kept: Day 1 of 2", "Day 5 c", "Day 5 d"),
        ...lines("kept: Week 1 of 1", "Week 1 c"),
        ...lines("kept with its set: c still needs it", "Week 1 d"),
        ...lines("kept: Week 1 of 1", "Week 2 d"),
    ],
    LinesLeftOut: 0,
};

const LEFT = [
    ...CLEANED.KeptSnapshots.map(({ SnapshotId }) => SnapshotId),
    ...CLEANED.SkippedSnapshots.map(({ SnapshotId }) => SnapshotId),
    "image's",
    "neighbour's 1 c",
    "neighbour's 1 d",
    "neighbour's 2 c",
    "neighbour's 2 d",
    "neighbour's 3 c",
    "neighbour's 3 d",
    "untagged c",
    "untagged d",
    "without a policy c",
    "without a policy d",
].sort();

/** Replaces ids with names, and sorts lists by name. The plan sorts equal entries by id, and moto's ids are random. */
function named(report: unknown, region: Region): unknown {
    const text = JSON.stringify(report).replace(/since \d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "since then");
    return JSON.parse(replaceIds(text, region), (_, value) => (Array.isArray(value) ? value.sort(byName) : value));
}

function byName(a: string | Line, b: string | Line): number {
    return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Runs the cleaner once for each of the settings, all at the same time, without its log. */
async function cleanAtOnce({ ec2 }: Region, settings: readonly Partial<CleanerSettings>[], time = LATER): Promise<Report[]> {
    const write = process.stdout.write;
    process.stdout.write = () => true;
    try {
        return await Promise.all(settings.map((changed) => clean(ec2, { ...SETTINGS, ...changed }, { time })));
    } finally {
        process.stdout.write = write;
    }
}

async function cleaned(region: Region, settings: Partial<CleanerSettings> = {}, time = LATER): Promise<Report> {
    const [report] = (await cleanAtOnce(region, [settings], time)) as [Report];
    return report;
}

describe("The cleaner, against moto", () => {
    let moto: MotoServer;
    /** One history for each test that needs one. They are made at the same time, since each waits for moto's clock. */
    let histories: Region[];
    const nextHistory = () => histories.pop() as Region;

    before(async () => {
        moto = await startMoto();
        const regions = ["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"];
        histories = await Promise.all(regions.map((region) => history(moto.endpoint, region)));
    });

    after(() => moto?.stop());

    it("deletes whole sets that retention no longer needs and failed sets, and only the policy's", async () => {
        const region = nextHistory();
        assert.deepEqual(named(await cleaned(region), region), CLEANED);
        assert.deepEqual(await listSnapshotNames(region), LEFT);
    });

    it("deletes no more in a second run, and reports the same for the remaining snapshots", async () => {
        const region = nextHistory();
        await cleaned(region);
        assert.deepEqual(named(await cleaned(region), region), {
            ...CLEANED,
            Counts: { ...CLEANED.Counts, Listed: 9, Deleted: 0 },
            DeletedSnapshots: [],
            DeletedReasons: [],
        });
        assert.deepEqual(await listSnapshotNames(region), LEFT);
    });

    it("deletes no snapshots with reportOnly, and reports those that it would delete", async () => {
        const region = nextHistory();
        assert.deepEqual(named(await cleaned(region, { reportOnly: true }), region), {
            ...CLEANED,
            ReportOnly: true,
            Counts: { ...CLEANED.Counts, Deleted: 0, Remaining: 6 },
            DeletedSnapshots: [],
            DeletedReasons: [],
            RemainingSnapshots: CLEANED.DeletedReasons.map(({ SnapshotId, Reason }) => ({
                SnapshotId,
                Reason: `report only, else ${Reason}`,
            })),
        });
        assert.deepEqual(await listSnapshotNames(region), [...LEFT, ...CLEANED.DeletedSnapshots].sort());
    });

    it("keeps the same snapshots in two runs at once, and counts a missing snapshot as deleted", async () => {
        const region = nextHistory();
        const reports = await cleanAtOnce(region, [SETTINGS, SETTINGS]);
        assert.deepEqual(
            reports.map(({ Status, FailedSnapshots, RemainingSnapshots }) => ({ Status, FailedSnapshots, RemainingSnapshots })),
            Array.from(reports, () => ({ Status: "OK", FailedSnapshots: [], RemainingSnapshots: [] })),
        );
        assert.deepEqual(await listSnapshotNames(region), LEFT);
    });

    it("reports the same in Node 24, as the function that the program deploys", async () => {
        const region = nextHistory();
        const config = {
            ...readStackConfig(ROOT, "prod"),
            "vss-backup:retention": JSON.stringify(SETTINGS.retention),
            "vss-backup:standIns": "false",
        };
        const { resources } = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", config);
        const lambda = await startLambda({
            function: resources.find(({ name }) => name.endsWith("-cleaner"))?.inputs as LambdaOptions["function"],
            region: region.name,
            environment: { AWS_ENDPOINT_URL_EC2: moto.endpoint },
        });
        try {
            assert.deepEqual(named(await lambda.invoke({ time: LATER }), region), CLEANED);
        } finally {
            await lambda.close();
        }
        assert.deepEqual(await listSnapshotNames(region), LEFT);
    });

    it("keeps one whole set of several that started at the same time, the same in each run", async () => {
        const region = await makeRegion(moto.endpoint, "us-east-1");
        await waitForNextSecond();
        for (const name of ["Day 1", "Day 2", "Day 3", "Day 4"]) {
            await backUp(region, name, DAY);
        }
        const planned = await cleaned(region, { retention: { Day: 1 }, reportOnly: true });
        const report = await cleaned(region, { retention: { Day: 1 } });
        assert.deepEqual(report.Counts, {
            Listed: 8,
            Deleted: 6,
            Kept: 2,
            Skipped: 0,
            Failed: 0,
            Remaining: 0,
            StaleVolumes: 2,
            StandIns: 0,
            SetsFoundByTime: 0,
        });
        assert.deepEqual(report.KeptSnapshots, planned.KeptSnapshots);
        const kept = report.KeptSnapshots.map(({ SnapshotId }) => replaceIds(SnapshotId, region)).sort();
        const set = kept[0]?.slice(0, "Day 1".length);
        assert.deepEqual(kept, [`${set} c`, `${set} d`]);
        assert.deepEqual(await listSnapshotNames(region), [...kept, "image's"]);
    });

    it("leaves a set whole when an image holds the snapshot of its boot volume", async () => {
        const region = await makeRegion(moto.endpoint, "us-east-2");
        const [older, newer] = [randomUUID(), randomUUID()];
        const boot = { ...DAY, AppConsistent: "True", Device: "/dev/sda1" };
        // In moto, an image holds only its own snapshot. Only a copy of that snapshot has the same volume id.
        await tag(region, region.imageSnapshot, { ...boot, AwsVssConfig: makeVssConfig(older) });
        await backUp(region, "Day 1", DAY, { dataOnly: true, set: older });
        await waitForNextSecond();
        await copy(region, region.imageSnapshot, "copy", { ...boot, AwsVssConfig: makeVssConfig(newer) });
        await backUp(region, "Day 2", DAY, { dataOnly: true, set: newer });
        assert.deepEqual(named(await cleaned(region, { retention: { Day: 1 } }), region), {
            ...CLEANED,
            Counts: {
                Listed: 4,
                Deleted: 0,
                Kept: 2,
                Skipped: 2,
                Failed: 0,
                Remaining: 0,
                StaleVolumes: 2,
                StandIns: 0,
                SetsFoundByTime: 0,
            },
            DeletedSnapshots: [],
            StaleVolumes: [
                { VolumeId: "d", Reason: STALE },
                { VolumeId: "the image's", Reason: STALE },
            ],
            SkippedSnapshots: [
                ...lines("left with its set: image's could not be deleted", "Day 1 d"),
                ...lines("left: in use by the image", "image's"),
            ],
            DeletedReasons: [],
            KeptSnapshots: lines("kept: Day 1 of 1", "Day 2 d", "copy"),
        });
        assert.deepEqual(await listSnapshotNames(region), ["Day 1 d", "Day 2 d", "copy", "image's"]);
    });

    it("keeps failed and untagged sets for a day, and reports until when", async () => {
        const region = await makeRegion(moto.endpoint, "us-west-1");
        const failedAt = await backUp(region, "Day 1", DAY, { dataOnly: true, consistent: { d: "False" } });
        await waitForNextSecond();
        await backUp(region, "Day 2", DAY, { dataOnly: true });
        await backUp(region, "Week 1", WEEK, { dataOnly: true, consistent: { d: null } });
        const until = new Date(failedAt + 86_400_000).toISOString().slice(0, 16).replace("T", " ");
        const now = new Date().toISOString();
        assert.deepEqual(named(await cleaned(region, {}, now), region), {
            ...CLEANED,
            Time: now,
            Counts: {
                Listed: 3,
                Deleted: 0,
                Kept: 1,
                Skipped: 2,
                Failed: 0,
                Remaining: 0,
                StaleVolumes: 0,
                StandIns: 0,
                SetsFoundByTime: 0,
            },
            DeletedSnapshots: [],
            StaleVolumes: [],
            SkippedSnapshots: [
                ...lines(`left: failed, Day 1 d is not application-consistent; stays at least until ${until} UTC`, "Day 1 d"),
                ...lines("left: not finished, Week 1 d is not yet marked application-consistent", "Week 1 d"),
            ],
            DeletedReasons: [],
            KeptSnapshots: lines("kept: Day 1 of 2", "Day 2 d"),
        });
        assert.deepEqual(await listSnapshotNames(region), ["Day 1 d", "Day 2 d", "Week 1 d", "image's"]);
    });
});
