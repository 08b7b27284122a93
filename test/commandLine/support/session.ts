import assert from "node:assert/strict";
import { makeClients } from "../../../cli/clients";
import { resultDocument } from "../../../cli/output/document";
import { documentSchema } from "../../../cli/output/schemas";
import { findPolicy } from "../../../cli/policies";
import type { Outcome, Session } from "../../../cli/session";
import type { Choice } from "../../../cli/userCommands";
import type { AwsOptions } from "../../../rehearsal/embeddedAws/aws";
import type { AwsCall } from "../../../rehearsal/embeddedAws/call";
import type { AwsState } from "../../../rehearsal/embeddedAws/state";
import { NOW } from "./account";
import { withEmbeddedAws } from "./vssBackup";

/** What a command gave, and the calls that AWS received. */
export interface Performed extends Outcome {
    readonly calls: readonly AwsCall[];
}

/** How a command is performed in this process. */
export interface PerformOptions extends AwsOptions {
    readonly now?: number;
    readonly columns?: number;
    readonly isColored?: boolean;
    /** Whether the JSON document is checked by the schema of the command. */
    readonly isChecked?: boolean;
    /** Of the caller, for the embedded IAM. */
    readonly accessKeyId?: string;
    /** Aborted as by Ctrl-C. */
    readonly abortSignal?: AbortSignal;
    /** The options by which the user chose the policy and the account. */
    readonly choice?: Choice;
}

/** Performs a command in this process, against an embedded AWS with an account. It checks the JSON document by its schema. */
export function perform(
    command: string,
    act: (session: Session) => Promise<Outcome>,
    state: Partial<AwsState>,
    {
        now = NOW,
        columns = 80,
        isColored = false,
        isChecked = true,
        accessKeyId = "AKIATEST",
        abortSignal = new AbortController().signal,
        choice = {},
        ...options
    }: PerformOptions = {},
): Promise<Performed> {
    return withEmbeddedAws(state, options, async ({ endpoint, calls }) => {
        const given = { endpoint, credentials: { accessKeyId, secretAccessKey: "test" } };
        const clients = makeClients({ region: "eu-central-1" }, abortSignal, given);
        const policy = await findPolicy(clients, undefined, abortSignal);
        const screen = { columns, isColored, isInteractive: false, tell: () => {}, progress: () => {}, clear: () => {} };
        const clientsWith = (signal: AbortSignal) => makeClients({ region: "eu-central-1" }, signal, given);
        const session: Session = { policy, clients, clientsWith, region: "eu-central-1", now, abortSignal, screen, choice };
        const outcome = await act(session);
        const document = JSON.parse(resultDocument(command, session, outcome)) as unknown;
        if (isChecked) {
            assert.deepEqual(documentSchema(command).parse(document), document);
        }
        return { ...outcome, calls };
    });
}
