import assert from "node:assert/strict";
import { join } from "node:path";
import { ownOf, shown } from "./registered";
import { runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

/** The exit code with which the SDK says that the user has been shown what is wrong. */
const SHOWN = 32;

const WRONG_TOPIC = 'VssBackupPolicy "prod": topicArn is "arn:aws:sqs:eu-central-1:123456789012:Queue/operations"; give the ARN of ';

describe("A fault under Pulumi's own entry", () => {
    for (const preview of [true, false]) {
        it(`of a value ends ${preview ? "a preview" : "an update"} with its message once, and no resource is registered`, async () => {
            const run = await runProgram({ folder: ROOT, program: "index.ts", preview, config: { "vss-backup:retention": '{"Day":0}' } });
            assert.equal(run.code, SHOWN);
            assert.match(shown(run).join("\n"), /^error: VssBackupPolicy "prod": retention\.Day is 0; [^\n]*$/);
            assert.deepEqual([run.printed, ownOf(run), run.lookups], ["", [], []]);
        });
    }

    it("of an output is not seen in a preview, where it is not known yet", async () => {
        const run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/wrongOutput.ts", preview: true });
        assert.deepEqual([run.code, shown(run)], [0, []]);
    });

    it("of an output ends an update with its message once, and nothing that uses it is registered", async () => {
        const run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/wrongOutput.ts" });
        const [message, ...others] = shown(run);
        assert.deepEqual([run.code, run.printed, others], [SHOWN, "", []]);
        assert.equal(message?.slice(0, `error: ${WRONG_TOPIC}`.length), `error: ${WRONG_TOPIC}`);
        assert.deepEqual(
            ownOf(run).filter(({ inputs }) => JSON.stringify(inputs).includes("Queue/operations")),
            [],
        );
        assert.deepEqual(
            ownOf(run).filter(({ name }) => name.endsWith("-task")),
            [],
        );
    });
});
