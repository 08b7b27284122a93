import assert from "node:assert/strict";
import { join } from "node:path";
import { listMessages, listResources } from "./registered";
import { runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

/** The SDK's exit code after it has shown the error to the user. */
const SHOWN = 32;

const WRONG_TOPIC = 'VssBackupPolicy "prod": topicArn is "arn:aws:sqs:eu-central-1:123456789012:Queue/operations"; give the ARN of ';

describe("A wrong argument in a Pulumi run", () => {
    for (const preview of [true, false]) {
        it(`ends ${preview ? "a preview" : "an update"} with one message and no resource, if it is a value`, async () => {
            const run = await runProgram({ folder: ROOT, program: "index.ts", preview, config: { "vss-backup:retention": '{"Day":0}' } });
            assert.equal(run.code, SHOWN);
            assert.match(listMessages(run).join("\n"), /^error: VssBackupPolicy "prod": retention\.Day is 0; [^\n]*$/);
            assert.deepEqual([run.printed, listResources(run), run.lookups], ["", [], []]);
        });
    }

    it("passes a preview if it is an output, which is still unknown", async () => {
        const run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/wrongOutput.ts", preview: true });
        assert.deepEqual([run.code, listMessages(run)], [0, []]);
    });

    it("ends an update with one message and without its dependents, if it is an output", async () => {
        const run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/wrongOutput.ts" });
        const [message, ...others] = listMessages(run);
        assert.deepEqual([run.code, run.printed, others], [SHOWN, "", []]);
        assert.equal(message?.slice(0, `error: ${WRONG_TOPIC}`.length), `error: ${WRONG_TOPIC}`);
        assert.deepEqual(
            listResources(run).filter(({ inputs }) => JSON.stringify(inputs).includes("Queue/operations")),
            [],
        );
        assert.deepEqual(
            listResources(run).filter(({ name }) => name.endsWith("-task")),
            [],
        );
    });

    it("ends an update with one message if the topic for chat is in another region", async () => {
        const chatTopicArn = "arn:aws:sns:us-east-1:123456789012:chat";
        const run = await runProgram({ folder: ROOT, program: "index.ts", config: { "vss-backup:chatTopicArn": chatTopicArn } });
        const message = `VssBackupPolicy "prod": chatTopicArn is "${chatTopicArn}"; give an ARN of the policy's partition aws, region eu-central-1, account 123456789012`;
        assert.deepEqual([run.code, listMessages(run)], [SHOWN, [`error: ${message}`]]);
    });

    it("ends an update with one message if the names of snapshot types do not fit into the watch's variable", async () => {
        const types = Array.from({ length: 28 }, (_, i) => `${"x".repeat(60)}${i}`);
        const retention = Object.fromEntries(types.map((type) => [type, 1]));
        const dropped = { Day: "never", Week: "never", Month: "never" };
        const schedules = {
            ...dropped,
            ...Object.fromEntries(types.map((type, i) => [type, `cron(0 ${i % 24} ? * ${i < 24 ? "SUN" : "MON"} *)`])),
        };
        const config = { "vss-backup:retention": JSON.stringify(retention), "vss-backup:schedules": JSON.stringify(schedules) };
        const run = await runProgram({ folder: ROOT, program: "index.ts", config });
        const cure = "give the snapshot types shorter names, use fewer types, or set watch to false";
        const message = `VssBackupPolicy "prod": the watch needs 4417 bytes of variables, and Lambda takes 4096; ${cure}`;
        assert.deepEqual([run.code, listMessages(run).filter((line) => line.startsWith("error"))], [SHOWN, [`error: ${message}`]]);
    });
});
