import assert from "node:assert/strict";
import { join } from "node:path";
import { stackConfig } from "../../rehearsal/stackConfig";
import { inOrder, ownOf, shown } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";
import { plain } from "./wire";

const ROOT = join(__dirname, "..", "..");
const COMPONENT = "urn:pulumi:prod::vss-backup::vss-backup:index:VssBackupPolicy::prod";

/** All that Pulumi keeps of a run. */
function recorded(run: ProgramRun): string {
    const lookups = run.lookups.map(({ token, provider }) => `${token} ${provider}`).sort();
    const outputs = Object.entries(run.outputs).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify({ registrations: inOrder(run), lookups, outputs }, null, 1);
}

describe("The program under Pulumi's own entry", () => {
    let preview: ProgramRun;
    let up: ProgramRun;

    before(async () => {
        const options = { folder: ROOT, program: "index.ts", config: stackConfig(ROOT, "prod") };
        preview = await runProgram({ ...options, preview: true });
        up = await runProgram(options);
    });

    it("ends well in a preview and in an update, and shows no message", () => {
        assert.deepEqual([preview.code, preview.printed, shown(preview)], [0, "", []]);
        assert.deepEqual([up.code, up.printed, shown(up)], [0, "", []]);
    });

    it("registers the same tree in both", () => {
        const tree = (run: ProgramRun) =>
            inOrder(run).map(({ urn, parent, provider, inputs }) => ({ urn, parent, provider, inputs: Object.keys(inputs).sort() }));
        assert.deepEqual(tree(preview), tree(up));
    });

    it("knows in the preview all but what AWS gives", () => {
        const hidden = (run: ProgramRun) => ownOf(run).filter(({ inputs }) => JSON.stringify(plain(inputs)).includes("[unknown]"));
        assert.deepEqual(
            hidden(preview)
                .map(({ name }) => name)
                .sort(),
            [
                "prod-cleaner",
                "prod-cleaner-role-policy",
                "prod-cleaner-schedule",
                "prod-day-target",
                "prod-day-task",
                "prod-email-windows-admins@example.com",
                "prod-month-target",
                "prod-month-task",
                "prod-notify-role-policy",
                "prod-schedule-role-policy",
                "prod-server-logs",
                "prod-server-profile",
                "prod-server-ssm",
                "prod-server-vss",
                "prod-topic-policy",
                "prod-week-target",
                "prod-week-task",
                "prod-window-role-policy",
            ],
        );
        assert.deepEqual(hidden(up), []);
    });

    it("gives every child the component as its parent, and the default provider", () => {
        const [component, ...children] = ownOf(up).sort((a) => (a.urn === COMPONENT ? -1 : 1));
        assert.equal(component?.parent, "urn:pulumi:prod::vss-backup::pulumi:pulumi:Stack::vss-backup-prod");
        assert.ok(children.length > 20);
        assert.deepEqual(
            children.filter(({ parent, provider }) => parent !== COMPONENT || provider !== ""),
            [],
        );
    });

    it("hands its outputs to the stack, all of them known after an update", () => {
        const outputs = up.outputs["urn:pulumi:prod::vss-backup::pulumi:pulumi:Stack::vss-backup-prod"];
        assert.deepEqual(outputs, up.outputs[COMPONENT]);
        assert.deepEqual(Object.keys(outputs ?? {}).sort(), [
            "backUpNow",
            "backUpNowPowerShell",
            "cleanerFunctionName",
            "instanceProfileName",
            "serverRoleArn",
            "topicArn",
            "windowIds",
        ]);
        assert.doesNotMatch(JSON.stringify(plain(outputs ?? {})), /\[unknown\]/);
    });

    it("is the same when it runs again, byte for byte", async () => {
        const again = await runProgram({ folder: ROOT, program: "index.ts", config: stackConfig(ROOT, "prod") });
        assert.equal(recorded(again), recorded(up));
    });
});
