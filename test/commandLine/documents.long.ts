import assert from "node:assert/strict";
import { healthyAccount } from "./support/account";
import { startVssBackup, vssBackup } from "./support/vssBackup";

async function documentOf(...args: string[]): Promise<unknown> {
    const { stdout, stderr } = await startVssBackup(args, "");
    assert.equal(stderr, "");
    return JSON.parse(stdout);
}

describe("--json", () => {
    for (const [args, command, start] of [
        [["--help", "--json"], "help", "Usage: vss-backup [options] [command]"],
        [["--json", "help", "status"], "help", "Usage: vss-backup status [options]"],
        [["points", "--help", "--json"], "help", "Usage: vss-backup points [options] [server]"],
        [["--json", "--version"], "version", "0."],
        [["completion", "fish", "--json"], "completion", "# fish completion for vss-backup"],
        [["--json", "completion", "bash"], "completion", "if ! type _get_comp_words_by_ref"],
    ] as const) {
        it(`gives a document for ${args.join(" ")}`, async () => {
            const { result, ...head } = (await documentOf(...args)) as { readonly result: { readonly text: string } };
            assert.deepEqual(
                [head, Object.keys(result), result.text.startsWith(start)],
                [{ version: 1, command, exitCode: 0 }, ["text"], true],
            );
        });
    }

    for (const [args, message] of [
        [["--json"], "The command is missing."],
        [["statu", "--json"], "unknown command 'statu' (Did you mean status?)"],
        [["--json", "status", "--al"], "unknown option '--al'"],
        [["explain", "--json"], "missing required argument 'snapshot'"],
        [["explain", "", "--json"], "command-argument value '' is invalid for argument 'snapshot'. Give the id of a snapshot."],
        [["hold", " ", "--json"], "command-argument value ' ' is invalid for argument 'snapshot'. Give the id of a snapshot."],
        [["backup", "--type", "", "--json"], "option '--type <type>' argument '' is invalid. Give a snapshot type."],
        [["status", "--policy", "", "--json"], "option '--policy <name>' argument '' is invalid. Give the name of a policy."],
    ] as const) {
        it(`gives one line of error for ${args.join(" ")}`, async () => {
            assert.deepEqual(await documentOf(...args), { version: 1, exitCode: 2, error: { message, cure: "Run vss-backup --help." } });
        });
    }

    it("and the other options of all commands may come before the command", async () => {
        const [before, after] = await Promise.all(
            [
                ["--json", "--policy", "prod", "--region", "eu-west-1", "points", "web01"],
                ["points", "web01", "--json", "--policy", "prod", "--region", "eu-west-1"],
            ].map((args) => vssBackup(args, healthyAccount())),
        );
        const { region, policy } = JSON.parse(before?.stdout ?? "") as { readonly region: string; readonly policy: string };
        assert.deepEqual([before?.stdout, before?.status, region, policy], [after?.stdout, 0, "eu-west-1", "prod"]);
    });
});
