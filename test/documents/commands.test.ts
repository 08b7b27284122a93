import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parameterFaults } from "../../components/ssmDocuments";
import { type Deployment, runProgram } from "../../rehearsal/program";
import { type Block, blocksOf, findBlocks, PAGES, ROOT, textOf } from "../support/documents";
import { type Call, configOf, findUnportableLines, runBlock, translateForPowerShell } from "../support/shellBlocks";

const { name, version, scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    name: string;
    version: string;
    scripts: Record<string, string>;
};

/** Commands that only the Windows servers run. */
const SERVER_COMMANDS = ["Restart-Service AmazonSSMAgent\n"];

function program(config: Readonly<Record<string, string>>): Promise<Deployment> {
    return runProgram(join(ROOT, "index.ts"), "vss-backup", "prod-eu", config);
}

function optionOf(call: Call, option: string): string {
    return call[call.indexOf(option) + 1] as string;
}

function isTwin({ language, before }: Block): boolean {
    return language === "powershell" && before === "In PowerShell:";
}

/** Blocks for a POSIX shell, each with the block for PowerShell that follows it. */
function pairs(): { readonly posix: Block; readonly powerShell: Block | undefined }[] {
    return PAGES.flatMap((page) =>
        blocksOf(page).flatMap((posix, i, all) => {
            const next = all[i + 1];
            return posix.language === "sh" ? [{ posix, powerShell: next && isTwin(next) ? next : undefined }] : [];
        }),
    );
}

describe("The documents' commands", () => {
    let deployment: Deployment;
    let calls: Record<string, Call[]>;

    before(async () => {
        deployment = await program({});
        const { Day } = deployment.outputs.backUpNow as { Day: string };
        const outputs = { "pulumi stack output instanceProfileName": "prod-eu-server-profile", "jq -r .Day": Day };
        calls = Object.fromEntries(PAGES.map((page) => [page, findBlocks("sh", [page]).flatMap(({ text }) => runBlock(text, outputs))]));
    });

    function callsThatBegin(words: string): Call[] {
        return Object.values(calls)
            .flat()
            .filter((call) => call.join(" ").startsWith(words));
    }

    it("are the same in PowerShell, or are followed by a block for PowerShell", () => {
        assert.deepEqual(
            pairs()
                .filter(({ powerShell }) => powerShell === undefined)
                .flatMap(({ posix }) => findUnportableLines(posix.text)),
            [],
        );
    });

    it("do the same in PowerShell if both shells are given", () => {
        const twins = pairs().filter(({ powerShell }) => powerShell !== undefined);
        assert.equal(twins.length >= 2, true);
        assert.deepEqual(
            twins.map(({ powerShell }) => powerShell?.text),
            twins.map(({ posix }) => translateForPowerShell(posix.text)),
        );
    });

    it("are only for PowerShell if they run on a server", () => {
        assert.deepEqual(
            findBlocks("powershell")
                .filter((block) => !isTwin(block))
                .map(({ text }) => text),
            SERVER_COMMANDS,
        );
    });

    it("name scripts of package.json", () => {
        const named = [...callsThatBegin("npm run").map(([, , script]) => script), ...callsThatBegin("npm start").map(() => "start")];
        assert.deepEqual(
            named.filter((script) => scripts[script as string] === undefined),
            [],
        );
    });

    it("install the packed package of this version", () => {
        const installed = callsThatBegin("npm install").map(([, , file]) => file);
        const file = `${name}-${version}.tgz`;
        assert.deepEqual(installed, [`../pulumi-vss-backup/${file}`, `./${file}`]);
    });

    for (const page of PAGES.filter((page) => findBlocks("sh", [page]).some(({ text }) => text.includes("pulumi config set")))) {
        it(`set config in ${page} that deploys`, async () => {
            const { outputs } = await program(configOf(calls[page] as Call[]));
            assert.equal(outputs.cleanerFunctionName, "vss-backup-prod-eu-cleaner");
        });
    }

    it("subscribe an address", async () => {
        const { resources } = await program(configOf(calls["README.md"] as Call[]));
        assert.deepEqual(
            resources.filter(({ type }) => type.endsWith(":TopicSubscription")).map(({ inputs }) => inputs.endpoint),
            ["windows-admins@example.com"],
        );
    });

    it("take a backup like the window", () => {
        const [send] = callsThatBegin("aws ssm send-command") as [Call];
        const request = JSON.parse(optionOf(send, "--cli-input-json")) as { Targets: unknown; Parameters: Record<string, string[]> };
        const parameters = Object.fromEntries(Object.entries(request.Parameters).map(([key, values]) => [key, values.join()]));
        assert.deepEqual(request.Targets, [{ Key: "tag:VssBackup", Values: ["prod-eu"] }]);
        assert.equal(parameters.tags, "Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod-eu");
        assert.deepEqual(parameterFaults("AWSEC2-CreateVssSnapshot", parameters), []);
    });

    it("read outputs that the stack has", () => {
        const read = PAGES.flatMap((page) => [...textOf(page).matchAll(/pulumi stack output (\w+)/g)]).map(
            ([, output]) => output as string,
        );
        assert.deepEqual(
            read.filter((output) => !Object.hasOwn(deployment.outputs, output)),
            [],
        );
    });

    it("name log groups and the function that the program makes", () => {
        const groups = deployment.resources.filter(({ type }) => type.endsWith(":LogGroup")).map(({ inputs }) => inputs.name as string);
        const tailed = new Set(callsThatBegin("aws logs tail").map(([, , , group]) => group));
        const invoked = new Set(callsThatBegin("aws lambda invoke").map((call) => optionOf(call, "--function-name")));
        assert.deepEqual([[...tailed].sort(), [...invoked]], [groups.sort(), [deployment.outputs.cleanerFunctionName]]);
    });

    it("filter by the tag and the document that the program uses", () => {
        const filters = new Set(
            Object.values(calls)
                .flat()
                .filter((call) => call.includes("--filters"))
                .map((call) => optionOf(call, "--filters")),
        );
        assert.deepEqual(
            [...filters].filter((filter) => !filter.startsWith("Name=instance-id")),
            ["Name=tag:VssBackupPolicy,Values=prod-eu", "key=DocumentName,value=AWSEC2-CreateVssSnapshot"],
        );
    });
});

describe("A line of a shell", () => {
    it("is portable only if PowerShell reads it like a POSIX shell", () => {
        const portable = ["npm ci", 'aws x --tags "Key=a,Value=b" \'c\' "Name=$(pulumi stack output x)"', "a b@c.de", ""];
        const others = ["a && b", "a,b", "a $b", 'a "$b"', "a | b", "a \\", "npm start -- --help", "a[0]", "a > b"];
        assert.deepEqual(findUnportableLines([...portable, ...others].join("\n")), others);
    });
});
