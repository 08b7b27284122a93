import { problemsOf } from "./counts";
import type { Finding } from "./finding";
import type { Health } from "./health";
import { cut, plain } from "./plainText";
import { subjectOf } from "./subject";
import type { WatchSettings } from "./watchSettings";

/** A message that Amazon Q Developer in chat applications shows. It drops every other text without an error. */
export interface ChatMessage {
    readonly version: "1.0";
    readonly source: "custom";
    readonly content: {
        readonly textType: "client-markdown";
        readonly title: string;
        readonly description: string;
        readonly nextSteps?: readonly string[];
    };
}

/** Amazon Q Developer takes descriptions of up to 8,000 characters. It takes titles of up to 250, and a subject is shorter. */
const DESCRIPTION_LENGTH = 8_000;

/** Room for the line that counts the other texts. */
const REST_LENGTH = 100;

const SENTENCE_LENGTH = 600;

/** Few and short: a cut command would be useless. */
const STEPS = 5;
const STEP_LENGTH = 250;

/**
 * Writes the report of a run for a chat channel: the problems, the recoveries and the next steps. The mail and the log have the rest.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function chatMessage(health: Health, settings: Pick<WatchSettings, "name">): ChatMessage {
    const problems = problemsOf(health);
    const texts = [
        ...problems.map((finding) => entryOf(finding.kind, finding)),
        ...health.recovered.map((finding) => entryOf(`${finding.kind} until now`, finding)),
    ];
    const steps = [...new Set(problems.map(({ cure }) => escaped(cure)))]
        .filter((step) => step !== "" && step.length <= STEP_LENGTH)
        .slice(0, STEPS);
    return {
        version: "1.0",
        source: "custom",
        content: {
            textType: "client-markdown",
            title: subjectOf(health, settings),
            description: texts.length === 0 ? "No problems." : joined(texts),
            ...(steps.length > 0 && { nextSteps: steps }),
        },
    };
}

function entryOf(title: string, { sentence }: Finding): string {
    return `• ${title}: ${escaped(cut(plain(sentence), SENTENCE_LENGTH))}`;
}

/** Joins texts until the description is full, and counts the others. */
function joined(texts: readonly string[]): string {
    let left = DESCRIPTION_LENGTH - REST_LENGTH;
    const full = texts.findIndex((text) => {
        left -= text.length + 1;
        return left < 0;
    });
    const shown = full < 0 ? texts : [...texts.slice(0, full), `… and ${texts.length - full} more; the log has all`];
    return shown.join("\n");
}

/** Without characters with which a name could call people or make a link. */
function escaped(text: string): string {
    return plain(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
