import * as pulumi from "@pulumi/pulumi";
import { addressDigest } from "../lambda/watch/addressDigest";
import type { WatchTargets } from "../lambda/watch/watchSettings";
import type { ResolvedPolicy } from "./resolvePolicy";
import type { Watched } from "./watch";

/** The name of the watch's log group. */
export function watchLogGroup(policy: string): string {
    return `/vss-backup/${policy}/watch`;
}

/** Collects the values of other resources that the watch and the command line look at. */
export function watchTargets(
    { name, serverTag, excludeBootVolume, document, notificationEmails }: ResolvedPolicy,
    { instanceProfile, windows, association, topicArn, chatTopicArn, cleanerLogs }: Watched,
): pulumi.Output<WatchTargets> {
    return pulumi.output({
        serverTag: { key: serverTag.key, value: serverTag.value },
        excludeBootVolume,
        windowIds: windows.windowIds,
        associationId: association.id,
        topicArn,
        emails: Object.fromEntries(notificationEmails.map((email) => [email.name, email.value.apply(addressDigest)])),
        cleanerLogGroup: cleanerLogs.name,
        watchLogGroup: watchLogGroup(name),
        document,
        ...(instanceProfile && { instanceProfile: instanceProfile.name }),
        ...(chatTopicArn && { chatTopicArn }),
    });
}
