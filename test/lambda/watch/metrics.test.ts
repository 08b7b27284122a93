import assert from "node:assert/strict";
import { metricsLine } from "../../../lambda/watch/metrics";
import type { SignalName } from "../../../lambda/watch/signals";
import { healthOfAccount, MORNING, SETTINGS, SIGNALS } from "./account";
import { arbitraryHealth, finding, findings, health, law } from "./sample";

const UNREAD = { unread: "AccessDenied" };

const UNITS = {
    Servers: "Count",
    OverdueServers: "Count",
    UncoveredVolumes: "Count",
    Problems: "Count",
    RestorePoints: "Count",
    OldestNewestHours: "None",
    SnapshotsKept: "Count",
    SnapshotsDeleted: "Count",
    Heartbeat: "Count",
};

const ALL = Object.keys(UNITS);

/** The names of the metrics if these signals could not be read. */
function metricsWithout(...signals: readonly SignalName[]): string[] {
    const line = metricsLine(healthOfAccount({ ...SIGNALS, ...Object.fromEntries(signals.map((name) => [name, UNREAD])) }), SETTINGS);
    const { _aws, Policy, ...values } = JSON.parse(line) as { _aws: unknown; Policy: string };
    return Object.keys(values);
}

function without(...names: readonly string[]): string[] {
    return ALL.filter((name) => !names.includes(name));
}

describe("The line of metrics", () => {
    it("is a document of CloudWatch's embedded metric format", () => {
        assert.deepEqual(JSON.parse(metricsLine(healthOfAccount(), SETTINGS)), {
            _aws: {
                Timestamp: MORNING,
                CloudWatchMetrics: [
                    {
                        Namespace: "VssBackup",
                        Dimensions: [["Policy"]],
                        Metrics: Object.entries(UNITS).map(([Name, Unit]) => ({ Name, Unit })),
                    },
                ],
            },
            Policy: "prod-eu",
            Servers: 4,
            OverdueServers: 1,
            UncoveredVolumes: 1,
            Problems: 3,
            RestorePoints: 18,
            OldestNewestHours: 30.975,
            SnapshotsKept: 36,
            SnapshotsDeleted: 8,
            Heartbeat: 1,
        });
    });

    it("counts a server with several overdue runs once, and each volume", () => {
        const problems = [
            finding("never backed up", { server: "i-1" }),
            ...findings(2, "overdue", { type: "Day" }),
            ...findings(2, "overdue", { type: "Week" }),
            ...findings(3, "volume not covered", { server: "i-1" }),
            finding("stopped", { severity: "note", server: "i-1" }),
            finding("overdue", { severity: "note", server: "i-9" }),
        ];
        const { OverdueServers, UncoveredVolumes, Problems } = JSON.parse(metricsLine(health({ findings: problems }), SETTINGS));
        assert.deepEqual({ OverdueServers, UncoveredVolumes, Problems }, { OverdueServers: 3, UncoveredVolumes: 3, Problems: 8 });
    });

    const SNAPSHOT_METRICS = ["OverdueServers", "UncoveredVolumes", "RestorePoints", "OldestNewestHours"];
    it("leaves out a metric whose value is unknown", () => {
        assert.deepEqual(
            {
                servers: metricsWithout("servers"),
                snapshots: metricsWithout("snapshots"),
                cleanerRuns: metricsWithout("cleanerRuns"),
                nodes: metricsWithout("nodes"),
            },
            {
                servers: without("Servers", ...SNAPSHOT_METRICS),
                snapshots: without(...SNAPSHOT_METRICS),
                cleanerRuns: without("SnapshotsKept", "SnapshotsDeleted"),
                nodes: ALL,
            },
        );
    });

    it("has all metrics if another finding is about a thing with the name of a listing", () => {
        const values = JSON.parse(
            metricsLine(health({ findings: [finding("subscription unconfirmed", { about: "snapshots" })] }), SETTINGS),
        );
        assert.deepEqual([values.OverdueServers, values.UncoveredVolumes], [0, 0]);
    });

    it("has the heartbeat and the problems if nothing could be read", () => {
        assert.deepEqual(metricsWithout(...(Object.keys(SIGNALS) as SignalName[])), ["Problems", "Heartbeat"]);
    });

    law("has exactly the values that it announces, all of them finite numbers", arbitraryHealth, (one) => {
        const { _aws, Policy, ...values } = JSON.parse(metricsLine(one, SETTINGS));
        const [{ Metrics }] = _aws.CloudWatchMetrics as [{ Metrics: { Name: string }[] }];
        assert.deepEqual(Metrics.map(({ Name }) => Name).toSorted(), Object.keys(values).toSorted());
        assert.deepEqual(
            Object.values(values).filter((value) => !Number.isFinite(value)),
            [],
        );
        assert.deepEqual([Policy, values.Heartbeat], ["prod-eu", 1]);
    });
});
