import type { AwsCall, AwsError } from "./call";
import type { IamRequest } from "./iam";
import { partitionOf } from "./partition";
import type { Protocol } from "./protocols";
import type { SnapshotStore } from "./snapshotStore";
import type { AwsState } from "./state";

/** The account and the region of a call. */
export interface Place {
    readonly state: AwsState;
    /** The snapshots that a listing shows. */
    readonly view: SnapshotStore;
    readonly region: string;
    readonly accountId: string;
    /** The maximum number of things in a page. */
    readonly pageSize: number;
    /** Whether IAM allows the caller an action that a service performs for the caller later. */
    permits(request: Required<Judged>): Promise<boolean>;
}

/** What IAM judges. A call may need the permission for another action on some of its resources. */
export type Judged = Pick<IamRequest, "resource" | "context"> & Partial<Pick<IamRequest, "action">>;

export interface Action {
    /** The permission that IAM asks for, if it has another name than the action. */
    readonly permission?: string;
    /** Finds the resources that IAM judges; undefined if the service answers any caller. Without this function, the resource is `*`. */
    resource?(call: AwsCall, place: Place): Judged | readonly Judged[] | undefined;
    /** @throws AwsError that the service returns */
    carryOut(call: AwsCall, place: Place): object | Promise<object>;
}

/** One service of the embedded AWS. */
export interface Service {
    readonly protocol: Protocol;
    readonly actions: Readonly<Record<string, Action>>;
    /** Makes the error for a caller without permission. */
    denied(refusal: string): AwsError;
    /** Makes the error for an action that the service does not have. */
    unknown(action: string): AwsError;
}

/** The ARN of a resource in the account and the region. */
export function arnOf({ region, accountId }: Place, service: string, path: string): string {
    return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${path}`;
}
