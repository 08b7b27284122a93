import { problemsOf } from "./counts";
import { type Finding, findingKey, KINDS, type Kind } from "./finding";
import type { Health } from "./health";
import type { WatchSettings } from "./watchSettings";

/** SNS takes subjects of fewer than 100 characters, in ASCII. */
const LENGTH = 99;

/** The words after the number of problems of a kind; two forms for one and several. */
const PHRASES: Readonly<Record<Kind, string | readonly [one: string, several: string]>> = {
    unread: ["signal unread", "signals unread"],
    "nobody targeted": ["tag without servers", "tags without servers"],
    "tag misspelled": ["tag misspelled", "tags misspelled"],
    "tag removed": ["tag removed", "tags removed"],
    "never backed up": "never backed up",
    overdue: "overdue",
    failing: "failing",
    "volume not covered": "not covered",
    "window missing": ["window missing", "windows missing"],
    "window disabled": ["window disabled", "windows disabled"],
    "window changed": ["window changed", "windows changed"],
    "window failed": ["window failed", "windows failed"],
    "window skipped": ["window skipped", "windows skipped"],
    "window never executed": ["window never executed", "windows never executed"],
    "not Windows": "not Windows",
    "no role": "without role",
    "too small": "too small",
    "not managed": "not managed",
    "agent offline": "offline",
    "package failed": ["package failed", "packages failed"],
    "package missing": ["package missing", "packages missing"],
    "cleaner failed": ["cleaner failed", "cleaners failed"],
    "cleaner late": ["cleaner late", "cleaners late"],
    "cleaner held back": ["cleaner held back", "cleaners held back"],
    "subscription unconfirmed": ["address unconfirmed", "addresses unconfirmed"],
    "not recorded": ["record missing", "records missing"],
    "restore test failed": ["restore test failed", "restore tests failed"],
    "not tested": "not tested",
    stopped: "stopped",
    "missed while stopped": "missed while stopped",
    "snapshots aging": "aging",
};

/** Writes the subject of a report, such as `[prod] 2 overdue, 1 not covered, 41 of 44 servers OK`. The least urgent counts are left out if it gets too long. */
export function subjectOf(health: Health, { name }: Pick<WatchSettings, "name">): string {
    const problems = problemsOf(health);
    const counts = [
        ...KINDS.map((kind) => phrase(kind, countOf(kind, problems))).filter((text) => text !== ""),
        ...(health.recovered.length > 0 ? [`${health.recovered.length} recovered`] : []),
    ];
    const subject = (most: number) => `[${name}] ${[...counts.slice(0, most), serversOf(health)].join(", ")}`;
    let most = counts.length;
    while (most > 0 && subject(most).length > LENGTH) {
        most -= 1;
    }
    return subject(most);
}

/** Says how many servers are OK. */
export function serversOf({ servers }: Health): string {
    return servers ? `${servers.ok} of ${servers.watched} servers OK` : "servers unknown";
}

/** Counts the servers with problems of a kind; or the problems themselves, if they are about volumes or no server. */
function countOf(kind: Kind, problems: readonly Finding[]): number {
    const keys = problems
        .filter((problem) => problem.kind === kind)
        .map((problem) => (problem.volume === undefined && problem.server) || findingKey(problem));
    return new Set(keys).size;
}

function phrase(kind: Kind, count: number): string {
    const forms = PHRASES[kind];
    const words = typeof forms === "string" ? forms : forms[count === 1 ? 0 : 1];
    return count > 0 ? `${count} ${words}` : "";
}
