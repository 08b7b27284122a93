import assert from "node:assert/strict";
import { makeClients } from "../../cli/clients";
import { Failure } from "../../cli/failure";
import { findPolicy } from "../../cli/policies";
import { parameterName } from "../../lambda/deployedPolicy";
import type { AwsOptions } from "../../rehearsal/embeddedAws/aws";
import { AwsError } from "../../rehearsal/embeddedAws/call";
import { DEPLOYED, healthyAccount, type TestAccount } from "./support/account";
import { withEmbeddedAws } from "./support/vssBackup";

function find(account: TestAccount, name?: string, options: AwsOptions = {}) {
    return withEmbeddedAws(account, options, ({ endpoint }) => {
        const given = { endpoint, credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" } };
        const { signal } = new AbortController();
        return findPolicy(makeClients({ region: "eu-central-1" }, signal, given), name, signal);
    });
}

/** A healthy account with the settings of these policies in its parameters. */
function withPolicies(...names: readonly string[]): TestAccount {
    return { ...healthyAccount(), parameters: new Map(names.map((name) => [parameterName(name), JSON.stringify(DEPLOYED)])) };
}

function withSettings(settings: object): TestAccount {
    const text = JSON.stringify({ ...DEPLOYED, settings: { ...DEPLOYED.settings, ...settings } });
    return { ...healthyAccount(), parameters: new Map([[parameterName("prod"), text]]) };
}

const OLDER = new Failure(
    "An older version deployed the policy prod: snapshots name it, and its settings are not in Parameter Store.",
    "Deploy it again with this version: pulumi up",
);

describe("The policy of a command", () => {
    it("is the only one", async () => {
        assert.deepEqual(await find(withPolicies("prod")), DEPLOYED);
    });

    it("is the only one with a parameter, also beside one of an older version", async () => {
        const text = JSON.stringify({ ...DEPLOYED, settings: { ...DEPLOYED.settings, name: "web" } });
        const account = { ...healthyAccount(), parameters: new Map([[parameterName("web"), text]]) };
        assert.equal((await find(account)).settings.name, "web");
    });

    it("is the named one", async () => {
        assert.deepEqual(await find(withPolicies("test", "prod"), "prod"), DEPLOYED);
    });

    for (const [title, account, name, expected] of [
        [
            "must be named if there are several",
            withPolicies("test", "prod"),
            undefined,
            new Failure("There are several policies: prod, test.", "Choose one with --policy.", 2),
        ],
        [
            "has a suggestion if its name is misspelled",
            withPolicies("test", "prod"),
            "prd",
            new Failure(
                "There is no policy prd. Did you mean prod?",
                "This account and region have: prod, test. Check --policy, --profile and --region.",
                2,
            ),
        ],
        ["is one of an older version if only snapshots name it", withPolicies(), undefined, OLDER],
        ["is one of an older version if only snapshots have the given name", withPolicies("test"), "prod", OLDER],
        [
            "is not one of an older version if the given name is another",
            withPolicies(),
            "web",
            new Failure("There is no policy web.", "This account and region have none. Check --profile and --region.", 2),
        ],
        [
            "cannot have a time zone that Node.js does not know",
            withSettings({ timezone: "Mars/Olympus" }),
            undefined,
            new Failure(
                "This version of vss-backup cannot read the settings of policy prod, in the parameter /vss-backup/prod/settings: settings.timezone: this Node.js does not know the time zone.",
                "Use the version of vss-backup that deployed the policy, and a maintained version of Node.js.",
            ),
        ],
        [
            "cannot have settings that are no JSON",
            { ...healthyAccount(), parameters: new Map([[parameterName("prod"), "{"]]) },
            undefined,
            new Failure(
                "This version of vss-backup cannot read the settings of policy prod, in the parameter /vss-backup/prod/settings: it is no JSON.",
                "Use the version of vss-backup that deployed the policy, and a maintained version of Node.js.",
            ),
        ],
    ] as const) {
        it(title, async () => {
            await assert.rejects(find(account, name), expected);
        });
    }

    for (const [title, text, why] of [
        [
            "a schedule that AWS does not have",
            JSON.stringify({ ...DEPLOYED, settings: { ...DEPLOYED.settings, schedules: { Day: "zzz" } } }),
            "settings.schedules.Day: write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)",
        ],
        ["null in place of an object", "null", "Invalid input: expected object, received null"],
    ] as const) {
        it(`cannot have ${title}`, async () => {
            const account = { ...healthyAccount(), parameters: new Map([[parameterName("prod"), text]]) };
            const sentence = `This version of vss-backup cannot read the settings of policy prod, in the parameter /vss-backup/prod/settings: ${why}.`;
            const cure = "Use the version of vss-backup that deployed the policy, and a maintained version of Node.js.";
            await assert.rejects(find(account), new Failure(sentence, cure));
        });
    }

    it("is missing if nothing names one, also if the caller may not list snapshots", async () => {
        const missing = new Failure("This account and region have no policy.", "Check --profile and --region.");
        const denied: AwsOptions = {
            intercept: ({ action }) => {
                if (action === "DescribeSnapshots") {
                    throw new AwsError("UnauthorizedOperation", "denied", 403);
                }
                return undefined;
            },
        };
        const empty = withPolicies();
        await assert.rejects(find(empty, undefined, denied), missing);
        for (const { id } of empty.store.all()) {
            empty.store.delete(id);
        }
        await assert.rejects(find(empty), missing);
    });
});
