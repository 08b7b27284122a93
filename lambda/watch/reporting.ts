import { PublishCommand, type PublishCommandInput, type SNSClient } from "@aws-sdk/client-sns";
import { chatMessage } from "./chat";
import { problemsOf } from "./counts";
import { type Finding, findingKey } from "./finding";
import type { Health } from "./health";
import type { Channel, Memory } from "./memory";
import { writeReport } from "./report";
import type { ReportMode, WatchSettings, WatchTargets } from "./watchSettings";

/** A run in which a report may be due. */
interface Occasion {
    readonly health: Health;
    /** The memory of the run before; undefined if there is none, or if it could not be read. */
    readonly last: Memory | undefined;
    /** Whether the report of the day is due. */
    readonly isDue: boolean;
    /** The health whose recoveries count from another report. */
    readonly healthSince: (reported: readonly Finding[]) => Health;
    readonly abortSignal: AbortSignal;
}

/** The reports that a run sent, and those that it could not send. */
export interface Delivery {
    /** The channels that got a report. */
    readonly sent: readonly Channel[];
    /** A sentence for each channel that should have got one. */
    readonly errors: readonly string[];
    /** For the next run. */
    readonly memory: Pick<Memory, "reported" | "reportedAt" | "reportDue" | "chatReported" | "chatDue">;
}

interface ChannelState {
    readonly channel: Channel;
    readonly topicArn: string;
    /** The findings of the last report that it got, and the problems since. */
    readonly reported: readonly Finding[];
    /** Whether a report that was due before did not reach it. */
    readonly isBehind: boolean;
}

interface Outcome extends ChannelState {
    readonly isSent: boolean;
    readonly error?: string;
}

/**
 * Sends a report to each channel for which one is due, if the mode wants it. A report is due at its time of the day, and after one that
 * could not be sent. If an event comes twice, its report is sent once.
 */
export async function sendReports(sns: SNSClient, settings: WatchSettings, targets: WatchTargets, occasion: Occasion): Promise<Delivery> {
    const { health, last, isDue } = occasion;
    const isNew = isDue && last?.reportedAt !== health.time;
    const outcomes: readonly Outcome[] = await Promise.all(
        channelsOf(targets, last, settings.report === "never" ? [] : problemsOf(health)).map((state) =>
            isNew || state.isBehind ? sendReport(sns, settings, state, occasion) : { ...state, isSent: false },
        ),
    );
    return {
        sent: outcomes.filter(({ isSent }) => isSent).map(({ channel }) => channel),
        errors: outcomes.flatMap(({ error }) => error ?? []),
        memory: memoryOf(outcomes, isDue ? health.time : last?.reportedAt),
    };
}

function channelsOf({ topicArn, chatTopicArn }: WatchTargets, last: Memory | undefined, problems: readonly Finding[]): ChannelState[] {
    const reported = withProblems(last?.reported ?? [], problems);
    const topic = { channel: "topic", topicArn, reported, isBehind: last?.reportDue ?? false } as const;
    return chatTopicArn === undefined
        ? [topic]
        : [
              topic,
              {
                  channel: "chat",
                  topicArn: chatTopicArn,
                  reported: last?.chatReported ? withProblems(last.chatReported, problems) : reported,
                  isBehind: last?.chatDue === true,
              },
          ];
}

/** Adds problems that are new since the last report. If they are over before the next report, it lists them as recovered. */
export function withProblems(reported: readonly Finding[], problems: readonly Finding[]): Finding[] {
    return [...new Map([...reported, ...problems].map((finding) => [findingKey(finding), finding])).values()];
}

async function sendReport(sns: SNSClient, settings: WatchSettings, state: ChannelState, occasion: Occasion): Promise<Outcome> {
    const { last, healthSince, abortSignal } = occasion;
    const health = state.channel === "chat" && last?.chatReported ? healthSince(state.reported) : occasion.health;
    if (!isWanted(health, settings.report)) {
        return { ...state, isBehind: false, isSent: false };
    }
    try {
        await sns.send(new PublishCommand({ TopicArn: state.topicArn, ...messageFor(state.channel, health, settings) }), { abortSignal });
        return { ...state, reported: health.findings, isBehind: false, isSent: true };
    } catch (error) {
        const { name, message } = error as Error;
        const why = abortSignal.aborted ? "SNS had not responded when the run had to end" : `${name}: ${message}`;
        return { ...state, isBehind: true, isSent: false, error: `The report was not sent to ${state.topicArn}: ${why}` };
    }
}

function isWanted(health: Health, mode: ReportMode): boolean {
    const hasNews = problemsOf(health).length > 0 || health.recovered.length > 0;
    return mode === "daily" || (mode === "problems" && hasNews);
}

function messageFor(channel: Channel, health: Health, settings: WatchSettings): Pick<PublishCommandInput, "Subject" | "Message"> {
    if (channel === "chat") {
        return { Message: JSON.stringify(chatMessage(health, settings)) };
    }
    const { subject, text } = writeReport(health, settings);
    return { Subject: subject, Message: text };
}

function memoryOf(outcomes: readonly Outcome[], reportedAt: number | undefined): Delivery["memory"] {
    const [topic, chat] = outcomes;
    return {
        reported: topic?.reported ?? [],
        reportDue: topic?.isBehind === true,
        ...(reportedAt !== undefined && { reportedAt }),
        ...(chat && chat.reported !== topic?.reported && { chatReported: chat.reported }),
        ...(chat?.isBehind && { chatDue: true }),
    };
}
