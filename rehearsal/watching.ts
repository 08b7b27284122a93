import { z } from "zod";
import { KINDS } from "../lambda/watch/finding";
import type { Account } from "./account";
import { type DeployedSchedule, schedulesOf, startsWatch } from "./deployed";
import { findStartTimes, formatTime, loadFunctions, type Outcome } from "./functions";

/** One finding, as the watch writes it into its log. */
const findingLine = z.object({
    Kind: z.literal(KINDS),
    Severity: z.literal(["problem", "note"]),
    Server: z.string().optional(),
    Type: z.string().optional(),
    Volume: z.string().optional(),
    Sentence: z.string(),
});

/** How long the hours after something unusual are eventful. For so long the watch waits for an agent, or for the report of the cleaner. */
const EVENTFUL = 2 * 3_600_000;

const reportLine = z.object({ WatchReport: z.string(), Time: z.string(), Findings: z.array(findingLine) });

export type FoundLine = z.infer<typeof findingLine>;

/** One run of the watch. */
export interface WatchRun {
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly findings: readonly FoundLine[];
}

/** A message to the policy's topic. */
export interface Message {
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly subject: string;
    readonly text: string;
}

/** The watch of a policy, with its work so far. */
export interface Watching {
    readonly runs: readonly WatchRun[];
    readonly reports: readonly Message[];
    /** Sentences about calls that IAM refused, and about runs that failed although nobody had broken the watch. */
    readonly broken: readonly string[];
    close(): Promise<void>;
}

/**
 * Which runs of the watch are played. Most runs of a year find nothing new, and each makes a dozen requests.
 * - `all`
 * - `eventful`: the runs that report, and those in the hours after something unusual. The others repeat the metrics of the last run.
 */
export type PlayedRuns = "all" | "eventful";

export interface WatchOptions {
    readonly runs: PlayedRuns;
    /** Says which backups are missing now. A change is unusual. */
    missing(): unknown;
    /** Called after each run that wrote its report. */
    onRun(run: WatchRun): void;
}

/**
 * Loads the deployed watch, and runs it on its schedules.
 *
 * @param endpoint of the embedded AWS
 */
export async function startWatch(account: Account, endpoint: string, options: WatchOptions): Promise<Watching> {
    const runs: WatchRun[] = [];
    const reports: Message[] = [];
    const broken: string[] = [];
    const schedules = schedulesOf(account.deployment).filter(startsWatch);
    const { refusals, start, repeat, close } = await loadFunctions(account, endpoint, schedules, "watch");
    const isEventful = eventfulHours(account, options);
    for (const schedule of schedules) {
        account.timeline.each(findStartTimes(schedule, account), async (time) => {
            if (!isReport(schedule) && !isEventful(time)) {
                repeat(schedule, time);
                return;
            }
            const messages = account.aws.messages.length;
            const outcome = await start(schedule, time);
            for (const run of runOf(account, schedule, time, outcome)) {
                runs.push(run);
                options.onRun(run);
            }
            reports.push(...account.aws.messages.slice(messages).map(({ subject = "", message: text }) => ({ time, subject, text })));
            if (outcome.kind === "failed" && !isBroken(account, schedule)) {
                broken.push(`${formatTime(time)}: the watch failed: ${outcome.error.split("\n")[0]}`);
            }
        });
    }
    return {
        runs,
        reports,
        get broken() {
            return [...broken, ...refusals];
        },
        close,
    };
}

function isReport({ input }: DeployedSchedule): boolean {
    return input.includes('"report"');
}

/** Finds out if a run must be played. */
function eventfulHours({ lastUnusual }: Account, { runs, missing }: WatchOptions): (time: number) => boolean {
    let before = "[]";
    return (time) => {
        const now = JSON.stringify(missing());
        if (now !== before) {
            before = now;
            lastUnusual.time = time;
        }
        return runs === "all" || time - lastUnusual.time <= EVENTFUL;
    };
}

/** Reads the findings of a run from the lines that it wrote to its log. */
function runOf({ aws }: Account, { started }: DeployedSchedule, time: number, outcome: Outcome): WatchRun[] {
    if (outcome.kind === "not started") {
        return [];
    }
    const events = aws.logGroups.get(started.logGroupName) ?? [];
    const lines = events.slice(events.findLastIndex((event) => event.time < time) + 1);
    const reports = lines.flatMap(({ message }) => (message.startsWith('{"WatchReport"') ? reportLine.parse(JSON.parse(message)) : []));
    const report = reports.at(-1);
    return report ? [{ time, findings: report.Findings }] : [];
}

function isBroken({ mistakes }: Account, { started }: DeployedSchedule): boolean {
    return mistakes.brokenFunctions.has(started.arn) || [...mistakes.takenPermissions].some(({ role }) => role === started.role);
}
