import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { SEND_ONCE } from "../../../../cli/backup/sendOnce";
import { makeClients } from "../../../../cli/clients";
import { applyRestore } from "../../../../cli/restore/apply/applyRestore";
import { makeCloud } from "../../../../cli/restore/apply/awsCloud";
import type { Tools } from "../../../../cli/restore/apply/progress";
import { newRecord, type RestoreRecord } from "../../../../cli/restore/apply/record";
import { makeRecordStore, type RecordStore } from "../../../../cli/restore/apply/recordStore";
import { undoRestore } from "../../../../cli/restore/apply/undoRestore";
import { planRestore } from "../../../../cli/restore/plan/planRestore";
import type { RestoreRequest } from "../../../../cli/restore/plan/request";
import type { RestorePlan } from "../../../../cli/restore/plan/steps";
import { readWorld } from "../../../../cli/restore/world/readWorld";
import { readSources } from "../../../../cli/restore/world/sources";
import type { Session } from "../../../../cli/session";
import { RETRY_UNREADABLE } from "../../../../lambda/aws/readableAnswers";
import { watchClientConfig } from "../../../../lambda/watch/watch";
import { DEPLOYED, NOW } from "../../support/account";

/** Long enough for the embedded AWS, and short enough for many tests. */
const TIMES = { connectionTimeout: 1000, requestTimeout: 250, socketTimeout: 250, throwOnRequestTimeout: true };

const ID = "20270305-0700-0a1b2c3d";

/** A restore in this process, against an embedded AWS. Its pauses take no time. */
export interface EmbeddedRun {
    readonly plan: RestorePlan;
    readonly store: RecordStore;
    apply(record: RestoreRecord): Promise<RestoreRecord>;
    undo(record: RestoreRecord): Promise<RestoreRecord>;
    newRecord(): RestoreRecord;
}

export async function startRun(endpoint: string, request: Omit<RestoreRequest, "id" | "madeAt">): Promise<EmbeddedRun> {
    const session = sessionAt(endpoint);
    const store = makeRecordStore(session);
    const whole: RestoreRequest = { ...request, id: ID, madeAt: NOW };
    const planned = planRestore(await readWorld(session, store, await readSources(session), whole), whole);
    if (planned.kind === "refused") {
        throw new Error(planned.faults.map(({ sentence }) => sentence).join("; "));
    }
    const tools = toolsOf(session, store);
    return {
        plan: planned.plan,
        store,
        apply: (record) => applyRestore(tools, record),
        undo: (record) => undoRestore(tools, record),
        newRecord: () => newRecord(planned.plan, NOW),
    };
}

function toolsOf(session: Session, store: RecordStore): Tools {
    let time = NOW;
    const clock = {
        now: () => time,
        pause: async (ms: number) => {
            time += ms;
        },
    };
    return { cloud: makeCloud(session, clock), clock, save: (record) => store.save(record), report: () => {} };
}

function sessionAt(endpoint: string): Session {
    const given = { endpoint, region: "eu-central-1", credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" } };
    const config = { ...watchClientConfig, ...given, requestHandler: TIMES, retryMode: "standard" };
    const [ec2, ssm] = [new EC2Client(config), new SSMClient(config)];
    ec2.middlewareStack.add(...RETRY_UNREADABLE);
    ssm.middlewareStack.add(...RETRY_UNREADABLE);
    ssm.middlewareStack.add(...SEND_ONCE);
    const abortSignal = new AbortController().signal;
    const clients = { ...makeClients({ region: "eu-central-1" }, abortSignal, given), ec2, ssm };
    return {
        policy: DEPLOYED,
        clients,
        clientsWith: () => clients,
        region: "eu-central-1",
        now: NOW,
        abortSignal,
        screen: { columns: 80, isColored: false, isInteractive: false, tell: () => {}, progress: () => {}, clear: () => {} },
        choice: {},
    };
}
