import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Lambda keeps so many concurrent executions for functions that reserve none. */
const MIN_UNRESERVED = 100;

/**
 * Reserves a concurrency of 1 for each function of a policy, so that only one run of it is active at a time.
 *
 * Lambda refuses this if fewer than 100 remain for the account's other functions. New accounts have 10 in all. Such an account reserves
 * no concurrency. Two runs at the same time are safe too: two cleaners plan the same deletions, and count a missing snapshot as deleted.
 *
 * @param functions how many functions reserve it
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function reservedConcurrency(parent: pulumi.Resource, functions: number): pulumi.Output<number> {
    // Quota L-B99A9384: Lambda's concurrent executions. The request fails if the deploying user lacks the permission.
    const quota = aws.servicequotas.getServiceQuota({ serviceCode: "lambda", quotaCode: "L-B99A9384" }, { parent }).then(
        ({ value }) => value,
        () => 0,
    );
    return pulumi.output(quota).apply((concurrency) => (concurrency < MIN_UNRESERVED + functions ? -1 : 1));
}
