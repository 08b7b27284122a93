import assert from "node:assert/strict";
import { join } from "node:path";
import { inputsByName, listMessages, listResources } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

function childrenOf(run: ProgramRun, policy: string) {
    return listResources(run).filter(({ parent }) => parent.endsWith(`:VssBackupPolicy::${policy}`));
}

/** Returns the names of a policy's resources without the policy's name. */
function suffixes(run: ProgramRun, policy: string): string[] {
    return childrenOf(run, policy).map(({ name }) => name.replace(new RegExp(`^${policy}`), ""));
}

describe("Two policies in a Pulumi run", () => {
    let run: ProgramRun;

    before(async () => {
        run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/twoPolicies.ts" });
    });

    it("each register all of their resources", () => {
        assert.deepEqual([run.code, run.printed, listMessages(run)], [0, "", []]);
        assert.ok(suffixes(run, "sql").length > 20);
        assert.deepEqual(suffixes(run, "sql"), suffixes(run, "web"));
        assert.equal(listResources(run).length, 2 * (suffixes(run, "sql").length + 1));
    });

    it("share no URN and no name in AWS", () => {
        const names = listResources(run).map(({ type, inputs }) => `${type} ${String(inputs.name)}`);
        const named = names.filter((name) => name.includes("vss-backup-") || name.includes("/vss-backup/"));
        assert.equal(new Set(listResources(run).map(({ urn }) => urn)).size, listResources(run).length);
        assert.equal(new Set(named).size, named.length);
    });

    it("do not refer to each other", () => {
        for (const [policy, other] of [
            ["sql", "web"],
            ["web", "sql"],
        ] as const) {
            const referring = childrenOf(run, policy).filter(({ inputs, dependencies }) =>
                new RegExp(`\\b${other}\\b`).test(JSON.stringify({ ...inputs, dependencies })),
            );
            assert.deepEqual(
                referring.map(({ name }) => name),
                [],
            );
        }
    });
});

describe("Two providers in a Pulumi run", () => {
    const providerOf = (name: string) => `urn:pulumi:prod::vss-backup::pulumi:providers:aws::${name}::${name}-id`;
    let run: ProgramRun;

    before(async () => {
        run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/twoProviders.ts" });
    });

    it("each serve all children and look-ups of their policy", () => {
        assert.deepEqual([run.code, run.printed, listMessages(run)], [0, "", []]);
        for (const [policy, provider] of [
            ["gov", "government"],
            ["irish", "ireland"],
        ] as const) {
            assert.deepEqual([...new Set(childrenOf(run, policy).map((child) => child.provider))], [providerOf(provider)]);
        }
        const tokens = (name: string) =>
            run.lookups.flatMap(({ token, provider }) => (provider === providerOf(name) ? [token] : [])).sort();
        assert.deepEqual(tokens("government"), [
            "aws:index/getCallerIdentity:getCallerIdentity",
            "aws:index/getPartition:getPartition",
            "aws:index/getRegion:getRegion",
            "aws:servicequotas/getServiceQuota:getServiceQuota",
        ]);
        assert.deepEqual(tokens("ireland"), tokens("government"));
        assert.equal(run.lookups.length, 8);
    });

    it("each determine the partition and region in the ARNs of their policy", () => {
        const arns = (policy: string) =>
            JSON.stringify(Object.entries(inputsByName(run)).filter(([name]) => name.startsWith(`${policy}-`))).match(
                /arn:aws[\w-]*:\w*:[\w-]*/g,
            ) ?? [];
        const foreign = (policy: string, expected: RegExp) => arns(policy).filter((arn) => !expected.test(arn));
        assert.deepEqual(foreign("gov", /^arn:aws-us-gov:\w+:(us-gov-west-1)?$/), []);
        assert.deepEqual(foreign("irish", /^arn:aws:\w+:(eu-west-1)?$/), []);
        assert.ok(arns("gov").length > 10);
        assert.equal(arns("gov").length, arns("irish").length);
    });
});
