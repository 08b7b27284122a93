import assert from "node:assert/strict";
import type { Deployment } from "../../rehearsal/program";
import type { Promises } from "../../rehearsal/promises";
import { type Rehearsal, type RehearsalOptions, rehearse } from "../../rehearsal/rehearse";
import { deployPolicy } from "../support/policies";

const PROMISES: Promises = { retention: { Day: 1, Week: 1, Month: 1 }, standIns: true };
const OPTIONS: RehearsalOptions = { start: Date.UTC(2027, 0, 4), days: 2, servers: 1, volumes: 1, failures: 0, seed: 1 };

/** The cleaner of this policy deletes one snapshot, on the second day. */
let byDefault: Deployment;

/** Plays the deployment with a text in a policy replaced. The policy must have the text. */
function replayed(resource: string, text: string | RegExp, instead: string): Promise<Rehearsal> {
    const resources = byDefault.resources.map((registered) => {
        if (registered.name !== resource) {
            return registered;
        }
        const [input, document] = Object.entries(registered.inputs).find(([key]) => /policy$/i.test(key)) as [string, string];
        const changed = document.replace(text, instead);
        assert.notEqual(changed, document);
        return { ...registered, inputs: { ...registered.inputs, [input]: changed } };
    });
    return rehearse({ ...byDefault, resources }, PROMISES, OPTIONS);
}

describe("A rehearsal in which IAM refuses calls", () => {
    before(async () => {
        byDefault = await deployPolicy({ retention: PROMISES.retention });
    });

    for (const [title, resource, text, instead, why] of [
        [
            "another service may assume the window's role",
            "prod-window-role",
            "ssm.amazonaws.com",
            "ec2.amazonaws.com",
            /ssm\.amazonaws\.com is not authorized to perform: sts:AssumeRole/,
        ],
        [
            "SSM may assume the role for another account",
            "prod-window-role",
            "123456789012",
            "999999999999",
            /ssm\.amazonaws\.com is not authorized to perform: sts:AssumeRole/,
        ],
        [
            "the window may send another document",
            "prod-window-role-policy",
            "AWSEC2-CreateVssSnapshot",
            "AWS-RunShellScript",
            /ssm:SendCommand on resource: .*:document\/AWSEC2-CreateVssSnapshot /,
        ],
        [
            "the window may send to servers with another tag",
            "prod-window-role-policy",
            `resourceTag/VssBackup":"prod"`,
            `resourceTag/VssBackup":"test"`,
            /ssm:SendCommand on resource: .*:instance\/i-00000000000000001 /,
        ],
        [
            "the window may pass another role",
            "prod-window-role-policy",
            "role/prod-notify-role",
            "role/other",
            /iam:PassRole on resource: .*:role\/prod-notify-role /,
        ],
        [
            "the window may pass the role to another service",
            "prod-window-role-policy",
            "ssm.amazonaws.com",
            "ec2.amazonaws.com",
            /iam:PassRole on resource: .*:role\/prod-notify-role /,
        ],
    ] as const) {
        it(`fails each run with the reason if ${title}`, async () => {
            const { runs, taken, broken } = await replayed(resource, text, instead);
            assert.deepEqual([runs.map(({ status }) => status), taken], [["Failed", "Failed"], 0]);
            assert.match(runs[0]?.why ?? "", /^AccessDeniedException: User: /);
            assert.match(runs[0]?.why ?? "", why);
            assert.deepEqual(broken, [`no run took a snapshot: ${runs[0]?.why}`]);
        });
    }

    for (const [title, resource, text, instead, why] of [
        [
            "another service may assume the schedule's role",
            "prod-schedule-role",
            "scheduler.",
            "events.",
            /the cleaner was not started: .* sts:AssumeRole/,
        ],
        [
            "the schedule may start another function",
            "prod-schedule-role-policy",
            "function:",
            "function:not-",
            /the cleaner was not started: .* lambda:InvokeFunction/,
        ],
        [
            "another service may assume the cleaner's role",
            "prod-cleaner-role",
            "lambda.",
            "edgelambda.",
            /the cleaner was not started: .* sts:AssumeRole/,
        ],
        [
            "the cleaner may write to another log",
            "prod-cleaner-role-policy",
            /prod\/cleaner/g,
            "prod/runs",
            /the cleaner's log was not written: .* logs:CreateLogStream/,
        ],
        [
            "the cleaner may read its log, and not write it",
            "prod-cleaner-role-policy",
            "PutLogEvents",
            "GetLogEvents",
            /the cleaner's log was not written: .* logs:PutLogEvents/,
        ],
    ] as const) {
        it(`names each run of the cleaner and the reason if ${title}`, async () => {
            const { broken } = await replayed(resource, text, instead);
            assert.deepEqual(
                broken.map((sentence) => sentence.slice(0, 21)),
                ["2027-01-04T07:00:00Z:", "2027-01-05T07:00:00Z:"],
            );
            for (const sentence of broken) {
                assert.match(sentence, why);
            }
        });
    }

    it("ends with the error of EC2 if the cleaner may not list snapshots", async () => {
        await assert.rejects(
            replayed("prod-cleaner-role-policy", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"),
            /UnauthorizedOperation: You are not authorized to perform this operation\. User: arn:aws:sts::123456789012:assumed-role\/prod-cleaner-role\/rehearsal is not authorized to perform: ec2:DescribeSnapshots on resource: \* /,
        );
    });

    it("ends with the error of the cleaner if it may delete another policy's snapshots instead", async () => {
        await assert.rejects(
            replayed("prod-cleaner-role-policy", `VssBackupPolicy":"prod"`, `VssBackupPolicy":"test"`),
            /1 of 1 deletions failed: UnauthorizedOperation: .* ec2:DeleteSnapshot on resource: .*:snapshot\/snap-00000000000000005 /,
        );
    });
});
