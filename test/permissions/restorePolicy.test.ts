import assert from "node:assert/strict";
import type { VssBackupPolicyArgs } from "../../components";
import { startIam } from "../../rehearsal/embeddedAws/iam";
import { ACCOUNT_ID, type Deployment, type Registered } from "../../rehearsal/program";
import { deployPolicy } from "../support/policies";
import { allowEverything, listPolicyChanges } from "./documents";
import { RESTORER, restoreAllowed, restoreDenied } from "./restoreTable";
import { OTHER_ACCOUNT, type Row, requestOf, sentenceOf } from "./table";

const REGION = "eu-central-1";
const TABLE: readonly Row[] = [...restoreAllowed(REGION), ...restoreDenied(REGION)];

/** IAM takes a managed policy of up to 6,144 characters. */
const MOST_CHARACTERS = 6144;

/** Changes that no request can show: the conditions of these statements have keys that only their own actions have. */
const UNNOTICED = [
    "restorer-policy, Hold: bound of action ec2:CreateTags",
    "restorer-policy, Hold: bound of action ec2:DeleteTags",
    "restorer-policy, PassServerRole: bound of action iam:PassRole",
    "restorer-policy, TagNew: bound of action ec2:CreateTags",
];

/** The deployment with a role to which somebody has attached the document. */
async function withRestorer(args: VssBackupPolicyArgs = {}, region = REGION): Promise<Deployment> {
    const deployment = await deployPolicy(args, { region });
    const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    const role: Registered = {
        name: RESTORER,
        type: "aws:iam/role:Role",
        arn: `arn:${partition}:iam::${ACCOUNT_ID}:role/${RESTORER}`,
        inputs: { assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' },
    } as unknown as Registered;
    const attached: Registered = {
        name: "restorer-policy",
        type: "aws:iam/rolePolicy:RolePolicy",
        inputs: { role: RESTORER, policy: deployment.outputs.restorePolicyJson },
    } as unknown as Registered;
    return { ...deployment, resources: [...deployment.resources, role, attached] };
}

/** Finds the rows that IAM contradicts, as sentences. */
async function contradicted(deployment: Deployment, rows: readonly Row[], limit = rows.length): Promise<string[]> {
    const iam = startIam(deployment);
    const found: string[] = [];
    for (const row of rows) {
        const verdict = (await iam.refusal(requestOf(row))) === undefined ? "allowed" : "denied";
        found.push(...(verdict === row[4] ? [] : [sentenceOf(row)]));
        if (found.length === limit) {
            break;
        }
    }
    return found;
}

/** The rows that can notice a change: less is allowed if a part is missing, and more if a bound is. Rows of a named action come first. */
function rowsFor(change: string): Row[] {
    const expected = /: (bound|condition) /.test(change) ? "denied" : "allowed";
    const isNamed = ([, action]: Row) => change.endsWith(` ${action}`);
    return TABLE.filter((row) => row[4] === expected).toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
}

describe("The policy document for restores", () => {
    let deployment: Deployment;

    before(async () => {
        deployment = await withRestorer();
    });

    it("is attached to nothing", async () => {
        const { resources, outputs } = await deployPolicy();
        const sids = (JSON.parse(String(outputs.restorePolicyJson)) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid);
        const inputs = JSON.stringify(resources.map((one) => ({ ...one.inputs, code: undefined })));
        assert.deepEqual([sids.includes("RemoveMade"), inputs.includes("RemoveMade")], [true, false]);
    });

    it("allows what the modes of a restore need, and no more", async () => {
        assert.deepEqual(await contradicted(deployment, TABLE), []);
    });

    it("has denied rows that a policy with all permissions would allow", async () => {
        const rows = restoreDenied(REGION)
            .filter(([, , resource]) => !resource.includes(OTHER_ACCOUNT))
            .map(([principal, action, resource, context]): Row => [principal, action, resource, context, "allowed"]);
        assert.deepEqual(await contradicted(allowEverything(deployment), rows), []);
    });

    it("has a row that notices each change to it", async () => {
        const unnoticed: string[] = [];
        for (const { name, deployment: changed } of listPolicyChanges(deployment, await deployPolicy())) {
            if (name.startsWith("restorer-policy") && (await contradicted(changed, rowsFor(name), 1)).length === 0) {
                unnoticed.push(name);
            }
        }
        assert.deepEqual(unnoticed, UNNOTICED);
    });

    for (const region of ["cn-north-1", "us-gov-west-1"]) {
        it(`is the same in ${region}`, async () => {
            assert.deepEqual(await contradicted(await withRestorer({}, region), [...restoreAllowed(region), ...restoreDenied(region)]), []);
        });
    }

    const passRole = (resource: string, verdict: Row[4]): Row => [
        RESTORER,
        "iam:PassRole",
        resource,
        { "iam:PassedToService": "ec2.amazonaws.com" },
        verdict,
    ];
    const own = `arn:aws:iam::${ACCOUNT_ID}:role`;

    it("passes the roles that the user gave", async () => {
        const given = await withRestorer({ serverRoles: { web: "web", sql: `${own}/apps/sql` } });
        const rows = [
            passRole(`${own}/web`, "allowed"),
            passRole(`${own}/apps/sql`, "allowed"),
            passRole(`${own}/sql`, "denied"),
            passRole(`${own}/prod-server-role`, "denied"),
        ];
        assert.deepEqual(await contradicted(given, rows), []);
    });

    it("has the server tag, the hold tag and the document of the policy", async () => {
        const changed = await withRestorer({
            serverTag: { key: "Backup", value: "SQL 2022" },
            hold: "Keep",
            document: "AWSEC2-VssInstallAndSnapshot",
        });
        const server = `arn:aws:ec2:${REGION}:${ACCOUNT_ID}:instance/i-1`;
        const snapshot = `arn:aws:ec2:${REGION}::snapshot/snap-1`;
        const document = `arn:aws:ssm:${REGION}::document/AWSEC2-VssInstallAndSnapshot`;
        const hold = (key: string) => ({ "aws:ResourceTag/VssBackupPolicy": "prod", "aws:TagKeys": [key] });
        const rows: Row[] = [
            [RESTORER, "ec2:StopInstances", server, { "aws:ResourceTag/Backup": "SQL 2022" }, "allowed"],
            [RESTORER, "ec2:StopInstances", server, { "aws:ResourceTag/VssBackup": "prod" }, "denied"],
            [RESTORER, "ssm:SendCommand", server, { "ssm:resourceTag/Backup": "SQL 2022" }, "allowed"],
            [RESTORER, "ssm:SendCommand", server, { "ssm:resourceTag/VssBackup": "prod" }, "denied"],
            [RESTORER, "ssm:SendCommand", document, {}, "allowed"],
            [RESTORER, "ec2:CreateTags", snapshot, hold("Keep"), "allowed"],
            [RESTORER, "ec2:CreateTags", snapshot, hold("VssBackupHold"), "denied"],
        ];
        assert.deepEqual(await contradicted(changed, rows), []);
    });

    it("fits into a managed policy, in the longest partition, with a long name and many types", async () => {
        const name = "a-policy-whose-name-is-long-to-be-certain";
        const types = Object.fromEntries([...Array(10).keys()].map((i) => [`Type ${i}`, `cron(0 ${i * 2 + 1} ? * * *)`]));
        const retention = Object.fromEntries(Object.keys(types).map((type) => [type, 1]));
        const schedules = { ...types, Day: "never", Week: "never", Month: "never" };
        const long = await deployPolicy({ retention, schedules }, { region: "us-gov-west-1", name: name.slice(0, 40) });
        assert.equal(
            String(long.outputs.restorePolicyJson).length <= MOST_CHARACTERS,
            true,
            String(long.outputs.restorePolicyJson).length.toString(),
        );
    });
});
