import assert from "node:assert/strict";
import { join } from "node:path";
import { inputsByName, ownOf, shown } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

function childrenOf(run: ProgramRun, policy: string) {
    return ownOf(run).filter(({ parent }) => parent.endsWith(`:VssBackupPolicy::${policy}`));
}

/** Names of resources, with the policy's own name left out. */
function suffixes(run: ProgramRun, policy: string): string[] {
    return childrenOf(run, policy).map(({ name }) => name.replace(new RegExp(`^${policy}`), ""));
}

describe("Two policies under Pulumi's own entry", () => {
    let run: ProgramRun;

    before(async () => {
        run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/twoPolicies.ts" });
    });

    it("are registered beside each other, each with all of its own", () => {
        assert.deepEqual([run.code, run.printed, shown(run)], [0, "", []]);
        assert.ok(suffixes(run, "sql").length > 20);
        assert.deepEqual(suffixes(run, "sql"), suffixes(run, "web"));
        assert.equal(ownOf(run).length, 2 * (suffixes(run, "sql").length + 1));
    });

    it("share no URN and no name in AWS", () => {
        const names = ownOf(run).map(({ type, inputs }) => `${type} ${String(inputs.name)}`);
        const named = names.filter((name) => name.includes("vss-backup-") || name.includes("/vss-backup/"));
        assert.equal(new Set(ownOf(run).map(({ urn }) => urn)).size, ownOf(run).length);
        assert.equal(new Set(named).size, named.length);
    });

    it("say nothing of each other", () => {
        for (const [policy, other] of [
            ["sql", "web"],
            ["web", "sql"],
        ] as const) {
            const about = childrenOf(run, policy).filter(({ inputs, dependencies }) =>
                new RegExp(`\\b${other}\\b`).test(JSON.stringify({ ...inputs, dependencies })),
            );
            assert.deepEqual(
                about.map(({ name }) => name),
                [],
            );
        }
    });
});

describe("Two providers under Pulumi's own entry", () => {
    const providerOf = (name: string) => `urn:pulumi:prod::vss-backup::pulumi:providers:aws::${name}::${name}-id`;
    let run: ProgramRun;

    before(async () => {
        run = await runProgram({ folder: ROOT, program: "test/pulumi/programs/twoProviders.ts" });
    });

    it("are each handed to all children of their policy, and to its look-ups", () => {
        assert.deepEqual([run.code, run.printed, shown(run)], [0, "", []]);
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

    it("each give the ARNs of their own partition and region", () => {
        const arns = (policy: string) =>
            JSON.stringify(Object.entries(inputsByName(run)).filter(([name]) => name.startsWith(`${policy}-`))).match(
                /arn:aws[\w-]*:\w*:[\w-]*/g,
            ) ?? [];
        const foreign = (policy: string, own: RegExp) => arns(policy).filter((arn) => !own.test(arn));
        assert.deepEqual(foreign("gov", /^arn:aws-us-gov:\w+:(us-gov-west-1)?$/), []);
        assert.deepEqual(foreign("irish", /^arn:aws:\w+:(eu-west-1)?$/), []);
        assert.ok(arns("gov").length > 10);
        assert.equal(arns("gov").length, arns("irish").length);
    });
});
