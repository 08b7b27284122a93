import assert from "node:assert/strict";
import { DescribeLogGroupsCommand, FilterLogEventsCommand, type FilterLogEventsCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import type { IamRequest } from "../../../rehearsal/embeddedAws/iam";
import type { StoredLogEvent } from "../../../rehearsal/embeddedAws/state";
import { withAws } from "../../support/awsClients";

const GROUP = "/vss-backup/prod/cleaner";

/** Lists events, and returns their messages and whether further pages follow. */
function found(
    events: readonly StoredLogEvent[],
    input: Partial<FilterLogEventsCommandInput>,
): Promise<{ messages: (string | undefined)[]; goesOn: boolean }> {
    return withAws({ logGroups: new Map([[GROUP, events]]) }, async ({ logs }) => {
        const { events: page, nextToken } = await logs.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));
        return { messages: (page ?? []).map(({ message }) => message), goesOn: nextToken !== undefined };
    });
}

/** Events one millisecond apart, from 1 on. */
function logged(...messages: string[]): StoredLogEvent[] {
    return messages.map((message, i) => ({ time: i + 1, message }));
}

describe("The embedded CloudWatch Logs", () => {
    it("describes events as CloudWatch Logs does, in the order of their times", async () => {
        const events = [
            { time: 2, message: "b" },
            { time: 1, message: "a" },
        ];
        const page = await withAws({ logGroups: new Map([[GROUP, events]]) }, async ({ logs }) => {
            const { $metadata, ...rest } = await logs.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
            return rest;
        });
        const event = (i: number, message: string) => ({
            eventId: String(i).padStart(56, "0"),
            ingestionTime: i + 1,
            timestamp: i + 1,
            logStreamName: "rehearsal",
            message,
        });
        assert.deepEqual(page, { events: [event(0, "a"), event(1, "b")], searchedLogStreams: [] });
    });

    it("finds events from a time to another, both included", async () => {
        assert.deepEqual(await found(logged("a", "b", "c", "d"), { startTime: 2, endTime: 3 }), { messages: ["b", "c"], goesOn: false });
    });

    it("finds lines of JSON by the value of a property, or by its presence", async () => {
        const events = logged(
            '{"Policy":"prod"}',
            '{"Policy":"prod-2"}',
            '{"Counts":{"Kept":0}}',
            '{"Policy":null}',
            "Policy: prod",
            '[{"Policy":"prod"}]',
        );
        const by = async (filterPattern: string) => (await found(events, { filterPattern })).messages;
        assert.deepEqual(
            [await by('{ $.Policy = "prod" }'), await by("{ $.Policy = * }"), await by("{ $.Counts.Kept = * }"), await by("")],
            [
                ['{"Policy":"prod"}'],
                ['{"Policy":"prod"}', '{"Policy":"prod-2"}', '{"Policy":null}'],
                ['{"Counts":{"Kept":0}}'],
                events.map(({ message }) => message),
            ],
        );
    });

    it("ends a page at its limit, or at 1 MB", async () => {
        const large = ["a", "b", "c"].map((letter) => letter.repeat(400_000));
        assert.deepEqual(
            [
                await found(logged("a", "b", "c"), { limit: 2 }),
                await found(logged(...large), {}),
                await found(logged("a".repeat(1_100_000), "b"), {}),
            ],
            [
                { messages: ["a", "b"], goesOn: true },
                { messages: large.slice(0, 2), goesOn: true },
                { messages: ["a".repeat(1_100_000)], goesOn: true },
            ],
        );
    });

    for (const [what, input, error] of [
        ["a missing log group", { logGroupName: "other" }, "ResourceNotFoundException"],
        ["a pattern that it can't read", { filterPattern: "{ $.A = 1 && $.B = 2 }" }, "InvalidParameterException"],
        ["an unknown token", { nextToken: "next" }, "InvalidParameterException"],
    ] as const) {
        it(`refuses ${what}`, async () => {
            await assert.rejects(found([], input), { name: error });
        });
    }

    it("refuses calls as IAM says, by log group, and unknown actions", async () => {
        const asked: IamRequest[] = [];
        const refusal = async (request: IamRequest) => {
            asked.push(request);
            return request.action === "logs:FilterLogEvents" ? "User: me is not authorized" : undefined;
        };
        await withAws(
            {},
            async ({ logs }) => {
                await assert.rejects(logs.send(new FilterLogEventsCommand({ logGroupName: GROUP })), {
                    name: "AccessDeniedException",
                    message: "User: me is not authorized",
                });
                await assert.rejects(logs.send(new DescribeLogGroupsCommand({})), { name: "UnknownOperationException" });
            },
            { iam: { refusal, accessKey: () => "" } },
        );
        assert.deepEqual(asked, [
            {
                principal: "AKIATEST",
                action: "logs:FilterLogEvents",
                resource: "arn:aws:logs:eu-central-1:123456789012:log-group:/vss-backup/prod/cleaner:log-stream:",
                context: {},
            },
            { principal: "AKIATEST", action: "logs:DescribeLogGroups", resource: "*", context: {} },
        ]);
    });
});
