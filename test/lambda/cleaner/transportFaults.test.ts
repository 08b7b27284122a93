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
    halfXml,
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
import { makeTokenBucket } from "../../support/tokenBucket";

/** A single retry, soon. */
const TWICE = { maxAttempts: 2, retryMode: "standard" };

/** EC2 with these faults, and a client that waits for no answer that it never gives. */
function faulty(faults: Faults, config: EC2ClientConfig = {}) {
    return { faults, config: { ...config, requestHandler: cutEndlessWaits(faults) } };
}

/** EC2 has done it at the first attempt, even if the client gave that up before EC2 read it. */
const doneBefore: Fault = async (exchange) => {
    await exchange.carryOut();
    await answerNormally(exchange);
};

/** What goes wrong before EC2 has done what it was asked to. */
const WITHOUT_EFFECT: readonly (readonly [string, Fault, string])[] = [
    ["throttles it", throttling, "RequestLimitExceeded: Request limit exceeded."],
    ["answers 500", internalError, "InternalError: An internal error has occurred"],
    ["answers 503", unavailability, "Unavailable: The service is unavailable. Please try again shortly."],
    ["has something else answer 502", answerAsProxy(502), "Unknown: Unknown"],
    ["resets the connection", connectionReset, "TimeoutError: read ECONNRESET"],
    [
        "never answers",
        missingResponse,
        `TimeoutError: @smithy/node-http-handler - [ERROR] a request has exceeded the configured ${CUT_MS.requestTimeout} ms requestTimeout.`,
    ],
];

/** What goes wrong after that. */
const AFTER_EFFECT: readonly (readonly [string, Fault])[] = [
    ["resets the connection", lateConnectionReset],
    ["never answers", lostResponse],
    ["breaks off in the middle of the answer", brokenResponse],
    ["stops in the middle of the answer", stalledResponse],
    ["answers with half of the XML", halfXml],
];

describe("The cleaner", () => {
    for (const [what, fault] of [...WITHOUT_EFFECT, ["answers late", answerLate(50)] as const]) {
        it(`does all the same when EC2 ${what} once while it lists and once while it deletes`, async () => {
            const faults = combineFaults(
                playForAction("DescribeSnapshots", playAtFirstAttempt(fault)),
                playForSnapshot("snap-29c", playAtFirstAttempt(fault)),
            );
            const { calls } = await assertRun(makeFourDays(), faulty(faults), COMPLETE_REPORT, NEEDED_IDS);
            assert.deepEqual([...new Set(calls.map(({ action }) => action))], ["DescribeSnapshots", "DeleteSnapshot"]);
        });
    }

    for (const [what, fault] of AFTER_EFFECT) {
        it(`asks again when EC2 has deleted a snapshot and ${what}, and takes it for deleted`, async () => {
            const faults = playForSnapshot("snap-29c", playAtFirstAttempt(fault, doneBefore));
            const gone = "deleted: 4th newest Day restore point, 2 are kept (it was gone already)";
            await assertRun(
                makeFourDays(),
                faulty(faults),
                { ...COMPLETE_REPORT, deleted: { ...DELETED_LINES, "snap-29c": gone } },
                NEEDED_IDS,
            );
        });
    }

    for (const [what, fault] of [
        ...AFTER_EFFECT,
        ["answers with nothing", emptyResponse] as const,
        ["has something else answer", answerAsProxy(200)] as const,
    ]) {
        it(`asks again when EC2 ${what} in the place of a page of the listing`, async () => {
            const faults = playForAction("DescribeSnapshots", playAtFirstAttempt(fault));
            await assertRun(makeFourDays(), { ...faulty(faults), pageSize: 5 }, COMPLETE_REPORT, NEEDED_IDS);
        });

        it(`asks again when EC2 ${what} in the place of the last page of the listing`, async () => {
            await assertRun(
                makeFourDays(),
                { ...faulty(playAfterFirstPage(playAtFirstAttempt(fault))), pageSize: 5 },
                COMPLETE_REPORT,
                NEEDED_IDS,
            );
        });
    }

    for (const [what, fault, error] of [
        ...WITHOUT_EFFECT,
        ["breaks off in the middle of each answer", brokenResponse, "UnreadableAnswer: aborted"] as const,
        ["answers with half of the XML", halfXml, "UnreadableAnswer: @aws-sdk XML parse error: missing closing tag </value>."] as const,
        ["answers with nothing", emptyResponse, "UnreadableAnswer: it has no list of Snapshots"] as const,
        ["has something else answer 200", answerAsProxy(200), "UnreadableAnswer: it has no list of Snapshots"] as const,
    ]) {
        it(`fails, and deletes nothing, when EC2 ${what} whenever it lists`, async () => {
            const Errors = [`the listing of snapshots broke off: ${error}; nothing was deleted`];
            await assertRun(
                makeFourDays(),
                faulty(playForAction("DescribeSnapshots", playAlways(fault)), TWICE),
                { Status: "FAILED", Errors },
                ALL_IDS,
            );
        });
    }

    for (const [what, fault, error] of WITHOUT_EFFECT) {
        it(`deletes the rest and then fails when EC2 ${what} for one snapshot, and leaves its set whole`, async () => {
            const { "snap-30c": c, "snap-30d": d } = DELETED_LINES as Record<"snap-30c" | "snap-30d", string>;
            await assertRun(
                makeFourDays(),
                faulty(playForSnapshot("snap-29c", playAlways(fault)), TWICE),
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

    it("fails when EC2 throttles every deletion, and leaves all sets whole", async () => {
        const error = "RequestLimitExceeded: Request limit exceeded.";
        const left = (id: string) => `left with its set: ${id} could not be deleted`;
        await assertRun(
            makeFourDays(),
            { faults: playForAction("DeleteSnapshot", playAlways(throttling)), config: TWICE },
            {
                Status: "FAILED",
                Errors: [`2 of 4 deletions failed: ${error}`],
                failed: { "snap-29c": `failed: ${error}`, "snap-30c": `failed: ${error}` },
                remaining: { "snap-29d": left("snap-29c"), "snap-30d": left("snap-30c") },
                kept: KEPT_LINES,
            },
            ALL_IDS,
        );
    });

    it("deletes all when it shares EC2's tokens with others who leave it a few a second", async () => {
        const { intercept } = makeTokenBucket("DeleteSnapshot", { burst: 1, perSecond: 4 });
        await assertRun(makeFourDays(), { intercept }, COMPLETE_REPORT, NEEDED_IDS);
    });

    it("deletes all when a third of EC2's answers is an error", async () => {
        let state = 7;
        const random = () => {
            state = (state * 16_807) % 2_147_483_647;
            return state / 2_147_483_647;
        };
        const faults = playAtRandom(1 / 3, random, unavailability);
        await assertRun(makeFourDays(), { faults }, COMPLETE_REPORT, NEEDED_IDS);
    });
});
