import Table from "cli-table3";
import pc from "picocolors";
import type { Deployment } from "../program";
import { measureWidest, WIDTH, wrapCharacters } from "./width";

/** Longer types continue in the next line. */
const MAX_TYPE_WIDTH = 40;
const SIGN = " +  ";
const GAP = 2;

const NO_BORDERS = Object.fromEntries(
    ["top", "bottom", "mid", "left", "right"].flatMap((side) => [
        [side, ""],
        ...["mid", "left", "right"].map((end) => [`${side}-${end}`, ""]),
    ]),
);

/** Draws the resources of a deployment as a tree, like `pulumi preview`. */
export function drawPreview({ project, stack, resources }: Deployment): string {
    const [component, ...unordered] = resources.map(({ type, name }) => ({ type: shortType(type), name }));
    // The order of registration means nothing. Sorted by name, resources of one part are neighbours.
    const children = unordered.sort((a, b) => (a.name < b.name ? -1 : 1));
    const rows = [
        { type: "pulumi:pulumi:Stack", name: `${project}-${stack}` },
        { type: `└─ ${component?.type}`, name: component?.name ?? "" },
        ...children.map(({ type, name }, i) => ({ type: `   ${i === children.length - 1 ? "└─" : "├─"} ${type}`, name })),
    ];
    const typeWidth = Math.min(MAX_TYPE_WIDTH, measureWidest(...rows.map(({ type }) => type)));
    const nameWidth = WIDTH - SIGN.length - typeWidth - GAP;
    const table = new Table({
        chars: { ...NO_BORDERS, middle: "" },
        style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
        colWidths: [SIGN.length, typeWidth + GAP, nameWidth],
    });
    table.push(
        ["", pc.bold("Type"), pc.bold("Name")],
        ...rows.map(({ type, name }) => [pc.green(SIGN), wrapCharacters(type, typeWidth), wrapCharacters(name, nameWidth)]),
    );
    const lines = table.toString().split("\n");
    return [...lines.map((line) => line.trimEnd()), "", `Resources: ${pc.green(`+ ${rows.length} to create`)}`].join("\n");
}

/** `aws:sns/topic:Topic` is shown as `aws:sns:Topic`. */
function shortType(type: string): string {
    return type.replace(/^([^:]+):([^/:]+)\/[^:]+:/, "$1:$2:");
}
