import assert from "node:assert/strict";
import { join } from "node:path";
import { listResources } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";
import { decodeValue, removeSecretMarks } from "./wire";

const ROOT = join(__dirname, "..", "..");

/** A recognizable value for each key, if the value reaches AWS. */
const SECRETS: Readonly<Record<string, unknown>> = {
    notificationEmails: ["hush-address@example.com"],
    serverRoles: ["hush-role"],
    serverTag: { key: "Role", value: "hush-servers" },
    tags: { CostCenter: "hush-center" },
    componentsVersion: "2.5.7777",
    topicArn: "arn:aws:sns:eu-central-1:123456789012:hush-topic",
    chatTopicArn: "arn:aws:sns:eu-central-1:123456789012:hush-chat",
};

const WORDS = /hush|2\.5\.7777/;

function program(preview: boolean, values = SECRETS): Promise<ProgramRun> {
    const keys = Object.keys(values).map((key) => `vss-backup:${key}`);
    const config = Object.fromEntries(
        Object.values(values).map((value, i) => [keys[i], typeof value === "string" ? value : JSON.stringify(value)]),
    );
    return runProgram({ folder: ROOT, program: "index.ts", preview, config, secretKeys: keys });
}

/** Finds the inputs that contain a text, as `name.input`. */
function inputsWith(run: ProgramRun, text: string): string[] {
    return listResources(run).flatMap(({ name, inputs }) =>
        Object.entries(inputs).flatMap(([input, value]) =>
            JSON.stringify(removeSecretMarks(value)).includes(text) ? [`${name}.${input}`] : [],
        ),
    );
}

/** Finds the inputs and outputs that show a secret as plain text, as `name.input`. */
function exposed(run: ProgramRun): string[] {
    const outputs = Object.entries(run.outputs).map(([urn, inputs]) => ({ name: `outputs of ${urn.split("::").at(-1)}`, inputs }));
    return [...listResources(run), ...outputs].flatMap(({ name, inputs }) =>
        Object.entries(inputs).flatMap(([input, value]) => (WORDS.test(JSON.stringify(decodeValue(value))) ? [`${name}.${input}`] : [])),
    );
}

for (const preview of [true, false]) {
    describe(`Secrets in the config, in ${preview ? "a preview" : "an update"}`, () => {
        let run: ProgramRun;

        before(async () => {
            run = await program(preview);
        });

        it("let the program succeed", () => {
            assert.deepEqual([run.code, run.printed], [0, ""]);
        });

        it("reach their inputs", () => {
            assert.deepEqual(
                inputsWith(run, "hush-address@example.com").map((input) => input.split(".").at(-1)),
                ["endpoint"],
            );
            assert.deepEqual(
                inputsWith(run, "hush-role").map((input) => input.split(".").at(-1)),
                ["role", "role", "role"],
            );
            assert.deepEqual(inputsWith(run, "2.5.7777"), ["prod-vss-package.parameters"]);
            assert.ok(inputsWith(run, "hush-servers").includes("prod-day-target.targets"));
            assert.ok(inputsWith(run, "hush-center").includes("prod-cleaner.tags"));
            assert.ok(inputsWith(run, "hush-topic").includes("prod-day-task.taskInvocationParameters"));
            assert.ok(inputsWith(run, "hush-topic").includes("prod-overdue-alarm.alarmActions"));
            // They stand beside ids of windows, which are unknown in a preview.
            assert.deepEqual(
                inputsWith(run, "hush-chat").sort(),
                preview ? [] : ["prod-settings.insecureValue", "prod-watch-role-policy.policy", "prod-watch.environment"],
            );
        });

        it("stay secret in each input and output", () => {
            assert.deepEqual(exposed(run), []);
        });

        it("appear in no name, in no message and not in the printed output", () => {
            assert.deepEqual(
                run.registrations.filter(({ urn }) => WORDS.test(urn)).map(({ urn }) => urn),
                [],
            );
            assert.doesNotMatch(run.printed, WORDS);
            assert.deepEqual(
                run.messages.filter(({ severity, text }) => severity !== "debug" && WORDS.test(text)),
                [],
            );
        });
    });
}

describe("Wrong secrets in the config", () => {
    const errorsOf = (run: ProgramRun) => run.messages.filter(({ severity }) => severity === "error").map(({ text }) => text);

    it("are each refused once, and are not shown", async () => {
        const wrong = {
            notificationEmails: ["hush without an at"],
            serverRoles: ["hush role"],
            serverTag: { key: "Role", value: "hush{}" },
            tags: { CostCenter: "hush$" },
            topicArn: "hush:topic",
        };
        const run = await program(false, wrong);
        const keys = errorsOf(run).map((text) => /^VssBackupPolicy "prod": (\w+)[^\n]* is a secret; [^\n]*$/.exec(text)?.[1]);
        assert.deepEqual([run.code, keys.sort()], [32, Object.keys(wrong).sort()]);
        assert.doesNotMatch(JSON.stringify([run.messages, run.printed]), WORDS);
    });

    it("are refused in one message if they are no maps, and are not shown", async () => {
        const run = await program(false, { notificationEmails: "hush", serverRoles: "hush", serverTag: "hush" });
        const unknown = "is a value of another resource, which is not known yet";
        assert.equal(run.code, 32);
        assert.deepEqual(
            errorsOf(run).map((text) => text.split("\n")),
            [
                [
                    `VssBackupPolicy "prod": serverTag ${unknown}; give {key, value}`,
                    `VssBackupPolicy "prod": serverRoles ${unknown}; give a map from a name of your choice to a role's name or ARN`,
                    `VssBackupPolicy "prod": notificationEmails ${unknown}; give a map from a name of your choice to an e-mail address`,
                ],
            ],
        );
        assert.doesNotMatch(JSON.stringify([run.messages, run.printed]), WORDS);
    });
});
