import assert from "node:assert/strict";
import { startIam } from "../../rehearsal/embeddedAws/iam";
import type { Deployment } from "../../rehearsal/program";
import { deployed } from "../support/policies";
import { parts, wideOpen } from "./documents";
import { allowed, denied, type Row, requestOf, sentenceOf, variants } from "./table";

const REGION = "eu-central-1";

const TABLE: readonly Row[] = [...allowed(REGION), ...denied(REGION)];

/** The rows of which IAM says the opposite, as sentences. */
async function wrong(deployment: Deployment, rows: readonly Row[]): Promise<string[]> {
    const iam = startIam(deployment);
    const verdicts = await Promise.all(rows.map(async (row) => ((await iam.refusal(requestOf(row))) === undefined ? "allowed" : "denied")));
    return rows.filter((row, i) => row[4] !== verdicts[i]).map(sentenceOf);
}

/** What of a deployment's policies could be left out, or be wider, and no row would tell. */
async function untold(deployment: Deployment, rows: readonly Row[]): Promise<string[]> {
    const unnoticed = await Promise.all(
        parts(deployment).map(async ({ name, without, concerns }) => {
            const broken = await wrong(
                without,
                rows.filter(([principal, , resource]) => concerns(principal, resource)),
            );
            return broken.length === 0 ? [name] : [];
        }),
    );
    return unnoticed.flat();
}

/** The table with a variant's own rows in place of those that ask the same. */
function withRows(own: readonly Row[]): Row[] {
    const question = (row: Row) => JSON.stringify(requestOf(row));
    const asked = new Set(own.map(question));
    return [...own, ...TABLE.filter((row) => !asked.has(question(row)))];
}

describe("Least privilege", () => {
    let byDefault: Deployment;

    before(async () => {
        byDefault = await deployed({}, { region: REGION });
    });

    for (const row of TABLE) {
        it(sentenceOf(row), async () => {
            assert.deepEqual(await wrong(byDefault, [row]), []);
        });
    }

    it("asks nothing twice", () => {
        assert.equal(new Set(TABLE.map((row) => JSON.stringify(requestOf(row)))).size, TABLE.length);
    });

    it("denies nothing that would not be granted to somebody who may do all", async () => {
        const denials = denied(REGION).map((row): Row => [...row.slice(0, 4), "allowed"] as unknown as Row);
        assert.deepEqual(await wrong(wideOpen(byDefault), denials), []);
    });

    it("has no statement, action, resource, condition or bound that the table would not miss", async () => {
        assert.deepEqual(await untold(byDefault, TABLE), []);
    });

    for (const { title, args, rows } of variants(REGION)) {
        describe(`with ${title}`, () => {
            let deployment: Deployment;

            before(async () => {
                deployment = await deployed(args, { region: REGION });
            });

            for (const row of rows) {
                it(sentenceOf(row), async () => {
                    assert.deepEqual(await wrong(deployment, [row]), []);
                });
            }

            it("allows and denies all else as by default", async () => {
                assert.deepEqual(await wrong(deployment, withRows(rows)), []);
            });
        });
    }

    for (const region of ["cn-north-1", "us-gov-west-1", "us-east-1"]) {
        it(`allows and denies the same in ${region}`, async () => {
            assert.deepEqual(await wrong(await deployed({}, { region }), [...allowed(region), ...denied(region)]), []);
        });
    }
});
