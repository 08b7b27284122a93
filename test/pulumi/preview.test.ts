import assert from "node:assert/strict";
import { join } from "node:path";
import { readStackConfig } from "../../rehearsal/stackConfig";
import { listMessages, listResources, sortRegistrations } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";
import { removeSecretMarks } from "./wire";

const ROOT = join(__dirname, "..", "..");
const COMPONENT = "urn:pulumi:prod::vss-backup::vss-backup:index:VssBackupPolicy::prod";

/** Writes as JSON everything that Pulumi records of a run. */
function toJson(run: ProgramRun): string {
    const lookups = run.lookups.map(({ token, provider }) => `${token} ${provider}`).sort();
    const outputs = Object.entries(run.outputs).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify({ registrations: sortRegistrations(run), lookups, outputs }, null, 1);
}

describe("The program in a Pulumi run", () => {
    let preview: ProgramRun;
    let up: ProgramRun;

    before(async () => {
        const options = { folder: ROOT, program: "index.ts", config: readStackConfig(ROOT, "prod") };
        preview = await runProgram({ ...options, preview: true });
        up = await runProgram(options);
    });

    it("succeeds in a preview and in an update, and shows no message", () => {
        assert.deepEqual([preview.code, preview.printed, listMessages(preview)], [0, "", []]);
        assert.deepEqual([up.code, up.printed, listMessages(up)], [0, "", []]);
    });

    it("registers the same tree in a preview and in an update", () => {
        const tree = (run: ProgramRun) =>
            sortRegistrations(run).map(({ urn, parent, provider, inputs }) => ({
                urn,
                parent,
                provider,
                inputs: Object.keys(inputs).sort(),
            }));
        assert.deepEqual(tree(preview), tree(up));
    });

    it("leaves only values of AWS unknown in a preview", () => {
        const unknown = (run: ProgramRun) =>
            listResources(run).filter(({ inputs }) => JSON.stringify(removeSecretMarks(inputs)).includes("[unknown]"));
        assert.deepEqual(
            unknown(preview)
                .map(({ name }) => name)
                .sort(),
            [
                "prod-cleaner",
                "prod-cleaner-errors-alarm",
                "prod-cleaner-role-policy",
                "prod-cleaner-schedule",
                "prod-day-target",
                "prod-day-task",
                "prod-dead-letters-alarm",
                "prod-email-windows-admins@example.com",
                "prod-heartbeat-alarm",
                "prod-month-target",
                "prod-month-task",
                "prod-notify-role-policy",
                "prod-overdue-alarm",
                "prod-problems-alarm",
                "prod-report-schedule",
                "prod-schedule-role-policy",
                "prod-server-logs",
                "prod-server-profile",
                "prod-server-ssm",
                "prod-server-vss",
                "prod-settings",
                "prod-topic-policy",
                "prod-watch",
                "prod-watch-role-policy",
                "prod-watch-rule",
                "prod-watch-rule-permission",
                "prod-watch-rule-target",
                "prod-watch-schedule",
                "prod-watch-schedule-role-policy",
                "prod-week-target",
                "prod-week-task",
                "prod-window-role-policy",
            ],
        );
        assert.deepEqual(unknown(up), []);
    });

    it("gives each child the component as its parent, and the default provider", () => {
        const [component, ...children] = listResources(up).sort((a) => (a.urn === COMPONENT ? -1 : 1));
        assert.equal(component?.parent, "urn:pulumi:prod::vss-backup::pulumi:pulumi:Stack::vss-backup-prod");
        assert.ok(children.length > 20);
        assert.deepEqual(
            children.filter(({ parent, provider }) => parent !== COMPONENT || provider !== ""),
            [],
        );
    });

    it("exports all outputs of the component, with known values after an update", () => {
        const outputs = up.outputs["urn:pulumi:prod::vss-backup::pulumi:pulumi:Stack::vss-backup-prod"];
        assert.deepEqual(outputs, up.outputs[COMPONENT]);
        assert.deepEqual(Object.keys(outputs ?? {}).sort(), [
            "backUpNow",
            "backUpNowPowerShell",
            "cleanerFunctionName",
            "instanceProfileName",
            "restorePolicyJson",
            "serverRoleArn",
            "topicArn",
            "watchFunctionName",
            "windowIds",
        ]);
        assert.doesNotMatch(JSON.stringify(removeSecretMarks(outputs ?? {})), /\[unknown\]/);
    });

    it("gives the same result byte for byte when it runs again", async () => {
        const again = await runProgram({ folder: ROOT, program: "index.ts", config: readStackConfig(ROOT, "prod") });
        assert.equal(toJson(again), toJson(up));
    });
});
