import Table from "cli-table3";
import { DateTime } from "luxon";
import pc from "picocolors";
import type { DetectedIncident } from "../detection";
import type { Notification, Watched } from "../judgeWatch";
import { plural, takeFirstLines } from "./summary";
import { measureWidest, WIDTH, wrapWords } from "./width";

/** Borders and padding of a table with four columns. */
const FRAME = 13;
const NO_LINES_BETWEEN = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
const CLOCK = "yyyy-MM-dd HH:mm";
/** The widest part of a message that stays in one line. */
const TOLD_WIDTH = 20;

/** Shows each incident, and how long it took until a message told of it. */
export function drawIncidents({ incidents }: Watched, timezone: string): string {
    if (incidents.length === 0) {
        return "Nothing went wrong on purpose.";
    }
    const afterWidth = measureWidest("After", ...incidents.map(after));
    const nameWidth = WIDTH - FRAME - CLOCK.length - TOLD_WIDTH - afterWidth;
    const table = new Table({
        head: ["Began", "Incident", "Told by", "After"].map((title) => pc.bold(title)),
        colAligns: ["left", "left", "left", "right"],
        chars: NO_LINES_BETWEEN,
        style: { head: [], border: [] },
    });
    for (const incident of incidents) {
        table.push([
            clock(incident.begin, timezone),
            wrapWords(incident.name, nameWidth),
            wrapWords(toldBy(incident), TOLD_WIDTH),
            after(incident),
        ]);
    }
    return [
        table.toString(),
        wrapWords(`Times are in ${timezone}. After: hours and minutes from the beginning to the first message.`),
    ].join("\n");
}

function toldBy({ isFault, detection }: DetectedIncident): string {
    if (!detection) {
        return isFault ? pc.red("nobody") : pc.dim("no fault");
    }
    return `${detection.by} ${detection.what.replace(/^vss-backup-/, "")}`;
}

function after({ detection }: DetectedIncident): string {
    if (!detection) {
        return "";
    }
    const minutes = Math.round(detection.hours * 60);
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Shows the messages that a reader would open: those of alarms, and reports with a problem or a recovery. */
export function listMessages({ runs, notifications }: Watched, timezone: string): string {
    const news = notifications.filter(({ hasNews }) => hasNews);
    const quiet = notifications.length - news.length;
    const counts = `${plural(runs, "run")} of the watch, ${plural(notifications.length, "message")}. Reports without news, left out here: ${quiet}.`;
    return [wrapWords(counts), ...takeFirstLines(news.map((notification) => line(notification, timezone)))].join("\n");
}

function line({ time, from, subject }: Notification, timezone: string): string {
    const begin = `${clock(time, timezone)}  ${from.padEnd("report".length)}  `;
    const [first = "", ...others] = wrapWords(subject, WIDTH - begin.length).split("\n");
    return [`${begin}${from === "alarm" ? paintAlarm(first) : first}`, ...others.map((rest) => `${" ".repeat(begin.length)}${rest}`)].join(
        "\n",
    );
}

function paintAlarm(subject: string): string {
    return subject.startsWith("ALARM") ? pc.red(subject) : pc.green(subject);
}

function clock(time: number, timezone: string): string {
    return DateTime.fromMillis(time, { zone: timezone }).toFormat(CLOCK);
}
