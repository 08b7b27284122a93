import type { SSMClientConfig } from "@aws-sdk/client-ssm";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { loadSharedConfigFiles } from "@smithy/core/config";
import { EXIT } from "./exitCodes";
import { Failure } from "./failure";
import { suggestionOf } from "./suggestion";

type Credentials = Pick<SSMClientConfig, "credentials">;

/** Receives the warnings of the SDK about several credentials. The order is the one of the AWS CLI, so nobody needs them. */
const SILENT = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Sections of the files that are no profiles, as the SDK names them. */
const OTHER_SECTIONS = /^(sso-session|services)\./;

/**
 * Finds the credentials in the order of the AWS CLI: the option `--profile`, the keys in the environment, the variable `AWS_PROFILE`. The SDK
 * by itself takes `AWS_PROFILE` before the keys.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-quickstart.html#cli-configure-quickstart-precedence
 */
export function credentialsFor(profile: string | undefined): Credentials {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
    if (profile !== undefined) {
        // Also the region and the endpoint come from this profile.
        process.env.AWS_PROFILE = profile;
        return { credentials: defaultProvider({ profile, logger: SILENT }) };
    }
    return accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } } : {};
}

/**
 * Checks that a profile exists, as the AWS CLI does.
 *
 * @throws Failure with the profiles that exist
 */
export async function checkProfile(given: string | undefined): Promise<void> {
    const profile = given ?? process.env.AWS_PROFILE;
    if (!profile) {
        return;
    }
    const { configFile, credentialsFile } = await loadSharedConfigFiles();
    const sections = [...Object.keys(configFile), ...Object.keys(credentialsFile)];
    const names = [...new Set(sections.filter((name) => !OTHER_SECTIONS.test(name)))].sort();
    if (!names.includes(profile)) {
        const from = given === undefined ? " AWS_PROFILE names it." : "";
        throw new Failure(
            `There is no profile ${profile} in the files of the AWS CLI.${from}${suggestionOf(profile, names)}`,
            names.length === 0 ? "There is no profile at all. Make one: aws configure sso" : `The profiles are: ${names.join(", ")}.`,
            EXIT.usage,
        );
    }
}
