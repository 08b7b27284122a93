import { type Finding, KINDS } from "../../lambda/watch/finding";
import { plain, splitCure } from "../../lambda/watch/plainText";
import type { Screen } from "../session";
import { colorsOf } from "./colors";
import { lines, wrapLine } from "./table";
import { clock, inZone } from "./times";

const INDENT = "  ";

/** Writes the problems, and then the notes, each with its cure. They are grouped by kind. Without any, the text is empty. */
export function findingsText(findings: readonly Finding[], screen: Screen, timezone: string): string {
    const { bad, title } = colorsOf(screen);
    const problems = groups(findings, "problem", screen, timezone);
    const notes = groups(findings, "note", screen, timezone);
    return [
        ...(problems.length > 0 ? [lines(["", bad("PROBLEMS")]), ...problems] : []),
        ...(notes.length > 0 ? [lines(["", title("NOTES")]), ...notes] : []),
    ].join("");
}

function groups(findings: readonly Finding[], severity: Finding["severity"], screen: Screen, timezone: string): string[] {
    const { title } = colorsOf(screen);
    return KINDS.flatMap((kind) => {
        const ofKind = findings.filter((finding) => finding.kind === kind && finding.severity === severity);
        return ofKind.length === 0
            ? []
            : [
                  lines([
                      "",
                      title(`${kind}: ${ofKind.length}`),
                      "",
                      ...ofKind.flatMap((finding) => findingLines(finding, screen, timezone)),
                  ]),
              ];
    });
}

function findingLines({ sentence, since, cure }: Finding, { columns }: Screen, timezone: string): string[] {
    return [
        ...wrapLine(`- ${inZone(plain(sentence), timezone)}`, columns, INDENT),
        ...indented(`Since ${clock(since, timezone)}.`, columns),
        ...cureLines(cure, columns),
    ];
}

/** Writes a cure. A command stays in one line, so that it can be copied. */
export function cureLines(cure: string, columns: number): string[] {
    const { words, command } = splitCure(cure);
    const next = indented(words === undefined ? "Next:" : `Next: ${words}`, columns);
    return command === undefined ? next : [...next, `${INDENT}${INDENT}${command}`];
}

function indented(text: string, columns: number): string[] {
    return wrapLine(text, columns - INDENT.length).map((line) => `${INDENT}${line}`);
}

/** Breaks a text that may end in a command. If it is too long, the command gets a line of its own. */
export function commandLines(text: string, columns: number): string[] {
    const { words, command } = splitCure(text);
    return text.length <= columns || command === undefined
        ? wrapLine(text, columns)
        : [...wrapLine(words ?? "Next:", columns), `${INDENT}${INDENT}${command}`];
}
