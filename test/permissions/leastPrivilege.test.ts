import assert from "node:assert/strict";
import { type IamRequest, startIam } from "../../rehearsal/embeddedAws/iam";
import type { Deployment } from "../../rehearsal/program";
import { rehearse } from "../../rehearsal/rehearse";
import { deployPolicy } from "../support/policies";
import { allowEverything, listPolicyChanges } from "./documents";
import { allowed, denied, OTHER_ACCOUNT, type Row, requestOf, sentenceOf, type Variant, variants } from "./table";

const REGION = "eu-central-1";

const TABLE: readonly Row[] = [...allowed(REGION), ...denied(REGION)];

/** Changes to policies that no row of the table notices. */
const UNNOTICED_CHANGES: readonly string[] = [
    // The condition limits the statement too: only iam:PassRole has its key.
    "prod-window-role-policy, PassNotifyRole: bound of action iam:PassRole",
    // The policy of a topic does not apply to other topics.
    "prod-topic-policy, PublishAlarms: bound of resources",
    "prod-topic-policy, PublishEvents: bound of resources",
];

/** A request as text, with the id of the resource left out. */
function requestText(principal: string, action: string, resource: string): string {
    return `${principal} ${action} ${resource.replace(/(\/snap|\/i|:log-stream:).*/, "$1")}`;
}

/** Finds the rows that IAM contradicts, as sentences. */
async function contradictedRows(deployment: Deployment, rows: readonly Row[], limit = rows.length): Promise<string[]> {
    const iam = startIam(deployment);
    const found: string[] = [];
    for (const row of rows) {
        const verdict = (await iam.refusal(requestOf(row))) === undefined ? "allowed" : "denied";
        if (verdict !== row[4] && found.push(sentenceOf(row)) === limit) {
            break;
        }
    }
    return found;
}

/** Finds the changes to a deployment's policies that no row of the table notices. */
async function unnoticedChanges(deployment: Deployment, rows: readonly Row[], known?: Deployment): Promise<string[]> {
    const unnoticed: string[] = [];
    for (const { name, deployment: changed, affects } of listPolicyChanges(deployment, known)) {
        const affected = rows.filter(([principal, , resource]) => affects(principal, resource));
        if ((await contradictedRows(changed, affected, 1)).length === 0) {
            unnoticed.push(name);
        }
    }
    return unnoticed;
}

/** The table with the rows of a variant. Its rows replace rows for the same request. Rows for resources that it does not make are removed. */
function tableOf({ rows, removed = [] }: Variant): Row[] {
    const requestKey = (row: Row) => JSON.stringify(requestOf(row));
    const replaced = new Set(rows.map(requestKey));
    const isUnchanged = (row: Row) => !replaced.has(requestKey(row)) && !removed.includes(row[0]) && !removed.includes(row[2]);
    return [...rows, ...TABLE.filter(isUnchanged)];
}

describe("Least privilege", () => {
    let byDefault: Deployment;

    before(async () => {
        byDefault = await deployPolicy({}, { region: REGION });
    });

    for (const row of TABLE) {
        it(sentenceOf(row), async () => {
            assert.deepEqual(await contradictedRows(byDefault, [row]), []);
        });
    }

    it("has a row for each request of a rehearsal", async () => {
        const iam = startIam(byDefault);
        const requests = new Set<string>();
        const refusal = (request: IamRequest) => {
            const role = byDefault.resources.find(({ arn = "" }) => [arn, iam.accessKey(arn)].includes(request.principal));
            requests.add(requestText(role?.name ?? request.principal, request.action, request.resource));
            return iam.refusal(request);
        };
        const options = { start: Date.UTC(2027, 0, 1), days: 6, servers: 1, volumes: 1, failures: 0, seed: 1, iam: { ...iam, refusal } };
        await rehearse(byDefault, { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true }, options);
        const rows = new Set(allowed(REGION).map(([principal, action, resource]) => requestText(principal, action, resource)));
        assert.deepEqual([[...requests].filter((request) => !rows.has(request)), requests.size], [[], 11]);
    });

    it("has one row for each request", () => {
        assert.equal(new Set(TABLE.map((row) => JSON.stringify(requestOf(row)))).size, TABLE.length);
    });

    it("has denied rows that a policy with all permissions would allow", async () => {
        // Access to another account's resource also needs that account's permission.
        const denials = denied(REGION)
            .filter(([, , resource]) => !resource.includes(OTHER_ACCOUNT))
            .map(([principal, action, resource, context]): Row => [principal, action, resource, context, "allowed"]);
        assert.deepEqual(await contradictedRows(allowEverything(byDefault), denials), []);
    });

    it("has a row that notices each change to its policies", async () => {
        assert.deepEqual((await unnoticedChanges(byDefault, TABLE)).sort(), [...UNNOTICED_CHANGES].sort());
    });

    for (const variant of variants(REGION)) {
        describe(`with ${variant.title}`, () => {
            let deployment: Deployment;

            before(async () => {
                deployment = await deployPolicy(variant.args, { region: REGION });
            });

            for (const row of variant.rows) {
                it(sentenceOf(row), async () => {
                    assert.deepEqual(await contradictedRows(deployment, [row]), []);
                });
            }

            it("allows and denies other requests as by default", async () => {
                assert.deepEqual(await contradictedRows(deployment, tableOf(variant)), []);
            });

            it("has a row that notices each change to its policies", async () => {
                const unnoticed = await unnoticedChanges(deployment, tableOf(variant), byDefault);
                assert.deepEqual(
                    unnoticed.filter((change) => !UNNOTICED_CHANGES.includes(change)),
                    [],
                );
            });
        });
    }

    for (const region of ["cn-north-1", "us-gov-west-1"]) {
        it(`allows and denies the same in ${region}`, async () => {
            assert.deepEqual(await contradictedRows(await deployPolicy({}, { region }), [...allowed(region), ...denied(region)]), []);
        });
    }
});
