import { schedulesOf } from "../rehearsal/deployed";
import { startLambda } from "../rehearsal/embeddedAws/lambda";
import { account, NOW } from "./account";
import { prod } from "./prod";
import { region } from "./region";
import { number, progress, type Result } from "./result";

/** EC2's default quota of snapshots in a region. */
const SNAPSHOTS = 100_000;

/** Lambda's longest timeout. The cleaner uses all but its last quarter of a minute. */
const LIMIT_S = 900;

/** Measures how long the deployed closure lists and plans in an account at EC2's quota, in Node 24. */
export async function quota(): Promise<Result[]> {
    progress(`  ${number(SNAPSHOTS)} snapshots: list and plan`);
    // A run without deletions: EC2's rate limit decides how long they take.
    const schedule = schedulesOf(await prod({ "vss-backup:reportOnly": "true" })).find(({ arn }) => arn.endsWith("-cleaner"));
    if (!schedule) {
        throw new Error("The program deploys no cleaner.");
    }
    const ec2 = await region(account(SNAPSHOTS));
    try {
        const environment = { AWS_ENDPOINT_URL_EC2: ec2.endpoint };
        const lambda = await startLambda({ function: schedule.function, region: "eu-central-1", environment });
        try {
            const begin = performance.now();
            const report = (await lambda.invoke({ time: new Date(NOW).toISOString() })) as { Counts: Record<string, number> };
            const seconds = (performance.now() - begin) / 1000;
            const { Listed = 0, Remaining = 0 } = report.Counts;
            return [
                {
                    subject: "quota",
                    ratio: "listing and planning 100,000 to Lambda's 15 minutes",
                    value: seconds / LIMIT_S,
                    measured: `${number(seconds)} s for ${number(Listed)} snapshots, ${number(Remaining)} of them to delete`,
                },
            ];
        } finally {
            await lambda.close();
        }
    } finally {
        await ec2.close();
    }
}
