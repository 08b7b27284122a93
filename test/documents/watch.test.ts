import assert from "node:assert/strict";
import { KINDS } from "../../lambda/watch/finding";
import { metricsLine } from "../../lambda/watch/metrics";
import { writeReport } from "../../lambda/watch/report";
import { healthOfAccount, SETTINGS } from "../lambda/watch/account";
import { afterEachWay } from "../lambda/watch/waysToLose";
import { findBlocks, textOf } from "../support/documents";
import { findUnportableLines } from "../support/shellBlocks";

const PAGE = "docs/watch.md";

/** The cells of the rows of a table, without the ticks of code. */
function table(head: string): string[][] {
    const rows = textOf(PAGE).split(`${head}\n`)[1]?.split("\n\n")[0]?.split("\n").slice(1) ?? [];
    return rows.map((row) => row.slice(2, -2).split(" | "));
}

describe("docs/watch.md", () => {
    it("shows a report as the watch writes it", () => {
        const { subject, text } = writeReport(healthOfAccount(), SETTINGS);
        assert.deepEqual(
            findBlocks("text", [PAGE]).map((block) => block.text),
            [`${subject}\n`, text],
        );
    });

    const ways = table("| event | finding | severity |");
    const health = afterEachWay();

    it("names the ways to lose backups that are tested, and each kind of finding", () => {
        assert.deepEqual(["", ...ways.map(([way]) => way)], [...health.keys()]);
        assert.deepEqual(
            KINDS.filter((kind) => !ways.some(([, finding]) => finding === `\`${kind}\``)),
            [],
        );
    });

    it("begins from an account without findings", () => {
        assert.deepEqual(health.get("")?.findings, []);
    });

    for (const [way, finding, severity] of ways as [string, string, string][]) {
        it(`says which finding reports it if ${way}`, () => {
            const found = health.get(way)?.findings.map((one) => `${one.severity}: \`${one.kind}\``) ?? [];
            assert.equal(found.includes(`${severity}: ${finding}`), true, found.join());
        });
    }

    it("has next steps whose commands PowerShell and a POSIX shell read alike", () => {
        const texts = [...health.values()].map((one) => writeReport(one, SETTINGS).text).join("\n");
        const commands = new Set(texts.match(/^ {4}(aws|pulumi) .*$/gm));
        assert.equal(commands.size > 10, true);
        assert.deepEqual(findUnportableLines([...commands].join("\n").replace(/^ +/gm, "")), []);
    });

    it("names every metric", () => {
        const named = table("| metric | meaning |").flatMap(([metrics = ""]) => metrics.replaceAll("`", "").split(", "));
        const { _aws, Policy, ...metrics } = JSON.parse(metricsLine(healthOfAccount(), SETTINGS));
        assert.deepEqual(named, Object.keys(metrics));
    });
});
