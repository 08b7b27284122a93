import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import { type Reading, readSignals } from "../../lambda/watch/reading";
import type { WatchSettings, WatchTargets } from "../../lambda/watch/watchSettings";
import type { AwsOptions } from "../../rehearsal/embeddedAws/aws";
import type { AwsCall } from "../../rehearsal/embeddedAws/call";
import type { Server } from "../../rehearsal/embeddedAws/ssm";
import type { AwsState, StoredInvocation } from "../../rehearsal/embeddedAws/state";
import { withAws } from "./awsClients";
import { DAY, HOUR, SETTINGS, TARGETS } from "./watchedAccount";

export { DAY, HOUR, TARGETS };

/** A Monday. The Month window opened at 05:00, and the Day window at 01:00. */
export const NOW = Date.parse("2027-02-01T07:00:00Z");

/** A server with the server tag. */
export function serverOf(id: string, given: Partial<Server> = {}): Server {
    return { id, tags: new Map([["VssBackup", "prod"]]), volumes: [], hasVssPackage: true, busyUntil: 0, ...given };
}

/** A run of the Day window that succeeded. */
export function invocationOf(serverId: string, requestedAt: number, given: Partial<StoredInvocation> = {}): StoredInvocation {
    return {
        commandId: `command-${requestedAt}`,
        serverId,
        document: TARGETS.document,
        comment: "VssBackupPolicy prod: day snapshots",
        requestedAt,
        status: "Success",
        outputs: { CreateVssSnapshot: "" },
        ...given,
    };
}

/** The windows, log groups and the topic of the policy, without anything in them. */
export function emptyRegion(): Partial<AwsState> {
    return {
        windows: [],
        logGroups: new Map([
            [TARGETS.cleanerLogGroup, []],
            [TARGETS.watchLogGroup, []],
        ]),
        topics: new Map([[TARGETS.topicArn, []]]),
        now: () => NOW,
    };
}

/** Answers the calls of one action with this body. */
export function answering(action: string, body: object): NonNullable<AwsOptions["intercept"]> {
    return (call) => (call.action === action ? body : undefined);
}

export interface ReadRegion extends Reading {
    readonly calls: readonly AwsCall[];
}

export interface ReadOptions extends AwsOptions {
    readonly settings?: Partial<WatchSettings>;
    readonly targets?: Partial<WatchTargets>;
    readonly abortSignal?: AbortSignal;
    /** Replaces settings of the clients. */
    readonly config?: EC2ClientConfig;
}

/** Reads the signals of a region once, through the real SDK over HTTP. */
export function readRegion(state: Partial<AwsState>, options: ReadOptions = {}): Promise<ReadRegion> {
    const { settings, targets, abortSignal = new AbortController().signal, config, ...rest } = options;
    return withAws(
        { ...emptyRegion(), ...state },
        async (clients, { calls }) => {
            const reading = await readSignals(clients, { ...SETTINGS, ...settings }, { ...TARGETS, ...targets }, NOW, abortSignal);
            return { ...reading, calls };
        },
        rest,
        config,
    );
}
