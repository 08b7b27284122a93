import type { Json } from "./call";
import type { Datum } from "./cloudWatch";
import { Ec2State } from "./ec2State";
import { SnapshotStore } from "./snapshotStore";
import type { Server } from "./ssm";

/** The account from which the embedded AWS answers. Its lists may grow and change at any time. Times are milliseconds since 1970. */
export interface AwsState {
    /** Snapshots and volumes. */
    readonly store: SnapshotStore;
    readonly servers: Server[];
    /** Images, tasks and changes of EC2 that go on. */
    readonly ec2: Ec2State;
    /** Runs of commands, each on one server. */
    readonly invocations: readonly StoredInvocation[];
    /** Runs of the commands that clients have sent. */
    readonly sent: StoredInvocation[];
    /** Runs a command on a server when somebody sends it. The result may change while time goes on. */
    run(command: SentCommand): StoredRun;
    /** The code of each function, by its name. */
    readonly functions: ReadonlyMap<string, (event: Json) => Promise<Json | undefined>>;
    readonly windows: readonly StoredWindow[];
    readonly windowExecutions: readonly StoredWindowExecution[];
    readonly associationExecutions: readonly StoredAssociationExecution[];
    /** The values of Parameter Store, by their names. */
    readonly parameters: Map<string, string>;
    /** When each parameter was last written, by its name; at present if left out. */
    readonly parameterTimes: Map<string, number>;
    /** The events of each log group, by its name. */
    readonly logGroups: ReadonlyMap<string, readonly StoredLogEvent[]>;
    /** The subscriptions of each topic, by its ARN. */
    readonly topics: ReadonlyMap<string, readonly StoredSubscription[]>;
    /** The account's quotas, by the code of the service and the name of the quota. */
    readonly quotas: ReadonlyMap<string, number>;
    /** What was published. */
    readonly messages: StoredMessage[];
    /** What clients have put into CloudWatch. */
    readonly metrics: Datum[];
    /** Reads the clock. */
    now(): number;
}

/** A command for one server. */
export interface SentCommand {
    readonly server: Server;
    readonly document: string;
    readonly parameters: Readonly<Record<string, string>>;
}

/** What a command did on a server so far. */
export interface StoredRun {
    /** SSM's detailed status, such as `Success`, `InProgress` or `DeliveryTimedOut`. */
    readonly status: string;
    /** The output of each step of the document, by its name. Only steps that began have one. */
    readonly outputs: Readonly<Record<string, string>>;
}

export interface StoredInvocation extends StoredRun {
    readonly commandId: string;
    readonly serverId: string;
    readonly document: string;
    readonly comment: string;
    readonly requestedAt: number;
}

/** A task of a window that runs a command. */
export interface StoredTask {
    readonly id: string;
    readonly document: string;
    readonly comment: string;
    readonly parameters: Readonly<Record<string, string>>;
    /** Seconds in which a server must start the command. */
    readonly timeout: number;
    readonly logGroup: string;
}

export interface StoredWindow {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
    readonly schedule: string;
    /** Undefined for UTC. */
    readonly timezone?: string;
    /** Hours. */
    readonly duration: number;
    /** Hours. */
    readonly cutoff: number;
    /** None if left out. */
    readonly tasks?: readonly StoredTask[];
}

export interface StoredWindowExecution {
    readonly id: string;
    readonly windowId: string;
    readonly startTime: number;
    /** Such as `SUCCESS` or `SKIPPED_OVERLAPPING`. */
    readonly status: string;
    /** SSM explains not every status. */
    readonly details?: string;
}

export interface StoredAssociationExecution {
    readonly id: string;
    readonly associationId: string;
    readonly createdAt: number;
    readonly status: string;
    readonly targets: readonly {
        readonly serverId: string;
        readonly status: string;
        readonly details: string;
        readonly time: number;
    }[];
}

export interface StoredLogEvent {
    readonly time: number;
    readonly message: string;
}

export interface StoredSubscription {
    readonly protocol: string;
    readonly endpoint: string;
    readonly isConfirmed: boolean;
}

export interface StoredMessage {
    readonly time: number;
    readonly topicArn: string;
    readonly subject?: string;
    readonly message: string;
    /** `json` if the message differs by protocol. */
    readonly structure?: string;
}

/** Makes an account that has these things and no others. */
export function awsState(given: Partial<AwsState> = {}): AwsState {
    return {
        store: new SnapshotStore(),
        servers: [],
        ec2: new Ec2State(),
        invocations: [],
        sent: [],
        run: () => ({ status: "Success", outputs: {} }),
        functions: new Map(),
        windows: [],
        windowExecutions: [],
        associationExecutions: [],
        parameters: new Map(),
        parameterTimes: new Map(),
        logGroups: new Map(),
        topics: new Map(),
        quotas: new Map([["ebs/Snapshots per Region", 100_000]]),
        messages: [],
        metrics: [],
        now: () => Date.now(),
        ...given,
    };
}
