import type { DeployedWindow } from "./deployed";
import { Ec2State } from "./embeddedAws/ec2State";
import type { SnapshotStore } from "./embeddedAws/snapshotStore";
import type { Server } from "./embeddedAws/ssm";
import type {
    AwsState,
    StoredAssociationExecution,
    StoredInvocation,
    StoredLogEvent,
    StoredSubscription,
    StoredWindow,
    StoredWindowExecution,
} from "./embeddedAws/state";
import { type Deployment, resourcesOf } from "./program";
import type { Timeline } from "./timeline";

const DAY = 86_400_000;

/** How long Systems Manager keeps commands and executions. */
const HISTORY = 30 * DAY;

/** The embedded AWS of a rehearsal. Its lists change while time goes on. */
export interface PlayedAws extends AwsState {
    readonly invocations: StoredInvocation[];
    readonly windows: StoredWindow[];
    readonly windowExecutions: StoredWindowExecution[];
    readonly associationExecutions: StoredAssociationExecution[];
    readonly logGroups: ReadonlyMap<string, StoredLogEvent[]>;
    readonly topics: ReadonlyMap<string, StoredSubscription[]>;
}

/** The parts of an account that the embedded AWS shows. */
export interface Shown {
    readonly servers: Server[];
    readonly store: SnapshotStore;
    readonly timeline: Timeline;
    readonly windows: readonly DeployedWindow[];
}

/** Makes the embedded AWS as it is after a deployment. Each e-mail address has confirmed its subscription. */
export function makePlayedAws(deployment: Deployment, { servers, store, timeline, windows }: Shown): PlayedAws {
    const logGroups = resourcesOf(deployment, "aws:cloudwatch/logGroup:LogGroup");
    const subscriptions = resourcesOf(deployment, "aws:sns/topicSubscription:TopicSubscription");
    return {
        store,
        servers,
        ec2: new Ec2State(),
        invocations: [],
        sent: [],
        run: () => ({ status: "Success", outputs: {} }),
        functions: new Map(),
        windows: [...new Map(windows.map((window) => [window.id, makeStoredWindow(window)])).values()],
        windowExecutions: [],
        associationExecutions: [],
        parameters: new Map(
            resourcesOf(deployment, "aws:ssm/parameter:Parameter").map(({ inputs }) => [String(inputs.name), String(inputs.insecureValue)]),
        ),
        parameterTimes: new Map(),
        logGroups: new Map(logGroups.map(({ inputs }) => [String(inputs.name), []])),
        topics: new Map(
            topicArns(deployment).map((arn) => [
                arn,
                subscriptions
                    .filter(({ inputs }) => inputs.topic === arn)
                    .map(({ inputs: { protocol, endpoint } }) => ({ protocol, endpoint, isConfirmed: true })),
            ]),
        ),
        quotas: new Map([["ebs/Snapshots per Region", 100_000]]),
        messages: [],
        metrics: [],
        now: () => timeline.now,
    };
}

/** Makes the window as it was deployed. */
export function makeStoredWindow({ id, name, schedule, timezone, duration, cutoff }: DeployedWindow): StoredWindow {
    return { id, name, enabled: true, schedule, timezone, duration, cutoff };
}

/** Finds all topics that a deployment makes or uses. */
function topicArns(deployment: Deployment): string[] {
    const made = resourcesOf(deployment, "aws:sns/topic:Topic").map(({ arn = "" }) => arn);
    const used = JSON.stringify(deployment.resources.map(({ inputs }) => inputs)).match(/arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+/g) ?? [];
    return [...new Set([...made, ...used])];
}

/** Adds an entry to a list of Systems Manager, and drops those that it keeps no longer. */
export function remember<T>(list: T[], entry: T, timeOf: (entry: T) => number): void {
    const oldest = timeOf(entry) - HISTORY;
    const kept = list.findIndex((other) => timeOf(other) >= oldest);
    list.splice(0, kept === -1 ? list.length : kept);
    list.push(entry);
}
