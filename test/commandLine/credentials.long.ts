import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmbeddedIam } from "../../rehearsal/embeddedAws/iam";
import { healthyAccount } from "./support/account";
import { vssBackup } from "./support/vssBackup";

const CONFIG = `[default]
region = us-east-1
[profile admin]
region = eu-west-1
[profile sourced]
role_arn = unused
[sso-session corporate]
sso_region = eu-west-1
`;

const CREDENTIALS = `[admin]
aws_access_key_id = AKIAADMIN
aws_secret_access_key = test
`;

describe("The credentials of a command", () => {
    let folder = "";

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "vss-backup-profiles-"));
        writeFileSync(join(folder, "config"), CONFIG);
        writeFileSync(join(folder, "credentials"), CREDENTIALS);
    });

    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    /** Runs a command, and returns what it printed and with which key it called AWS. */
    async function keyOf(args: readonly string[], env: Readonly<Record<string, string | undefined>>) {
        const keys = new Set<string>();
        const iam: EmbeddedIam = {
            accessKey: () => "",
            refusal: async ({ principal }) => {
                keys.add(principal);
                return undefined;
            },
        };
        const files = {
            AWS_CONFIG_FILE: join(folder, "config"),
            AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
            AWS_REGION: undefined,
        };
        const { status, stderr, stdout } = await vssBackup([...args, "--json"], healthyAccount(), {
            env: { ...files, ...env },
            aws: { iam },
        });
        const { region, error } = JSON.parse(stdout) as { readonly region?: string; readonly error?: object };
        return { status, stderr, keys: [...keys], region, error };
    }

    const used = (key: string, region: string) => ({ status: 0, stderr: "", keys: [key], region, error: undefined });
    const WITHOUT_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

    for (const [title, args, env, expected] of [
        ["are the keys of the environment", [], { AWS_REGION: "eu-north-1" }, used("AKIATEST", "eu-north-1")],
        ["are those of AWS_PROFILE", [], { ...WITHOUT_KEYS, AWS_PROFILE: "admin" }, used("AKIAADMIN", "eu-west-1")],
        [
            "are the keys of the environment before AWS_PROFILE, which still names the region",
            [],
            { AWS_PROFILE: "admin" },
            used("AKIATEST", "eu-west-1"),
        ],
        ["are those of --profile before the keys of the environment", ["--profile", "admin"], {}, used("AKIAADMIN", "eu-west-1")],
        ["are those of --profile before AWS_PROFILE", ["--profile", "admin"], { AWS_PROFILE: "other" }, used("AKIAADMIN", "eu-west-1")],
    ] as const) {
        it(title, async () => {
            assert.deepEqual(await keyOf(["points", ...args], env), expected);
        });
    }

    for (const [title, args, env, from] of [
        ["need a profile that exists", ["--profile", "admni"], {}, ""],
        [
            "need a profile that exists in AWS_PROFILE, also with keys in the environment",
            [],
            { AWS_PROFILE: "admni" },
            " AWS_PROFILE names it.",
        ],
    ] as const) {
        it(title, async () => {
            const { status, keys, error } = await keyOf(["points", ...args], env);
            assert.deepEqual(
                [status, keys, error],
                [
                    2,
                    [],
                    {
                        message: `There is no profile admni in the files of the AWS CLI.${from} Did you mean admin?`,
                        cure: "The profiles are: admin, default, sourced.",
                    },
                ],
            );
        });
    }
});
