import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VssBackupPolicy } from "../../components";
import { run } from "../../rehearsal/program";

const ROOT = join(__dirname, "..", "..");

/** Runs the example's program under Pulumi's mocks, and prints the registered resources. */
const PRINT_RESOURCES = `
const pulumi = require("@pulumi/pulumi");
const resources = [];
pulumi.runtime.setMocks({
    newResource({ type, name, inputs: { code, ...inputs } }) {
        resources.push([type, name, inputs]);
        return { id: name + "-id", state: { arn: "arn:aws:sns:eu-central-1:123456789012:" + name, ...inputs, name: inputs.name ?? name } };
    },
    call: () => ({ partition: "aws", region: "eu-central-1", accountId: "123456789012", value: 1000 }),
});
require("./index.js").backUpNow.apply(() => setTimeout(() => console.log(JSON.stringify(resources)), 1000));
`;

/** Finds the lowest version of a range such as ^7.46.0. */
function lowest(range: string): string {
    return range.replace("^", "");
}

describe("The package with the lowest versions of its peers", () => {
    const folder = mkdtempSync(join(tmpdir(), "lowest-peers-"));
    const call = (command: string, ...args: string[]) =>
        execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

    before(() => {
        execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT });
        execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT });
        const { name, version, peerDependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
        const dependencies = Object.fromEntries(Object.entries<string>(peerDependencies).map(([peer, range]) => [peer, lowest(range)]));
        const { typescript, "@types/node": types } = devDependencies;
        writeFileSync(
            join(folder, "package.json"),
            JSON.stringify({
                name: "consumer",
                private: true,
                dependencies: { ...dependencies, [name]: `file:${name}-${version}.tgz` },
                devDependencies: { typescript, "@types/node": types },
            }),
        );
        copyFileSync(join(ROOT, "examples", "import", "index.ts"), join(folder, "index.ts"));
        call("npm", "install", "--prefer-offline", "--no-audit", "--no-fund");
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it("compiles in a project that checks the types of its libraries", () => {
        const options = ["--strict", "--module", "node16", "--target", "es2022", "--skipLibCheck", "false"];
        assert.equal(call("node", join("node_modules", "typescript", "bin", "tsc"), ...options, "index.ts"), "");
    });

    it("registers the same resources as with the current versions", async () => {
        writeFileSync(join(folder, "printResources.js"), PRINT_RESOURCES);
        const printed = JSON.parse(call(process.execPath, "printResources.js")) as [type: string, name: string, inputs: object][];
        const example = {
            retention: { Day: 7, Year: 3 },
            schedules: { Year: "cron(0 6 2 1 ? *)" },
            serverRoles: { sql: "sql-servers" },
            topicArn: "arn:aws:sns:eu-central-1:123456789012:operations",
            notificationEmails: { admins: "windows-admins@example.com" },
        };
        const { resources } = await run(() => ({ arn: new VssBackupPolicy("sql", example).topicArn }), "test", "test", {
            "aws:region": "eu-central-1",
        });
        assert.deepEqual(
            printed.map(([type, name]) => `${type} ${name}`).sort(),
            [
                ...resources.map(({ type, name }) => `${type} ${name}`),
                "aws:iam/role:Role sql-servers",
                "aws:sns/topic:Topic operations",
            ].sort(),
        );
        const inputsOfType = (type: string) => printed.filter(([given]) => given === type).map(([, , inputs]) => inputs);
        const functions = inputsOfType("aws:lambda/function:Function") as { runtime: string }[];
        assert.deepEqual(
            functions.map(({ runtime }) => runtime),
            ["nodejs24.x", "nodejs24.x"],
        );
        // An older version drops this input, and the alarms would go off at the first deployment.
        const alarms = inputsOfType("aws:cloudwatch/metricAlarm:MetricAlarm") as { warmUpConfiguration?: object }[];
        assert.equal(alarms.filter(({ warmUpConfiguration }) => warmUpConfiguration !== undefined).length, 3);
    });
});
