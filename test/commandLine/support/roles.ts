import { type EmbeddedIam, type IamRequest, startIam } from "../../../rehearsal/embeddedAws/iam";
import { ACCOUNT_ID, type Registered } from "../../../rehearsal/program";
import { findBlocks } from "../../support/documents";
import { deployPolicy } from "../../support/policies";

interface Statement {
    readonly Sid: string;
    readonly Action: string | readonly string[];
}

export interface PolicyDocument {
    readonly Version: string;
    readonly Statement: readonly Statement[];
}

/** The documents of a reader and of an operator in docs/command-line.md. */
export const [READER, OPERATOR] = findBlocks("json", ["docs/command-line.md"])
    .map(({ text }) => JSON.parse(text) as Partial<PolicyDocument>)
    .filter((document): document is PolicyDocument => document.Statement !== undefined) as [PolicyDocument, PolicyDocument];

/** The document for restores of the policy `prod`, as the component writes it. */
export async function restoreDocument(): Promise<PolicyDocument> {
    const { outputs } = await deployPolicy();
    return JSON.parse(String(outputs.restorePolicyJson)) as PolicyDocument;
}

/** A role with these documents. */
export interface Role {
    readonly iam: EmbeddedIam;
    readonly accessKeyId: string;
    /** What IAM has judged so far. */
    readonly requests: readonly IamRequest[];
}

export function roleWith(...documents: readonly PolicyDocument[]): Role {
    const arn = `arn:aws:iam::${ACCOUNT_ID}:role/person`;
    const resource = (type: string, name: string, inputs: Registered["inputs"]): Registered => {
        return { type, name, inputs, id: name, arn, provider: "" };
    };
    const resources = [
        resource("aws:iam/role:Role", "person", { assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' }),
        ...documents.map((document, i) =>
            resource("aws:iam/rolePolicy:RolePolicy", `policy-${i}`, { role: "person", policy: JSON.stringify(document) }),
        ),
    ];
    const iam = startIam({ project: "test", stack: "test", region: "eu-central-1", resources, outputs: {} });
    const requests: IamRequest[] = [];
    const refusal: EmbeddedIam["refusal"] = (request) => {
        requests.push(request);
        return iam.refusal(request);
    };
    return { iam: { ...iam, refusal }, accessKeyId: iam.accessKey(arn), requests };
}

/** Removes one statement from a document. */
export function withoutStatement(document: PolicyDocument, sid: string): PolicyDocument {
    return { ...document, Statement: document.Statement.filter(({ Sid }) => Sid !== sid) };
}

/** Removes one action from a document, or from one of its statements. */
export function withoutAction(document: PolicyDocument, action: string, sid?: string): PolicyDocument {
    const changed = document.Statement.map((statement) =>
        statement.Sid === (sid ?? statement.Sid)
            ? { ...statement, Action: [statement.Action].flat().filter((one) => one !== action) }
            : statement,
    );
    return { ...document, Statement: changed.filter(({ Action }) => Action.length > 0) };
}
