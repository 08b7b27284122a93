import assert from "node:assert/strict";
import { type IamRequest, startIam } from "../../rehearsal/embeddedAws/iam";
import type { Deployment } from "../../rehearsal/program";
import { rehearse } from "../../rehearsal/rehearse";
import { deployed } from "../support/policies";
import { parts, wideOpen } from "./documents";
import { allowed, denied, OTHER_ACCOUNT, type Row, requestOf, sentenceOf, type Variant, variants } from "./table";

const REGION = "eu-central-1";

const TABLE: readonly Row[] = [...allowed(REGION), ...denied(REGION)];

/** Parts of policies that no call needs. */
const NEEDLESS: readonly string[] = [
    // The condition bounds it too: IAM knows its key for no other action.
    "prod-window-role-policy, PassNotifyRole: bound of action iam:PassRole",
    // The policy of a topic says nothing about other topics.
    "prod-topic-policy, PublishAlarms: bound of resources",
    "prod-topic-policy, PublishEvents: bound of resources",
];

/** A call, whichever of many alike it is made on. */
function callOf(principal: string, action: string, resource: string): string {
    return `${principal} ${action} ${resource.replace(/(\/snap|\/i|:log-stream:).*/, "$1")}`;
}

/** The rows of which IAM says the opposite, as sentences. */
async function wrong(deployment: Deployment, rows: readonly Row[], most = rows.length): Promise<string[]> {
    const iam = startIam(deployment);
    const found: string[] = [];
    for (const row of rows) {
        const verdict = (await iam.refusal(requestOf(row))) === undefined ? "allowed" : "denied";
        if (verdict !== row[4] && found.push(sentenceOf(row)) === most) {
            break;
        }
    }
    return found;
}

/** What of a deployment's policies could be left out, or be wider, and no row would tell. */
async function untold(deployment: Deployment, rows: readonly Row[], known?: Deployment): Promise<string[]> {
    const unnoticed: string[] = [];
    for (const { name, without, concerns } of parts(deployment, known)) {
        const concerned = rows.filter(([principal, , resource]) => concerns(principal, resource));
        if ((await wrong(without, concerned, 1)).length === 0) {
            unnoticed.push(name);
        }
    }
    return unnoticed;
}

/** The table with a variant's own rows in place of those that ask the same, and of what it does not make. */
function tableOf({ rows, gone = [] }: Variant): Row[] {
    const question = (row: Row) => JSON.stringify(requestOf(row));
    const asked = new Set(rows.map(question));
    const holds = (row: Row) => !asked.has(question(row)) && !gone.includes(row[0]) && !gone.includes(row[2]);
    return [...rows, ...TABLE.filter(holds)];
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

    it("has a row for each call of a rehearsal", async () => {
        const iam = startIam(byDefault);
        const made = new Set<string>();
        const refusal = (request: IamRequest) => {
            const role = byDefault.resources.find(({ arn = "" }) => [arn, iam.accessKey(arn)].includes(request.principal));
            made.add(callOf(role?.name ?? request.principal, request.action, request.resource));
            return iam.refusal(request);
        };
        const options = { start: Date.UTC(2027, 0, 1), days: 6, servers: 1, volumes: 1, failures: 0, seed: 1, iam: { ...iam, refusal } };
        await rehearse(byDefault, { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true }, options);
        const rows = new Set(allowed(REGION).map(([principal, action, resource]) => callOf(principal, action, resource)));
        assert.deepEqual([[...made].filter((call) => !rows.has(call)), made.size], [[], 11]);
    });

    it("asks nothing twice", () => {
        assert.equal(new Set(TABLE.map((row) => JSON.stringify(requestOf(row)))).size, TABLE.length);
    });

    it("denies nothing that would not be granted to somebody who may do all", async () => {
        // What is another account's, that account would have to grant as well.
        const denials = denied(REGION)
            .filter(([, , resource]) => !resource.includes(OTHER_ACCOUNT))
            .map(([principal, action, resource, context]): Row => [principal, action, resource, context, "allowed"]);
        assert.deepEqual(await wrong(wideOpen(byDefault), denials), []);
    });

    it("says nothing in its policies that the table would not miss: no statement, action, resource, condition or bound", async () => {
        assert.deepEqual((await untold(byDefault, TABLE)).sort(), [...NEEDLESS].sort());
    });

    for (const variant of variants(REGION)) {
        describe(`with ${variant.title}`, () => {
            let deployment: Deployment;

            before(async () => {
                deployment = await deployed(variant.args, { region: REGION });
            });

            for (const row of variant.rows) {
                it(sentenceOf(row), async () => {
                    assert.deepEqual(await wrong(deployment, [row]), []);
                });
            }

            it("allows and denies all else as by default", async () => {
                assert.deepEqual(await wrong(deployment, tableOf(variant)), []);
            });

            it("says nothing in its policies that the table would not miss", async () => {
                const needless = await untold(deployment, tableOf(variant), byDefault);
                assert.deepEqual(
                    needless.filter((part) => !NEEDLESS.includes(part)),
                    [],
                );
            });
        });
    }

    for (const region of ["cn-north-1", "us-gov-west-1"]) {
        it(`allows and denies the same in ${region}`, async () => {
            assert.deepEqual(await wrong(await deployed({}, { region }), [...allowed(region), ...denied(region)]), []);
        });
    }
});
