import { ACCOUNT_ID } from "../../rehearsal/program";

export const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role`;
export const TOPIC = `arn:aws:sns:eu-central-1:${ACCOUNT_ID}:prod-topic`;
export const LOG_GROUPS = `arn:aws:logs:eu-central-1:${ACCOUNT_ID}:log-group`;

/** The trust policy of a role. */
export function trust(Service: string, Condition?: object) {
    const Statement = [
        { Sid: "AssumeRole", Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service }, ...(Condition && { Condition }) },
    ];
    return { Version: "2012-10-17", Statement };
}

export const THIS_ACCOUNT = { StringEquals: { "aws:SourceAccount": ACCOUNT_ID } };
export const THIS_ACCOUNT_IF_SENT = { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT_ID } };

/** A policy document. */
export function policy(...Statement: object[]) {
    return { Version: "2012-10-17", Statement };
}
