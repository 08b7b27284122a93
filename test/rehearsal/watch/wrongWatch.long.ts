import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readArchive } from "../../../rehearsal/embeddedAws/lambda";
import { FUNCTION_INCIDENTS } from "../../../rehearsal/incidents/functionIncidents";
import type { Incident } from "../../../rehearsal/incidents/incident";
import { SERVER_INCIDENTS } from "../../../rehearsal/incidents/serverIncidents";
import type { Deployment } from "../../../rehearsal/program";
import type { Promises } from "../../../rehearsal/promises";
import { type RehearsalOptions, rehearse } from "../../../rehearsal/rehearse";
import { deployPolicy } from "../../support/policies";

const HOUR = 3_600_000;
const PROMISES: Promises = { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true };

/** From a Monday on. */
const START = Date.UTC(2027, 0, 4);
const OPTIONS: RehearsalOptions = { start: START, days: 4, servers: 1, volumes: 1, failures: 0, seed: 1, watch: "all" };

/** The policy without arguments. The tests only read it. */
let byDefault: Deployment;

/** Replaces a text in the closure of the watch. The closure must have it. */
async function sabotage(text: string, instead: string): Promise<Deployment> {
    const files = await readArchive(byDefault.resources.find(({ name }) => name === "prod-watch")?.inputs.code);
    const changed = files["index.js"]?.replace(text, instead) ?? "";
    assert.ok(changed !== files["index.js"], `The closure has no ${text}.`);
    const texts = Object.entries({ ...files, "index.js": changed }).map(([path, content]) => [path, new pulumi.asset.StringAsset(content)]);
    const code = new pulumi.asset.AssetArchive(Object.fromEntries(texts));
    return changeInputs("prod-watch", { code });
}

function changeInputs(resource: string, inputs: object, deployment = byDefault): Deployment {
    const resources = deployment.resources.map((one) => (one.name === resource ? { ...one, inputs: { ...one.inputs, ...inputs } } : one));
    return { ...deployment, resources };
}

/** Plays a deployment in which an incident begins, after 30 hours if `begin` is left out. Lists the broken invariants, without their times and each once. */
async function findBroken(
    deployment: Deployment,
    name: string,
    options: Partial<RehearsalOptions> & { readonly begin?: number } = {},
): Promise<string[]> {
    const incident = [...SERVER_INCIDENTS, ...FUNCTION_INCIDENTS].find((one) => one.name === name) as Incident;
    const incidents = () => [{ incident, time: options.begin ?? START + 30 * HOUR }];
    const rehearsal = await rehearse(deployment, PROMISES, { ...OPTIONS, incidents, ...options });
    return [...new Set(rehearsal.broken.map((sentence) => sentence.replace(/^\d\S*Z: /, "")))];
}

describe("A rehearsal of a wrong watch", () => {
    before(async () => {
        byDefault = await deployPolicy();
    });

    it("breaks nothing if the watch is right", async () => {
        assert.deepEqual(await findBroken(byDefault, "VSS fails for days"), []);
    });

    it("names a backup that the watch overlooks", async () => {
        assert.deepEqual(await findBroken(await sabotage("overdueGraceHours = 2", "overdueGraceHours = 9"), "VSS fails for days"), [
            "the watch overlooked that i-00000000000000001 has no Day of 2027-01-06T01:00:00Z",
        ]);
    });

    it("names a finding that is not so", async () => {
        assert.deepEqual(await findBroken(await sabotage("windowCutoff = 0", "windowCutoff = 1"), "the agent dies"), [
            "the watch found what is not so: The window of Day (prod-day-window-id) was changed by hand: its cutoff is 0, not 1.",
            "the watch found what is not so: The window of Month (prod-month-window-id) was changed by hand: its cutoff is 0, not 1.",
            "the watch found what is not so: The window of Week (prod-week-window-id) was changed by hand: its cutoff is 0, not 1.",
        ]);
    });

    it("names backups and an incident of which nobody was told", async () => {
        const silent = await sabotage('report = "daily"', 'report = "never"');
        const resources = silent.resources.filter(({ type }) => !type.includes("metricAlarm"));
        assert.deepEqual(await findBroken({ ...silent, resources }, "VSS fails for days", { days: 6 }), [
            "i-00000000000000001 has no Day of 2027-01-06T01:00:00Z, and nobody was told within 26 hours",
            "i-00000000000000001 has no Day of 2027-01-07T01:00:00Z, and nobody was told within 26 hours",
            "i-00000000000000001 has no Day of 2027-01-08T01:00:00Z, and nobody was told within 26 hours",
            "VSS fails for days, and nobody was told within 26 hours",
        ]);
    });

    it("names an alarm with a period that is too short for the runs", async () => {
        const short = changeInputs("prod-heartbeat-alarm", { evaluationPeriods: 1, datapointsToAlarm: 1 });
        assert.deepEqual(await findBroken(short, "the agent dies"), [
            "the alarm vss-backup-prod-heartbeat went off without a reason (shortest evaluation range)",
        ]);
    });

    it("names an alarm with a period in which an older run counts again", async () => {
        // The incident ends between the run at 18:00 and that of the report.
        const deployment = await deployPolicy({ reportAt: "18:10" });
        const begin = START + 30 * HOUR + 5 * 60_000;
        assert.deepEqual(await findBroken(deployment, "an address never confirms", { begin }), []);
        const short = changeInputs("prod-problems-alarm", { period: 900 }, deployment);
        assert.deepEqual(await findBroken(short, "an address never confirms", { begin }), [
            "the alarm vss-backup-prod-problems went off without a reason (longest evaluation range)",
        ]);
    });

    it("names an alarm that stays silent", async () => {
        assert.deepEqual(
            await findBroken(changeInputs("prod-heartbeat-alarm", { treatMissingData: "notBreaching" }), "the watch crashes"),
            ["the watch crashes, and the alarm heartbeat stayed silent"],
        );
    });

    it("names runs that fail although nobody has broken the watch", async () => {
        const targets = { environment: { variables: { WATCH_TARGETS: "{}" } } };
        assert.deepEqual(await findBroken(changeInputs("prod-watch", targets), "the agent dies", { days: 1 }), [
            "the watch failed: TypeError: Cannot destructure property 'key' of 'targets.serverTag' as it is undefined.",
            "the alarm vss-backup-prod-heartbeat went off without a reason (shortest evaluation range)",
            "the alarm vss-backup-prod-heartbeat went off without a reason (longest evaluation range)",
        ]);
    });
});
