import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clean } from "../../lambda/cleaner/cleaner";
import { type Deployment, runProgram } from "../../rehearsal/program";
import { blocksOf, PAGES, proseOf, ROOT, textOf } from "../support/documents";

interface Result {
    readonly ratio: string;
    readonly value: number;
    readonly measured: string;
}

describe("The documents", () => {
    let deployment: Deployment;

    before(async () => {
        deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod-eu", {
            "vss-backup:notificationEmails": '["a@example.com"]',
            "vss-backup:dashboard": "true",
        });
    });

    it("have a README of at most 150 lines and 900 words", () => {
        const readme = textOf("README.md");
        const words = readme.split(/\s+/).length;
        assert.deepEqual([readme.split("\n").length <= 150, words >= 610, words <= 900], [true, true, true], `${words} words`);
    });

    it("have blocks only of languages that a test reads", () => {
        const read = ["sh", "powershell", "ts", "yaml", "json", "text"];
        assert.deepEqual(
            PAGES.flatMap(blocksOf).filter(({ language }) => !read.includes(language)),
            [],
        );
    });

    it("name every resource that a policy makes", () => {
        const table = textOf("docs/deploying.md").split("| part | resources |")[1]?.split("\n\n")[0] ?? "";
        const named = [...table.matchAll(/`([\w-]+…?)`/g)].map(([, resource]) => resource as string);
        const made = deployment.resources
            .filter(({ name }) => name.startsWith("prod-eu-") && !/-(week|month)-/.test(name))
            .map(({ name }) => name.replace("prod-eu-", "").replace(/^email-.*/, "email-…"));
        assert.deepEqual(named.toSorted(), made.toSorted());
    });

    it("name every role and its permissions", () => {
        const roles = deployment.resources
            .filter(({ type }) => type === "aws:iam/role:Role")
            .map(({ name }) => name.replace("prod-eu-", ""));
        const table = textOf("docs/reliability.md").split("| role | assumed by | may | only |")[1]?.split("\n\n")[0] ?? "";
        const named = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, role]) => role as string);
        assert.deepEqual(named.toSorted(), roles.toSorted());
        const writes = deployment.resources.flatMap(({ type, inputs }) =>
            type === "aws:iam/rolePolicy:RolePolicy" ? actionsOf(inputs.policy) : [],
        );
        const harmless = /^(logs|resource-groups|tag):|^ssm:(List|Describe|Get)/;
        assert.deepEqual(
            writes.filter((action) => !harmless.test(action) && !table.includes(`\`${action}\``)),
            [],
        );
    });

    it("quote the numbers of the bench", () => {
        const { results } = JSON.parse(textOf("bench/report.json")) as { results: Result[] };
        const result = (ratio: string) => results.find((found) => found.ratio === ratio) as Result;
        const table = textOf("docs/reliability.md").split("| measurement | result |")[1]?.split("\n\n")[0] ?? "";
        assert.deepEqual(
            [...table.matchAll(/\| ([^|]*\d[^|]*) \|$/gm)].map(([, quoted]) => quoted),
            [
                result("listing and planning 100,000 to Lambda's 15 minutes").measured,
                result("calls of a run to pages of 1,000 and deletions").measured,
                `${Math.round(100 * result("deletions to permitted deletions").value)} %`,
                result("start of the handler to loading the EC2 client alone").measured,
            ],
        );
    });

    it("quote the error of a run without a time", async () => {
        assert.equal(proseOf("docs/troubleshooting.md").includes("the event has no `time` that can be read"), true);
        await assert.rejects(clean({} as never, {} as never, {}), /^Error: The event has no "time" that can be read/);
    });

    it("have an entry for the package's version in the CHANGELOG", () => {
        const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
        assert.equal(textOf("CHANGELOG.md").includes(`## [${version}] - `), true);
    });
});

function actionsOf(policy: string): string[] {
    const { Statement } = JSON.parse(policy) as { Statement: { Action: string | string[] }[] };
    return Statement.flatMap(({ Action }) => Action);
}
