import assert from "node:assert/strict";
import fc from "fast-check";
import { type PlanOptions, plan } from "../../cli/commands/plan";
import type { CleanerSettings } from "../../lambda/cleaner/cleaner";
import type { Report } from "../../lambda/cleaner/report";
import { parameterName } from "../../lambda/deployedPolicy";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { makeHistories, PLAN_TIME, policies, snapshotsOf, volumeLosses } from "../support/arbitraryHistory";
import { storeSnapshots, tryCleaner } from "../support/cleaning";
import { HISTORIES } from "../support/sample";
import { DEPLOYED } from "./support/account";
import { perform } from "./support/session";

/** Histories whose ids have EC2's form. */
const histories = makeHistories().map((runs) =>
    runs.flatMap(snapshotsOf).map((snapshot): Snapshot => {
        const [, volume = "", number = ""] = snapshot.id.split("-");
        return { ...snapshot, id: `snap-${volume}${Number(number).toString(16).padStart(4, "0")}` };
    }),
);

const day = fc.record({ Day: fc.integer({ min: 1, max: 7 }) }, { requiredKeys: [] });

/** Changes that the component accepts. */
const changes: fc.Arbitrary<PlanOptions> = fc.oneof(
    fc.record({
        retention: fc.record({ Day: fc.integer({ min: 1, max: 7 }), Week: fc.integer({ min: 1, max: 3 }) }),
        schedule: fc.record({ Week: fc.constantFrom("cron(0 9 ? * SAT *)", "cron(0 9 ? * MON *)") }),
    }),
    fc.record({ retention: day, schedule: fc.constant({ Week: "never" }) }),
);

function storeOf(snapshots: readonly Snapshot[], lost: ReadonlySet<string>) {
    const store = storeSnapshots(snapshots);
    for (const { volumeId } of snapshots) {
        store.volumes.add(volumeId);
    }
    for (const volume of lost) {
        store.volumes.delete(volume);
    }
    return store;
}

/** The reasons of a plan, by snapshot, as the command shows them. */
async function planned(options: PlanOptions, snapshots: readonly Snapshot[], settings: CleanerSettings, lost: ReadonlySet<string>) {
    const deployed = { ...DEPLOYED, settings: { ...DEPLOYED.settings, ...settings } };
    const { result } = await perform(
        "plan",
        (session) => plan(session, options),
        {
            store: storeOf(snapshots, lost),
            servers: [],
            parameters: new Map([[parameterName("prod"), JSON.stringify(deployed)]]),
        },
        { now: PLAN_TIME },
    );
    const { sets, retention, schedules } = result as {
        readonly sets: readonly {
            readonly action: string;
            readonly volumes: readonly { readonly snapshot: string; readonly reason: string }[];
        }[];
    } & Pick<CleanerSettings, "retention" | "schedules">;
    const reasons = sets.flatMap(({ action, volumes }) => volumes.map(({ snapshot, reason }) => [snapshot, { action, reason }] as const));
    return { retention, schedules, reasons: Object.fromEntries(reasons.toSorted()) };
}

/** The same of a run of the cleaner. */
async function cleaned(snapshots: readonly Snapshot[], settings: CleanerSettings, lost: ReadonlySet<string>) {
    const { report } = await tryCleaner(storeOf(snapshots, lost), {
        settings,
        event: { time: new Date(PLAN_TIME).toISOString() },
        pace: { burst: 10_000, perSecond: 10_000 },
    });
    const lines = (action: string, list: Report["KeptSnapshots"]) =>
        list.map(({ SnapshotId, Reason }) => [SnapshotId, { action, reason: Reason }] as const);
    return Object.fromEntries(
        [
            ...lines("keep", report.KeptSnapshots),
            ...lines("leave", report.SkippedSnapshots),
            ...lines("delete", report.DeletedReasons),
        ].toSorted(),
    );
}

function law(sentence: string, changesOfLaw: fc.Arbitrary<PlanOptions>): void {
    it(sentence, async () => {
        await fc.assert(
            fc.asyncProperty(histories, policies, volumeLosses, changesOfLaw, async (snapshots, rules, lost, change) => {
                // The fixed hour of the change must not meet the windows of the random policy.
                const settings = { ...DEPLOYED.settings, ...rules, schedules: { ...rules.schedules, Day: "cron(0 1 ? * * *)" } };
                const { reasons, retention, schedules } = await planned(change, snapshots, withoutUnused(settings), lost);
                assert.deepEqual(reasons, await cleaned(snapshots, { ...settings, retention, schedules }, lost));
            }),
            { numRuns: Math.ceil(HISTORIES / 8) },
        );
    });
}

/** The settings as deployed: schedules only of the types of the retention. */
function withoutUnused(settings: CleanerSettings): CleanerSettings {
    const schedules = Object.fromEntries(Object.entries(settings.schedules).filter(([type]) => settings.retention[type] !== undefined));
    return { ...settings, schedules };
}

describe("In every history", () => {
    law("the plan of the command line is what the cleaner does", fc.constant({}));
    law("the plan with a change is what the cleaner does after this change", changes);
});
