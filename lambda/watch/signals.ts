import type { Attempt } from "../aws/attempt";
import type { SizedSnapshot } from "../retention/snapshot";

export type { SizedSnapshot };

/** What AWS answered to one listing; or a sentence that says why there is no whole answer. */
export type Signal<T> = Attempt<T>;

/** The listings of one run, all of them. Times are milliseconds since 1970. */
export interface Signals {
    /** `ec2:DescribeInstances` */
    readonly servers: Signal<readonly Server[]>;
    /** `ssm:DescribeInstanceInformation` */
    readonly nodes: Signal<readonly ManagedNode[]>;
    /** `ec2:DescribeSnapshots` */
    readonly snapshots: Signal<readonly SizedSnapshot[]>;
    /** `ssm:ListCommandInvocations` */
    readonly invocations: Signal<readonly Invocation[]>;
    /** `ssm:DescribeMaintenanceWindows` */
    readonly windows: Signal<readonly BackupWindow[]>;
    /** `ssm:DescribeMaintenanceWindowExecutions` */
    readonly executions: Signal<readonly WindowExecution[]>;
    /** `ssm:DescribeAssociationExecutions` and `ssm:DescribeAssociationExecutionTargets` */
    readonly packages: Signal<readonly PackageResult[]>;
    /** `logs:FilterLogEvents` of the cleaner's log group */
    readonly cleanerRuns: Signal<readonly CleanerRun[]>;
    /** `sns:ListSubscriptionsByTopic` */
    readonly subscriptions: Signal<readonly Subscription[]>;
    /** `ssm:GetParametersByPath` of the restore tests */
    readonly restoreTests: Signal<readonly TestedServer[]>;
}

/** The listings, and what the run of the watch has written. */
export interface WatchSignals extends Signals {
    /** Undefined on the command line, which writes no records. */
    readonly recording?: Signal<Recording>;
}

export type SignalName = keyof Signals;

/** An EC2 instance of the region that is not terminated, with or without the server tag. */
export interface Server {
    /** `i-…` */
    readonly id: string;
    /** The value of its tag `Name`; empty without one. */
    readonly name: string;
    /** `pending`, `running`, `stopping` or `stopped`. */
    readonly state: string;
    /** When it last stopped; undefined if it runs, or if EC2 does not say. */
    readonly stoppedAt?: number;
    /** When it last started. */
    readonly launchedAt: number;
    readonly isWindows: boolean;
    /** Such as `m7i.large`. */
    readonly instanceType: string;
    readonly hasProfile: boolean;
    readonly volumes: readonly AttachedVolume[];
    readonly tags: Readonly<Record<string, string>>;
}

export interface AttachedVolume {
    /** `vol-…` */
    readonly id: string;
    /** Such as `/dev/sda1` or `xvdb`. */
    readonly device: string;
    readonly attachedAt: number;
    readonly isRoot: boolean;
}

/** An instance that Systems Manager manages. Stopped instances are not among them. */
export interface ManagedNode {
    /** `i-…` */
    readonly id: string;
    /** `Online`, `ConnectionLost` or `Inactive`. */
    readonly ping: string;
    readonly lastPing: number;
    /** `Windows`, `Linux` or `MacOS`. */
    readonly platform: string;
}

/** One run of the VSS document on one server, by a window or by hand. */
export interface Invocation {
    /** `i-…` */
    readonly serverId: string;
    /** The snapshot type of the window's command; undefined if its comment names none. */
    readonly type?: string;
    readonly requestedAt: number;
    /** SSM's detailed status, such as `Success`, `Failed`, `DeliveryTimedOut` or `Undeliverable`. */
    readonly status: string;
    /** The end of the run's output. */
    readonly output: string;
}

/** A backup window as it is in Systems Manager now. */
export interface BackupWindow {
    /** `mw-…` */
    readonly id: string;
    readonly enabled: boolean;
    readonly schedule: string;
    readonly timezone: string;
    /** Hours. */
    readonly duration: number;
    /** Hours. */
    readonly cutoff: number;
}

export interface WindowExecution {
    readonly windowId: string;
    readonly startTime: number;
    /** Such as `SUCCESS`, `FAILED`, `TIMED_OUT`, `SKIPPED_OVERLAPPING`. */
    readonly status: string;
    readonly details: string;
}

/** The newest installation of the VSS package on one server. */
export interface PackageResult {
    readonly serverId: string;
    /** `Success`, `Failed`, `TimedOut`, `Pending` and others of Systems Manager. */
    readonly status: string;
    readonly details: string;
    readonly time: number;
}

/** One run of the cleaner, from the report in its log. */
export interface CleanerRun {
    /** When the run was due. */
    readonly time: number;
    readonly status: "OK" | "PARTIAL" | "FAILED";
    readonly errors: readonly string[];
    readonly kept: number;
    readonly deleted: number;
    /** Deletions that EC2 refused. */
    readonly failed: number;
    /** Deletions that were left for the next run. */
    readonly remaining: number;
    /** Ids of snapshots whose deletion EC2 refused. */
    readonly failedIds: readonly string[];
}

/** The last restore test of a server. */
export interface TestedServer {
    readonly serverId: string;
    /** When it ended. */
    readonly time: number;
    readonly isPassed: boolean;
}

/** What a run of the watch did with the records of servers. */
export interface Recording {
    readonly written: number;
    /** Servers whose record could not be written, and why. */
    readonly failed: readonly { readonly server: string; readonly why: string }[];
    /** Changed records that are left for the next run. */
    readonly remaining: number;
}

export interface Subscription {
    /** `email`, `https` and others. */
    readonly protocol: string;
    readonly endpoint: string;
    readonly isConfirmed: boolean;
}
