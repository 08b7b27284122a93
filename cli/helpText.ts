import { Help, type HelpConfiguration } from "commander";
import { lines, wrapLine } from "./output/table";

/** Below this width, a description gets lines of its own. */
const LEAST = 24;

const INDENT = "      ";

/** Makes the help fit into so many columns. By itself, Commander does not break lines in a narrow terminal. */
export function helpFor(columns: number): HelpConfiguration {
    return {
        helpWidth: columns,
        minWidthToWrap: LEAST,
        formatItem: (term, termWidth, description, helper) =>
            columns - termWidth >= LEAST + INDENT.length || description === ""
                ? Help.prototype.formatItem.call(helper, term, termWidth, description, helper)
                : lines([`  ${term}`, ...wrapLine(description, columns - INDENT.length).map((line) => `${INDENT}${line}`)]).trimEnd(),
    };
}
