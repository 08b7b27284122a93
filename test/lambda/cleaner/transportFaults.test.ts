import assert from "node:assert/strict";
import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import { ALL, assertRun, DELETED, DONE, fourDays, KEPT, NEEDED } from "../../support/account";
import { CUT_MS, endlessWaitsCut } from "../../support/endlessWaits";
import {
    afterFirstPage,
    always,
    answerNormally,
    atFirst,
    cut,
    type Fault,
    type Faults,
    foreign,
    halfBody,
    internalError,
    noBody,
    on,
    oneOf,
    onSnapshot,
    resetAfter,
    resetBefore,
    silence,
    silenceAfter,
    slow,
    sometimes,
    stalled,
    throttled,
    unavailable,
} from "../../support/faults";
import { tokenBucket } from "../../support/tokenBucket";

/** A single retry, soon. */
const TWICE = { maxAttempts: 2, retryMode: "standard" };

/** EC2 with these faults, and a client that waits for no answer that it never gives. */
function faulty(faults: Faults, config: EC2ClientConfig = {}) {
    return { faults, config: { ...config, requestHandler: endlessWaitsCut(faults) } };
}

/** EC2 has done it at the first attempt, even if the client gave that up before EC2 read it. */
const doneBefore: Fault = async (exchange) => {
    await exchange.carryOut();
    await answerNormally(exchange);
};

/** What goes wrong before EC2 has done what it was asked to. */
const WITHOUT_EFFECT: readonly (readonly [string, Fault, string])[] = [
    ["throttles it", throttled, "RequestLimitExceeded: Request limit exceeded."],
    ["answers 500", internalError, "InternalError: An internal error has occurred"],
    ["answers 503", unavailable, "Unavailable: The service is unavailable. Please try again shortly."],
    ["has something else answer 502", foreign(502), "Unknown: Unknown"],
    ["resets the connection", resetBefore, "TimeoutError: read ECONNRESET"],
    [
        "never answers",
        silence,
        `TimeoutError: @smithy/node-http-handler - [ERROR] a request has exceeded the configured ${CUT_MS.requestTimeout} ms requestTimeout.`,
    ],
];

/** What goes wrong after that. */
const AFTER_EFFECT: readonly (readonly [string, Fault])[] = [
    ["resets the connection", resetAfter],
    ["never answers", silenceAfter],
    ["breaks off in the middle of the answer", cut],
    ["stops in the middle of the answer", stalled],
    ["answers with half of the XML", halfBody],
];

describe("The cleaner", () => {
    for (const [what, fault] of [...WITHOUT_EFFECT, ["answers late", slow(50)] as const]) {
        it(`does all the same when EC2 ${what} once while it lists and once while it deletes`, async () => {
            const faults = oneOf(on("DescribeSnapshots", atFirst(fault)), onSnapshot("snap-29c", atFirst(fault)));
            const { calls } = await assertRun(fourDays(), faulty(faults), DONE, NEEDED);
            assert.deepEqual([...new Set(calls.map(({ action }) => action))], ["DescribeSnapshots", "DeleteSnapshot"]);
        });
    }

    for (const [what, fault] of AFTER_EFFECT) {
        it(`asks again when EC2 has deleted a snapshot and ${what}, and takes it for deleted`, async () => {
            const faults = onSnapshot("snap-29c", atFirst(fault, doneBefore));
            const gone = "deleted: 4th newest Day restore point, 2 are kept (it was gone already)";
            await assertRun(fourDays(), faulty(faults), { ...DONE, deleted: { ...DELETED, "snap-29c": gone } }, NEEDED);
        });
    }

    for (const [what, fault] of [
        ...AFTER_EFFECT,
        ["answers with nothing", noBody] as const,
        ["has something else answer", foreign(200)] as const,
    ]) {
        it(`asks again when EC2 ${what} in the place of a page of the listing`, async () => {
            const faults = on("DescribeSnapshots", atFirst(fault));
            await assertRun(fourDays(), { ...faulty(faults), pageSize: 5 }, DONE, NEEDED);
        });

        it(`asks again when EC2 ${what} in the place of the last page of the listing`, async () => {
            await assertRun(fourDays(), { ...faulty(afterFirstPage(atFirst(fault))), pageSize: 5 }, DONE, NEEDED);
        });
    }

    for (const [what, fault, error] of [
        ...WITHOUT_EFFECT,
        ["breaks off in the middle of each answer", cut, "UnreadableAnswer: aborted"] as const,
        ["answers with half of the XML", halfBody, "UnreadableAnswer: @aws-sdk XML parse error: missing closing tag </value>."] as const,
        ["answers with nothing", noBody, "UnreadableAnswer: it has no list of Snapshots"] as const,
        ["has something else answer 200", foreign(200), "UnreadableAnswer: it has no list of Snapshots"] as const,
    ]) {
        it(`fails, and deletes nothing, when EC2 ${what} whenever it lists`, async () => {
            const Errors = [`the listing of snapshots broke off: ${error}; nothing was deleted`];
            await assertRun(fourDays(), faulty(on("DescribeSnapshots", always(fault)), TWICE), { Status: "FAILED", Errors }, ALL);
        });
    }

    for (const [what, fault, error] of WITHOUT_EFFECT) {
        it(`deletes the rest and then fails when EC2 ${what} for one snapshot, and leaves its set whole`, async () => {
            const { "snap-30c": c, "snap-30d": d } = DELETED as Record<"snap-30c" | "snap-30d", string>;
            await assertRun(
                fourDays(),
                faulty(onSnapshot("snap-29c", always(fault)), TWICE),
                {
                    Status: "FAILED",
                    Errors: [`1 of 4 deletions failed: ${error}`],
                    deleted: { "snap-30c": c, "snap-30d": d },
                    failed: { "snap-29c": `failed: ${error}` },
                    remaining: { "snap-29d": "left with its set: snap-29c could not be deleted" },
                    kept: KEPT,
                },
                ["snap-29c", "snap-29d", ...NEEDED],
            );
        });
    }

    it("fails when EC2 throttles every deletion, and leaves all sets whole", async () => {
        const error = "RequestLimitExceeded: Request limit exceeded.";
        const left = (id: string) => `left with its set: ${id} could not be deleted`;
        await assertRun(
            fourDays(),
            { faults: on("DeleteSnapshot", always(throttled)), config: TWICE },
            {
                Status: "FAILED",
                Errors: [`2 of 4 deletions failed: ${error}`],
                failed: { "snap-29c": `failed: ${error}`, "snap-30c": `failed: ${error}` },
                remaining: { "snap-29d": left("snap-29c"), "snap-30d": left("snap-30c") },
                kept: KEPT,
            },
            ALL,
        );
    });

    it("deletes all when it shares EC2's tokens with others who leave it a few a second", async () => {
        const { intercept } = tokenBucket("DeleteSnapshot", { burst: 1, perSecond: 4 });
        await assertRun(fourDays(), { intercept }, DONE, NEEDED);
    });

    it("deletes all when a third of EC2's answers is an error", async () => {
        let state = 7;
        const random = () => {
            state = (state * 16_807) % 2_147_483_647;
            return state / 2_147_483_647;
        };
        const faults = sometimes(1 / 3, random, unavailable);
        await assertRun(fourDays(), { faults }, DONE, NEEDED);
    });
});
