import assert from "node:assert/strict";
import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import { ALL_IDS, assertRun, COMPLETE_REPORT, DELETED_LINES, KEPT_LINES, makeFourDays, NEEDED_IDS } from "../../support/account";
import { CUT_MS, cutEndlessWaits } from "../../support/endlessWaits";
import {
    answerAsProxy,
    answerLate,
    answerNormally,
    brokenResponse,
    combineFaults,
    connectionReset,
    emptyResponse,
    type Fault,
    type Faults,
    halfBody,
    internalError,
    lateConnectionReset,
    lostResponse,
    missingResponse,
    playAfterFirstPage,
    playAlways,
    playAtFirstAttempt,
    playAtRandom,
    playForAction,
    playForSnapshot,
    stalledResponse,
    throttling,
    unavailability,
} from "../../support/faults";

/** A single retry, after a short time. */
const TWO_ATTEMPTS = { maxAttempts: 2, retryMode: "standard" };

/** Returns the options for these faults. The client does not wait long for a response that never comes. */
function optionsFor(faults: Faults, config: EC2ClientConfig = {}) {
    return { faults, config: { ...config, requestHandler: cutEndlessWaits(faults) } };
}

/** EC2 has carried out the first attempt, even if the client gave it up before EC2 read it. */
const repeatedRequest: Fault = async (exchange) => {
    await exchange.carryOut();
    await answerNormally(exchange);
};

/** Faults before EC2 has carried out the request. */
const WITHOUT_EFFECT: readonly (readonly [string, Fault, string])[] = [
    ["throttles a request", throttling, "RequestLimitExceeded: Request limit exceeded."],
    ["responds with 500", internalError, "InternalError: An internal error has occurred"],
    ["responds with 503", unavailability, "Unavailable: The service is unavailable. Please try again shortly."],
    ["has a proxy that responds with 502", answerAsProxy(502), "Unknown: Unknown"],
    ["resets the connection", connectionReset, "TimeoutError: read ECONNRESET"],
    [
        "never responds",
        missingResponse,
        `TimeoutError: @smithy/node-http-handler - [ERROR] a request has exceeded the configured ${CUT_MS.requestTimeout} ms requestTimeout.`,
    ],
];

/** Faults after EC2 has carried out the request. */
const AFTER_EFFECT: readonly (readonly [string, Fault])[] = [
    ["resets the connection", lateConnectionReset],
    ["never responds", lostResponse],
    ["sends half of the response and disconnects", brokenResponse],
    ["sends half of the response and waits", stalledResponse],
    ["responds with half of the XML", halfBody],
];

describe("The cleaner", () => {
    for (const [title, fault] of [...WITHOUT_EFFECT, ["responds late", answerLate(50)] as const]) {
        it(`gives the same result if EC2 ${title} at first`, async () => {
            const faults = combineFaults(
                playForAction("DescribeSnapshots", playAtFirstAttempt(fault)),
                playForSnapshot("snap-29c", playAtFirstAttempt(fault)),
            );
            const { calls } = await assertRun(makeFourDays(), optionsFor(faults), COMPLETE_REPORT, NEEDED_IDS);
            assert.deepEqual([...new Set(calls.map(({ action }) => action))], ["DescribeSnapshots", "DeleteSnapshot"]);
        });
    }

    for (const [title, fault] of AFTER_EFFECT) {
        it(`counts a snapshot as deleted if EC2 deletes it and ${title}`, async () => {
            const faults = playForSnapshot("snap-29c", playAtFirstAttempt(fault, repeatedRequest));
            const missing = "deleted: 4th newest Day restore point, 2 are kept (it was gone already)";
            await assertRun(
                makeFourDays(),
                optionsFor(faults),
                { ...COMPLETE_REPORT, deleted: { ...DELETED_LINES, "snap-29c": missing } },
                NEEDED_IDS,
            );
        });
    }

    for (const [title, fault] of [
        ...AFTER_EFFECT,
        ["responds with an empty body", emptyResponse] as const,
        ["has a proxy that responds", answerAsProxy(200)] as const,
    ]) {
        it(`retries the first page if EC2 ${title}`, async () => {
            const faults = playForAction("DescribeSnapshots", playAtFirstAttempt(fault));
            await assertRun(makeFourDays(), { ...optionsFor(faults), pageSize: 5 }, COMPLETE_REPORT, NEEDED_IDS);
        });

        it(`retries the last page if EC2 ${title}`, async () => {
            await assertRun(
                makeFourDays(),
                { ...optionsFor(playAfterFirstPage(playAtFirstAttempt(fault))), pageSize: 5 },
                COMPLETE_REPORT,
                NEEDED_IDS,
            );
        });
    }

    for (const [title, fault, error] of [
        ...WITHOUT_EFFECT,
        ["sends half of the response and disconnects", brokenResponse, "UnreadableAnswer: aborted"] as const,
        ["responds with half of the XML", halfBody, "UnreadableAnswer: @aws-sdk XML parse error: missing closing tag </value>."] as const,
        ["responds with an empty body", emptyResponse, "UnreadableAnswer: it has no list of Snapshots"] as const,
        ["has a proxy that responds with 200", answerAsProxy(200), "UnreadableAnswer: it has no list of Snapshots"] as const,
    ]) {
        it(`fails and deletes nothing if EC2 ${title} at each attempt to list`, async () => {
            const Errors = [`the listing of snapshots broke off: ${error}; nothing was deleted`];
            await assertRun(
                makeFourDays(),
                optionsFor(playForAction("DescribeSnapshots", playAlways(fault)), TWO_ATTEMPTS),
                { Status: "FAILED", Errors },
                ALL_IDS,
            );
        });
    }

    for (const [title, fault, error] of WITHOUT_EFFECT) {
        it(`fails and keeps the set whole if EC2 ${title} for one snapshot`, async () => {
            const { "snap-30c": c, "snap-30d": d } = DELETED_LINES as Record<"snap-30c" | "snap-30d", string>;
            await assertRun(
                makeFourDays(),
                optionsFor(playForSnapshot("snap-29c", playAlways(fault)), TWO_ATTEMPTS),
                {
                    Status: "FAILED",
                    Errors: [`1 of 4 deletions failed: ${error}`],
                    deleted: { "snap-30c": c, "snap-30d": d },
                    failed: { "snap-29c": `failed: ${error}` },
                    remaining: { "snap-29d": "left with its set: snap-29c could not be deleted" },
                    kept: KEPT_LINES,
                },
                ["snap-29c", "snap-29d", ...NEEDED_IDS],
            );
        });
    }

    it("fails and keeps all sets whole if EC2 throttles each deletion", async () => {
        const error = "RequestLimitExceeded: Request limit exceeded.";
        const leftReason = (id: string) => `left with its set: ${id} could not be deleted`;
        await assertRun(
            makeFourDays(),
            { faults: playForAction("DeleteSnapshot", playAlways(throttling)), config: TWO_ATTEMPTS },
            {
                Status: "FAILED",
                Errors: [`2 of 4 deletions failed: ${error}`],
                failed: { "snap-29c": `failed: ${error}`, "snap-30c": `failed: ${error}` },
                remaining: { "snap-29d": leftReason("snap-29c"), "snap-30d": leftReason("snap-30c") },
                kept: KEPT_LINES,
            },
            ALL_IDS,
        );
    });

    it("deletes all snapshots if a third of EC2's responses are errors", async () => {
        let state = 7;
        const random = () => {
            state = (state * 16_807) % 2_147_483_647;
            return state / 2_147_483_647;
        };
        const faults = playAtRandom(1 / 3, random, unavailability);
        await assertRun(makeFourDays(), { faults }, COMPLETE_REPORT, NEEDED_IDS);
    });
});
