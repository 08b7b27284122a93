import assert from "node:assert/strict";
import { clientConfig } from "../../../lambda/cleaner/cleaner";
import { chatMessage } from "../../../lambda/watch/chat";
import { problemsOf } from "../../../lambda/watch/counts";
import { type Health, health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import { memoryLines, readMemory } from "../../../lambda/watch/memoryLog";
import { metricsLine } from "../../../lambda/watch/metrics";
import { writeReport } from "../../../lambda/watch/report";
import type { Signals } from "../../../lambda/watch/signals";
import { watch, watchClientConfig } from "../../../lambda/watch/watch";
import type { StoredLogEvent } from "../../../rehearsal/embeddedAws/state";
import { withAws } from "../../support/awsClients";
import { HEALTHY, HOUR, MORNING, SETTINGS, SIGNALS, TARGETS } from "./account";
import { CHAT, type Ran, runs, TOPIC, written } from "./runs";

function judged(signals: Signals, memory?: Memory, time = MORNING): Health {
    return health(time, SETTINGS, TARGETS, signals, { value: memory });
}

/** Topic and subject of each message of a run. A chat message has its title. */
function sentBy({ messages }: Ran): string[] {
    return messages.map(({ topicArn, subject, message }) =>
        topicArn === CHAT ? `chat: ${(JSON.parse(message) as { content: { title: string } }).content.title}` : `topic: ${subject}`,
    );
}

/** The state of the reports in the memory after a run: kinds of the findings of the last report, and since. */
function state({ memory }: Ran) {
    const kinds = memory?.reported.map(({ kind }) => kind);
    const chat = memory?.chatReported?.map(({ kind }) => kind);
    return [kinds, memory?.reportDue, chat, memory?.chatDue, memory?.reportedAt && (memory.reportedAt - MORNING) / HOUR];
}

const BAD = "[prod-eu] 1 overdue, 1 not covered, 1 offline, 2 of 4 servers OK";
const GOOD = "[prod-eu] 3 of 3 servers OK";
const RECOVERED = "[prod-eu] 3 recovered, 3 of 3 servers OK";
const PROBLEMS_OF_BAD = ["overdue", "volume not covered", "agent offline"];
const KINDS_OF_BAD = [...PROBLEMS_OF_BAD, "stopped"];

function notFound(topicArn: string): string {
    return `The report was not sent to ${topicArn}: NotFoundException: Topic does not exist`;
}

describe("A run of the watch", () => {
    it("uses clients that are configured like the cleaner's", () => {
        assert.deepEqual(watchClientConfig, clientConfig);
    });

    it("writes metrics, report and memory at once, and sends nothing if no report is due", async () => {
        const [ran] = (await runs({})) as [Ran];
        const found = judged(SIGNALS);
        // The next report must list these, even if they are over by then.
        const memory = { ...found.memory, reported: problemsOf(found) };
        const { Findings, ...report } = ran.report ?? assert.fail();
        assert.deepEqual(
            { ...ran, report },
            {
                messages: [],
                report: {
                    WatchReport: "prod-eu",
                    Time: "2027-03-05T07:00:00.000Z",
                    Subject: BAD,
                    Sent: [],
                    Errors: [],
                    Counts: {
                        Servers: 4,
                        OverdueServers: 1,
                        UncoveredVolumes: 1,
                        Problems: 3,
                        RestorePoints: 18,
                        OldestNewestHours: 30.975,
                        SnapshotsKept: 36,
                        SnapshotsDeleted: 8,
                    },
                    Recovered: [],
                    LinesLeftOut: 0,
                },
                lines: [metricsLine(found, SETTINGS), JSON.stringify(ran.report), ...memoryLines("prod-eu", memory)],
                writes: 1,
                memory,
            },
        );
        assert.deepEqual(
            Findings.map(({ Kind }) => Kind),
            KINDS_OF_BAD,
        );
    });

    it("records servers with the listed snapshots, and reports what it could not record", async () => {
        const given: unknown[] = [];
        const failed = [{ server: "i-1", why: "AccessDeniedException: no" }];
        const [ran] = (await runs({
            signals: HEALTHY,
            record: async (_, settings, targets, snapshots) => {
                given.push(settings, targets, snapshots);
                return { value: { written: 0, failed, remaining: 0 } };
            },
        })) as [Ran];
        assert.deepEqual(given, [SETTINGS, TARGETS, HEALTHY.snapshots]);
        assert.deepEqual(
            ran.report?.Findings.map(({ Kind, Sentence }) => [Kind, Sentence]),
            [["not recorded", "The watch could not record 1 server for a restore, such as i-1: AccessDeniedException: no"]],
        );
    });

    it("sends the report of the day to the topic", async () => {
        const [ran] = (await runs({ report: true })) as [Ran];
        const { subject, text } = writeReport(judged(SIGNALS), SETTINGS);
        assert.deepEqual(
            ran.messages.map(({ time, ...message }) => message),
            [{ topicArn: TOPIC, subject, message: text }],
        );
        assert.deepEqual([subject, ran.report?.Sent, state(ran)], [BAD, ["topic"], [KINDS_OF_BAD, false, undefined, undefined, 0]]);
    });

    it("also sends it to the topic of the chat, if there is one", async () => {
        const [ran] = (await runs({ report: true, hasChat: true })) as [Ran];
        const { subject, text } = writeReport(judged(SIGNALS), SETTINGS);
        assert.deepEqual(
            ran.messages.map(({ time, ...message }) => message).toSorted((a, b) => (a.topicArn < b.topicArn ? 1 : -1)),
            [
                { topicArn: TOPIC, subject, message: text },
                { topicArn: CHAT, message: JSON.stringify(chatMessage(judged(SIGNALS), SETTINGS)) },
            ],
        );
        assert.deepEqual(
            [ran.report?.Sent, state(ran)],
            [
                ["topic", "chat"],
                [KINDS_OF_BAD, false, undefined, undefined, 0],
            ],
        );
    });

    for (const [mode, ofBad, ofGood, ofRecovered] of [
        ["daily", [`topic: ${BAD}`], [`topic: ${GOOD}`], [`topic: ${RECOVERED}`]],
        ["problems", [`topic: ${BAD}`], [], [`topic: ${RECOVERED}`]],
        ["never", [], [], []],
    ] as const) {
        it(`sends the report by the mode ${mode}`, async () => {
            const day = { report: true, settings: { report: mode } };
            const results = await runs(
                { ...day, signals: HEALTHY },
                { ...day, time: MORNING + HOUR },
                { ...day, time: MORNING + 2 * HOUR, signals: HEALTHY },
                { ...day, time: MORNING + 3 * HOUR, signals: HEALTHY },
            );
            assert.deepEqual(results.map(sentBy), [ofGood, ofBad, ofRecovered, ofGood]);
            assert.deepEqual(
                results.map(({ report }) => report?.Sent.length),
                results.map(({ messages }) => messages.length),
            );
        });
    }

    for (const report of [false, "true", 1, null]) {
        it(`sends no report if the event says ${JSON.stringify(report)}`, async () => {
            const [ran] = (await runs({ report })) as [Ran];
            assert.deepEqual([ran.messages, ran.memory?.reportedAt], [[], undefined]);
        });
    }

    it("reports a recovery once, after a report of the problem", async () => {
        const results = await runs(
            { report: true },
            { time: MORNING + HOUR, signals: HEALTHY },
            { time: MORNING + 2 * HOUR, signals: HEALTHY, report: true },
            { time: MORNING + 3 * HOUR, signals: HEALTHY, report: true },
        );
        assert.deepEqual(results.map(sentBy), [[`topic: ${BAD}`], [], [`topic: ${RECOVERED}`], [`topic: ${GOOD}`]]);
        assert.deepEqual(
            results.map((ran) => state(ran)[0]),
            [KINDS_OF_BAD, KINDS_OF_BAD, [], []],
        );
    });

    it("reports a problem that began and ended between two reports as recovered, once", async () => {
        const results = await runs(
            { report: true, signals: HEALTHY },
            { time: MORNING + HOUR },
            { time: MORNING + 2 * HOUR, signals: HEALTHY },
            { time: MORNING + 3 * HOUR, signals: HEALTHY, report: true },
            { time: MORNING + 4 * HOUR, signals: HEALTHY, report: true },
        );
        assert.deepEqual(results.map(sentBy), [[`topic: ${GOOD}`], [], [], [`topic: ${RECOVERED}`], [`topic: ${GOOD}`]]);
        assert.deepEqual(
            results.map((ran) => state(ran)[0]),
            [[], PROBLEMS_OF_BAD, PROBLEMS_OF_BAD, [], []],
        );
    });

    it("keeps the newest words about a problem for its recovery", async () => {
        const nodes = "value" in SIGNALS.nodes ? SIGNALS.nodes.value : assert.fail();
        const inactive = nodes.map((node) => (node.ping === "Online" ? node : { ...node, ping: "Inactive" }));
        const results = await runs(
            {},
            { time: MORNING + HOUR, signals: { ...SIGNALS, nodes: { value: inactive } } },
            { time: MORNING + 2 * HOUR, signals: HEALTHY },
        );
        assert.deepEqual(
            results[2]?.report?.Recovered.filter(({ Kind }) => Kind === "agent offline").map(({ Sentence }) => Sentence),
            ["The SSM Agent of app01 (i-0a1b2c3d4e5f00003) does not respond (Inactive)."],
        );
    });

    it("collects no problems if the mode wants no reports", async () => {
        const never = { settings: { report: "never" } } as const;
        const results = await runs({ ...never, report: true }, { ...never, time: MORNING + HOUR });
        assert.deepEqual(
            results.map((ran) => state(ran)[0]),
            [[], []],
        );
    });

    it("fails after its lines if the report can't be sent, and the next run sends it", async () => {
        const results = await runs(
            { report: true },
            { time: MORNING + HOUR, report: true, signals: HEALTHY, topics: [] },
            { time: MORNING + 2 * HOUR, signals: HEALTHY, topics: [] },
            { time: MORNING + 3 * HOUR, signals: HEALTHY },
            { time: MORNING + 4 * HOUR, signals: HEALTHY },
        );
        const error = `ReportNotSent: ${notFound(TOPIC)}. The report is in the log, and the next run sends one.`;
        assert.deepEqual(
            results.map(({ error }) => error),
            [undefined, error, error, undefined, undefined],
        );
        assert.deepEqual(results.map(sentBy), [[`topic: ${BAD}`], [], [], [`topic: ${RECOVERED}`], []]);
        assert.deepEqual(results.map(state), [
            [KINDS_OF_BAD, false, undefined, undefined, 0],
            [KINDS_OF_BAD, true, undefined, undefined, 1],
            [KINDS_OF_BAD, true, undefined, undefined, 1],
            [[], false, undefined, undefined, 1],
            [[], false, undefined, undefined, 1],
        ]);
        const [, failed] = results;
        const { Sent, Errors } = JSON.parse(failed?.lines[1] as string);
        assert.deepEqual([failed?.lines.length, failed?.writes, Sent, Errors], [3, 1, [], [notFound(TOPIC)]]);
    });

    it("sends a report once if its event comes twice", async () => {
        const results = await runs({ report: true }, { report: true });
        assert.deepEqual(results.map(sentBy), [[`topic: ${BAD}`], []]);
    });

    it("sends a report that failed if Lambda retries its event", async () => {
        const results = await runs({ report: true, topics: [] }, { report: true }, { report: true });
        assert.deepEqual(results.map(sentBy), [[], [`topic: ${BAD}`], []]);
    });

    it("does not forget a report that was sent while another run of the same time was active", async () => {
        const [reporting, hourly] = [await runs({ report: true }), await runs({})];
        const both = [...(reporting[0]?.lines ?? []), ...(hourly[0]?.lines ?? [])];
        const read = async () => ({ signals: SIGNALS, memory: { value: readMemory(both, MORNING) } });
        const [next] = (await runs({ report: true, read })) as [Ran];
        assert.deepEqual(sentBy(next), []);
    });

    it("reports a recovery once if a run some seconds later read the same memory", async () => {
        const [before] = (await runs({ report: true })) as [Ran];
        const read = async () => ({ signals: HEALTHY, memory: { value: before.memory } });
        const [reporting] = (await runs({ report: true, time: MORNING + HOUR, read })) as [Ran];
        const [unaware] = (await runs({ time: MORNING + HOUR + 5_000, read })) as [Ran];
        const log = [before, reporting, unaware].flatMap(({ lines }) => lines);
        const time = MORNING + 2 * HOUR;
        const [next] = (await runs({
            report: true,
            time,
            read: async () => ({ signals: HEALTHY, memory: { value: readMemory(log, time) } }),
        })) as [Ran];
        assert.deepEqual([reporting, next].map(sentBy), [[`topic: ${RECOVERED}`], [`topic: ${GOOD}`]]);
    });

    it("sends only to the channel that a report has not reached", async () => {
        const chat = { hasChat: true };
        const results = await runs(
            { ...chat, report: true, topics: [TOPIC] },
            { ...chat, time: MORNING + HOUR, topics: [TOPIC] },
            { ...chat, time: MORNING + 2 * HOUR },
            { ...chat, time: MORNING + 3 * HOUR },
        );
        assert.deepEqual(results.map(sentBy), [[`topic: ${BAD}`], [], [`chat: ${BAD}`], []]);
        assert.deepEqual(results.map(state), [
            [KINDS_OF_BAD, false, PROBLEMS_OF_BAD, true, 0],
            [KINDS_OF_BAD, false, PROBLEMS_OF_BAD, true, 0],
            [KINDS_OF_BAD, false, KINDS_OF_BAD, undefined, 0],
            [KINDS_OF_BAD, false, KINDS_OF_BAD, undefined, 0],
        ]);
    });

    it("reports to each channel the recoveries since its own last report", async () => {
        const chat = { hasChat: true, report: true };
        const results = await runs(
            { ...chat },
            { ...chat, time: MORNING + HOUR, signals: HEALTHY, topics: [TOPIC] },
            { ...chat, time: MORNING + 2 * HOUR, signals: HEALTHY },
            { ...chat, time: MORNING + 3 * HOUR, signals: HEALTHY },
        );
        assert.deepEqual(
            results.map((ran) => sentBy(ran).toSorted()),
            [
                [`chat: ${BAD}`, `topic: ${BAD}`],
                [`topic: ${RECOVERED}`],
                [`chat: ${RECOVERED}`, `topic: ${GOOD}`],
                [`chat: ${GOOD}`, `topic: ${GOOD}`],
            ],
        );
    });

    it("names each channel that the report has not reached", async () => {
        const [ran] = (await runs({ hasChat: true, report: true, topics: [] })) as [Ran];
        assert.equal(
            ran.error,
            `ReportNotSent: ${notFound(TOPIC)}; ${notFound(CHAT)}. The report is in the log, and the next run sends one.`,
        );
    });

    it("drops a report that is late, if the mode wants none any more", async () => {
        const results = await runs(
            { report: true, topics: [] },
            { settings: { report: "never" }, time: MORNING + HOUR },
            { time: MORNING + 2 * HOUR },
        );
        assert.deepEqual(results.map(sentBy), [[], [], []]);
        assert.deepEqual(
            results.map((ran) => state(ran)[1]),
            [true, false, false],
        );
    });

    it("remembers the last report if the mode wants no new one", async () => {
        const stopped = { ...HEALTHY, servers: SIGNALS.servers, snapshots: SIGNALS.snapshots, nodes: HEALTHY.nodes };
        const [first, second] = (await runs(
            { report: true, signals: stopped },
            { time: MORNING + HOUR, report: true, signals: { ...HEALTHY, servers: { value: [] } }, settings: { report: "never" } },
        )) as [Ran, Ran];
        assert.deepEqual([second.memory?.reported, second.messages], [first.memory?.reported, []]);
        assert.deepEqual(first.memory?.reported.length, 3);
    });

    it("leaves the memory of the run before in place if it could not read it", async () => {
        const results = await runs(
            { report: true },
            { time: MORNING + HOUR, report: true, unreadMemory: "AccessDenied" },
            { time: MORNING + 2 * HOUR, signals: HEALTHY, report: true },
        );
        assert.deepEqual(results.map(sentBy), [
            [`topic: ${BAD}`],
            ["topic: [prod-eu] 1 signal unread, 1 overdue, 1 not covered, 1 offline, 2 of 4 servers OK"],
            [`topic: ${RECOVERED}`],
        ]);
        assert.deepEqual(
            results.map(({ lines, memory }) => [lines.length, memory?.time]),
            [
                [3, MORNING],
                [2, MORNING],
                [3, MORNING + 2 * HOUR],
            ],
        );
    });

    it("reads no more shortly before Lambda would end it, and still sends its report", async () => {
        const [ran] = (await runs({
            report: true,
            context: { getRemainingTimeInMillis: () => 45_000 },
            read: async (_clients, _settings, _targets, _now, abortSignal) => {
                await new Promise((aborted) => abortSignal.addEventListener("abort", aborted));
                return { signals: SIGNALS, memory: { value: undefined } };
            },
        })) as [Ran];
        assert.deepEqual(sentBy(ran), [`topic: ${BAD}`]);
    });

    it("does not wait for SNS until Lambda ends it", async () => {
        const [ran] = (await runs({ report: true, isSilent: true, context: { getRemainingTimeInMillis: () => 0 } })) as [Ran];
        assert.deepEqual(
            [ran.error, ran.lines.length, state(ran)],
            [
                `ReportNotSent: The report was not sent to ${TOPIC}: SNS had not responded when the run had to end. The report is in the log, and the next run sends one.`,
                3,
                [PROBLEMS_OF_BAD, true, undefined, undefined, 0],
            ],
        );
    });

    it("fails before it reads anything if the event has no time", async () => {
        const read = () => assert.fail("The run reads AWS.");
        await withAws({}, async (clients) => {
            for (const event of [{}, { time: "yesterday", report: true }]) {
                await assert.rejects(watch(clients, SETTINGS, TARGETS, event, undefined, read), {
                    name: "Error",
                    message: `The event has no "time" that can be read: ${JSON.stringify(event)}. To run the watch by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.`,
                });
            }
        });
    });

    it("reads the memory of the run before from the log, through CloudWatch Logs", async () => {
        const events: StoredLogEvent[] = [];
        const logGroups = new Map([
            [TARGETS.watchLogGroup, events],
            [TARGETS.cleanerLogGroup, []],
        ]);
        const warnings: string[] = [];
        const note = ({ name }: Error) => warnings.push(name);
        process.on("warning", note);
        const memories = await withAws({ logGroups, topics: new Map([[TOPIC, []]]) }, async (clients) => {
            const found: (Memory | undefined)[] = [];
            for (const time of [MORNING, MORNING + HOUR]) {
                const { writes } = await written(() =>
                    watch(clients, SETTINGS, TARGETS, { time: new Date(time).toISOString(), report: true }),
                );
                const lines = writes.join("").split("\n").slice(0, -1);
                events.push(...lines.map((message) => ({ time, message: `${message}\n` })));
                found.push(readMemory(lines));
            }
            return found;
        });
        process.off("warning", note);
        assert.deepEqual(
            memories.map((memory) => [memory?.time, memory?.since, memory?.reportedAt]),
            [
                [MORNING, MORNING, MORNING],
                [MORNING + HOUR, MORNING, MORNING + HOUR],
            ],
        );
        assert.deepEqual(
            warnings.filter((name) => name === "MaxListenersExceededWarning"),
            [],
        );
    });
});
