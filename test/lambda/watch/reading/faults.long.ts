import assert from "node:assert/strict";
import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import type { Reading } from "../../../../lambda/watch/reading";
import { pageTokenOf } from "../../../../rehearsal/embeddedAws/call";
import { cutEndlessWaits } from "../../../support/endlessWaits";
import {
    answerAsProxy,
    brokenResponse,
    connectionReset,
    emptyPage,
    emptyResponse,
    type Fault,
    type Faults,
    halfBody,
    internalError,
    missingResponse,
    playAfterFirstPage,
    playAlways,
    playAtFirstAttempt,
    refuse,
    repeatedFirstPage,
    sameToken,
    stalledResponse,
    throttling,
    unavailability,
} from "../../../support/faults";
import { FULL_READING, makeFullRegion } from "../../../support/fullRegion";
import { readRegion } from "../../../support/watchedRegion";

/** Reads the full region with these faults, in pages of two things. */
async function read(faults: Faults, config: EC2ClientConfig = {}): Promise<Reading> {
    const { calls, ...reading } = await readRegion(makeFullRegion(), { pageSize: 2, faults, config: { retryMode: "standard", ...config } });
    return reading;
}

/** A client that waits for no response that never comes. */
function impatient(faults: Faults): EC2ClientConfig {
    return { requestHandler: cutEndlessWaits(faults) };
}

/** Plays a fault in the first calls of each action. */
function firstOfEach(times: number, fault: Fault): Faults {
    const counts = new Map<string, number>();
    return ({ action }) => {
        const count = (counts.get(action) ?? 0) + 1;
        counts.set(action, count);
        return count <= times ? fault : undefined;
    };
}

type Service = "ec2" | "ssm" | "logs" | "sns";

/** A reading of which nothing could be read. Each sentence has the IAM action, and the reason of its service or action. */
function nothing(why: (service: Service, action: string) => string): Reading {
    const unread = (action: string) => {
        const [service, name = ""] = action.split(":") as [Service, string];
        return { unread: `${action} broke off: ${why(service, name)}` };
    };
    return {
        signals: {
            servers: unread("ec2:DescribeInstances"),
            nodes: unread("ssm:DescribeInstanceInformation"),
            snapshots: unread("ec2:DescribeSnapshots"),
            invocations: unread("ssm:ListCommandInvocations"),
            windows: unread("ssm:DescribeMaintenanceWindows"),
            executions: unread("ssm:DescribeMaintenanceWindowExecutions"),
            packages: unread("ssm:DescribeAssociationExecutions"),
            cleanerRuns: unread("logs:FilterLogEvents"),
            subscriptions: unread("sns:ListSubscriptionsByTopic"),
            restoreTests: unread("ssm:GetParametersByPath"),
        },
        memory: unread("logs:FilterLogEvents"),
    };
}

/** Replaces the words of parsers and of time-outs, which depend on the version of Node.js and on how fast the machine is. */
function withoutForeignWords(reading: Reading): Reading {
    const text = JSON.stringify(reading, (_, value: unknown) =>
        typeof value === "string"
            ? value
                  .replace(/UnreadableAnswer: (Un|Exp|@aws-sdk XML).*/, "unparsable")
                  .replace(/\w+: @smithy.node-http-handler.*/, "time-out")
            : value,
    );
    return JSON.parse(text) as Reading;
}

const LISTED: Readonly<Record<string, string>> = {
    DescribeInstances: "Reservations",
    DescribeInstanceInformation: "InstanceInformationList",
    DescribeSnapshots: "Snapshots",
    ListCommandInvocations: "CommandInvocations",
    DescribeMaintenanceWindows: "WindowIdentities",
    DescribeMaintenanceWindowExecutions: "WindowExecutions",
    DescribeAssociationExecutions: "AssociationExecutions",
    FilterLogEvents: "events",
    ListSubscriptionsByTopic: "Subscriptions",
    GetParametersByPath: "Parameters",
};

const SERVICES: Readonly<Record<Service, string>> = { ec2: "EC2", ssm: "Systems Manager", logs: "CloudWatch Logs", sns: "SNS" };

/** Services that write JSON. */
const isJson = (service: Service) => service === "ssm" || service === "logs";

/** What can go wrong with a request, and the reason that the watch gives if it always goes wrong. */
const FAULTS: readonly (readonly [string, Fault, (service: Service, action: string) => string])[] = [
    [
        "responds with 500",
        internalError,
        (service) => `InternalError${service === "sns" ? "Exception" : ""}: An internal error has occurred`,
    ],
    ["responds with 503", unavailability, () => "Unavailable: The service is unavailable. Please try again shortly."],
    ["has a proxy that responds with 502", answerAsProxy(502), (service) => (isJson(service) ? "unparsable" : "Unknown: Unknown")],
    [
        "has a proxy that responds with 200",
        answerAsProxy(200),
        (service, action) => (isJson(service) ? "unparsable" : `UnreadableAnswer: it has no list of ${LISTED[action]}`),
    ],
    ["resets the connection", connectionReset, () => "TimeoutError: read ECONNRESET"],
    ["never responds", missingResponse, () => "time-out"],
    ["breaks off in the middle of the response", brokenResponse, () => "UnreadableAnswer: aborted"],
    ["stops in the middle of the response", stalledResponse, () => "time-out"],
    ["sends half of the body", halfBody, () => "unparsable"],
    ["sends an empty body", emptyResponse, (_, action) => `UnreadableAnswer: it has no list of ${LISTED[action]}`],
];

/** Begins a reading for each fault. They run at the same time, since they wait most of it. */
function beginReadings(faultsOf: (fault: Fault) => Faults, config: EC2ClientConfig = {}): Map<Fault, Promise<Reading>> {
    return new Map(
        FAULTS.map(([, fault]) => {
            const faults = faultsOf(fault);
            return [fault, read(faults, { ...config, ...impatient(faults) }).then(withoutForeignWords)];
        }),
    );
}

describe("Faults while reading the signals", () => {
    describe("with a fault in the first attempt of each request", () => {
        let readings: Map<Fault, Promise<Reading>>;

        before(() => {
            readings = beginReadings(playAtFirstAttempt);
        });

        for (const [what, fault] of FAULTS) {
            it(`gives whole listings if AWS ${what}`, async () => {
                assert.deepEqual(await readings.get(fault), FULL_READING);
            });
        }
    });

    for (const [where, faultsOf] of [
        ["each request", playAlways],
        ["each request for a second page", (fault: Fault) => playAfterFirstPage(playAlways(fault))],
    ] as const) {
        describe(`with a fault in ${where}`, () => {
            let readings: Map<Fault, Promise<Reading>>;

            before(() => {
                readings = beginReadings(faultsOf, { maxAttempts: 2 });
            });

            for (const [what, fault, why] of FAULTS) {
                it(`gives a sentence for each listing if AWS ${what}`, async () => {
                    assert.deepEqual(await readings.get(fault), nothing(why));
                });
            }
        });
    }

    it("gives whole listings if AWS throttles the first request of each", async () => {
        assert.deepEqual(await read((call) => (pageTokenOf(call) ? undefined : playAtFirstAttempt(throttling)(call))), FULL_READING);
    });

    it("gives a sentence for each listing if AWS throttles each request", async () => {
        const why = (service: Service) =>
            service === "ec2" ? "RequestLimitExceeded: Request limit exceeded." : "ThrottlingException: Rate exceeded";
        assert.deepEqual(await read(playAlways(throttling), { maxAttempts: 2 }), nothing(why));
    });

    it("gives whole listings if AWS sends empty pages before the others", async () => {
        assert.deepEqual(await read(firstOfEach(2, emptyPage)), FULL_READING);
    });

    it("gives whole listings, and each thing once, if AWS sends the first page again instead of the second", async () => {
        const seen = new Set<string>();
        const faults = playAfterFirstPage((call) => {
            const key = JSON.stringify([call.action, call.input.logGroupName, call.input.WindowId, call.input.ExecutionId]);
            return seen.size === seen.add(key).size ? undefined : repeatedFirstPage;
        });
        assert.deepEqual(await read(faults), FULL_READING);
    });

    it("gives a sentence for each listing if pages without end have one token", async () => {
        const why = (service: Service) => `Error: ${SERVICES[service]} gave the same page token twice; the listing has no end`;
        assert.deepEqual(await read(playAlways(sameToken)), nothing(why));
    });

    const expired: Readonly<Record<Service, Fault>> = {
        ec2: refuse("InvalidNextToken", "The token has expired."),
        ssm: refuse("InvalidNextToken", "The specified token isn't valid."),
        logs: refuse("InvalidParameterException", "The specified nextToken is invalid."),
        sns: refuse("InvalidParameter", "Invalid parameter: NextToken"),
    };
    const tokenExpired: Fault = (exchange) => expired[exchange.call.service as Service](exchange);

    it("begins a listing again if AWS refuses its own token twice", async () => {
        assert.deepEqual(await read(playAfterFirstPage(firstOfEach(2, tokenExpired))), FULL_READING);
    });

    it("gives a sentence for each listing if AWS always refuses its own token", async () => {
        const why: Readonly<Record<Service, string>> = {
            ec2: "InvalidNextToken: The token has expired.",
            ssm: "InvalidNextToken: The specified token isn't valid.",
            logs: "InvalidParameterException: The specified nextToken is invalid.",
            sns: "InvalidParameterException: Invalid parameter: NextToken",
        };
        assert.deepEqual(
            await read(playAfterFirstPage(playAlways(tokenExpired))),
            nothing((service) => why[service]),
        );
    });
});
