import { DescribeSnapshotsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { clean } from "../lambda/cleaner/cleaner";
import { POLICY_TAG, TYPE_TAG } from "../lambda/retention/tags";
import type { EmbeddedAws } from "../rehearsal/embeddedAws/aws";
import { account, NOW, SETTINGS, SNAPSHOTS_PER_VOLUME } from "./account";
import { client, region } from "./region";
import { number, progress, type Result } from "./result";

const VOLUMES = 1000;
const PAGE = 1000;

/** Counts the requests of one run. The cleaner requests pages of 1,000 and deletions, and nothing else. */
export async function calls(): Promise<Result[]> {
    const listed = account(VOLUMES * SNAPSHOTS_PER_VOLUME);
    const ec2 = await region(listed);
    const ec2Client = client(ec2);
    try {
        const before = countOf(ec2, "DescribeSnapshots");
        progress("  one listing per volume and type");
        const volumes = [...new Set(listed.map(({ volumeId }) => volumeId))];
        await listByVolumeAndType(ec2Client, volumes);
        const byVolume = countOf(ec2, "DescribeSnapshots") - before;

        progress("  a run of the cleaner");
        const first = ec2.calls.length;
        const settings = { ...SETTINGS, maxDeletionsPerRun: listed.length };
        const report = await hideOutput(() =>
            clean(ec2Client, settings, { time: new Date(NOW).toISOString() }, undefined, { burst: listed.length, perSecond: 1e6 }),
        );
        const made = ec2.calls.length - first;
        const deleted = report.Counts.Deleted;
        const pages = Math.ceil(listed.length / PAGE);
        return [
            {
                subject: "API calls",
                ratio: "calls of a run to pages of 1,000 and deletions",
                value: made / (pages + deleted),
                target: { is: "at most", limit: 1 },
                measured: `${number(made)} calls for ${number(listed.length)} snapshots of ${number(VOLUMES)} volumes: ${pages} pages, ${number(deleted)} deletions`,
            },
            {
                subject: "API calls",
                ratio: "listings to one per volume and type",
                value: (made - deleted) / byVolume,
                measured: `${made - deleted} to ${number(byVolume)}, before the first deletion`,
            },
        ];
    } finally {
        ec2Client.destroy();
        await ec2.close();
    }
}

/** Lists as the scripts do that this project replaces. */
async function listByVolumeAndType(ec2: EC2Client, volumes: readonly string[]): Promise<void> {
    for (const volume of volumes) {
        for (const type of Object.keys(SETTINGS.retention)) {
            const Filters = [
                { Name: `tag:${POLICY_TAG}`, Values: [SETTINGS.name] },
                { Name: "volume-id", Values: [volume] },
                { Name: `tag:${TYPE_TAG}`, Values: [type] },
            ];
            await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"], Filters }));
        }
    }
}

function countOf({ calls }: EmbeddedAws, action: string): number {
    return calls.filter((call) => call.action === action).length;
}

/** Hides the standard output of a run. The cleaner writes its report there, but the output belongs to the table. */
async function hideOutput<T>(run: () => Promise<T>): Promise<T> {
    const { write } = process.stdout;
    process.stdout.write = () => true;
    try {
        return await run();
    } finally {
        process.stdout.write = write;
    }
}
