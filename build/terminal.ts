/** Size of one character of the picture, in pixels. */
const CHARACTER = { width: 8.4, height: 18 };
const MARGIN = { side: 20, top: 52, bottom: 16 };

const COLOURS = { background: "#1b1f27", bar: "#2a303b", plain: "#d5dae3", faint: "#7d8796" } as const;
const ANSI_COLOURS: Readonly<Record<number, string>> = { 31: "#ff6b68", 32: "#5fd787", 33: "#f2c55c" };

interface Style {
    readonly bold: boolean;
    readonly faint: boolean;
    readonly underlined: boolean;
    readonly colour: string | undefined;
}

interface Run {
    readonly text: string;
    readonly column: number;
    readonly style: Style;
}

/** The characters that start an ANSI code. */
const ESCAPE = "\u001b[";

const PLAIN: Style = { bold: false, faint: false, underlined: false, colour: undefined };

/** The directions of each table line from the middle of its character: right, left, down, up. */
const BOX: Readonly<Record<string, string>> = {
    "─": "rl",
    "│": "du",
    "┌": "rd",
    "┐": "ld",
    "└": "ru",
    "┘": "lu",
    "├": "rdu",
    "┤": "ldu",
    "┬": "rld",
    "┴": "rlu",
    "┼": "rldu",
};

/** Draws lines of a terminal, with their colours, as SVG. The picture does not depend on the fonts of the viewer. */
export function drawTerminal(title: string, lines: readonly string[]): string {
    const rows = lines.map(parseLine);
    const columns = Math.max(...rows.map((runs) => Math.max(0, ...runs.map(({ column, text }) => column + text.length))));
    const width = Math.ceil(columns * CHARACTER.width + 2 * MARGIN.side);
    const height = rows.length * CHARACTER.height + MARGIN.top + MARGIN.bottom;
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
        `<title>${escapeXml(title)}</title>`,
        `<rect width="${width}" height="${height}" rx="10" fill="${COLOURS.background}"/>`,
        `<path d="M0 34V10a10 10 0 0 1 10-10H${width - 10}a10 10 0 0 1 10 10V34Z" fill="${COLOURS.bar}"/>`,
        ...["#ff5f57", "#febc2e", "#28c840"].map((colour, i) => `<circle cx="${20 + i * 20}" cy="17" r="6" fill="${colour}"/>`),
        `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
        ...rows.flatMap((runs, row) => runs.map((run) => drawRun(run, row))),
        "</g>",
        "</svg>",
        "",
    ].join("\n");
}

/** Splits a line with ANSI colours into runs of one style, without the spaces around them. */
function parseLine(line: string): Run[] {
    const runs: Run[] = [];
    let style = PLAIN;
    let column = 0;
    // The first part has no code. Each other part has a code and the text up to the next code.
    for (const [i, part] of line.split(ESCAPE).entries()) {
        const [codes, text] = i === 0 ? ["", part] : [part.slice(0, part.indexOf("m")), part.slice(part.indexOf("m") + 1)];
        style = i === 0 ? style : codes.split(";").map(Number).reduce(restyle, style);
        for (const { 0: word, 1: table, index } of text.matchAll(/([─│┌┐└┘├┤┬┴┼]+)|[^\s─│┌┐└┘├┤┬┴┼]+( [^\s─│┌┐└┘├┤┬┴┼]+)*/g)) {
            runs.push({ text: word, column: column + index, style: table ? { ...PLAIN, faint: true } : style });
        }
        column += text.length;
    }
    return runs;
}

function restyle(style: Style, code: number): Style {
    switch (code) {
        case 0:
            return PLAIN;
        case 1:
            return { ...style, bold: true };
        case 2:
            return { ...style, faint: true };
        case 4:
            return { ...style, underlined: true };
        case 22:
            return { ...style, bold: false, faint: false };
        case 24:
            return { ...style, underlined: false };
        default:
            return { ...style, colour: ANSI_COLOURS[code] };
    }
}

function drawRun({ text, column, style }: Run, row: number): string {
    const x = MARGIN.side + column * CHARACTER.width;
    const y = MARGIN.top + row * CHARACTER.height;
    if (text[0] !== undefined && text[0] in BOX) {
        const path = [...text].map((character, i) => drawBox(BOX[character] as string, x + i * CHARACTER.width, y)).join("");
        return `<path d="${path}" stroke="${COLOURS.faint}"/>`;
    }
    const colour = style.colour ?? (style.faint ? COLOURS.faint : COLOURS.plain);
    const weight = style.bold ? ' font-weight="bold"' : "";
    const line = style.underlined ? ' text-decoration="underline"' : "";
    // The text length keeps the columns aligned in every font.
    const length = round(text.length * CHARACTER.width);
    return `<text x="${round(x)}" y="${y + 13}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${colour}"${weight}${line}>${escapeXml(text)}</text>`;
}

function drawBox(ends: string, left: number, top: number): string {
    const middle = { x: round(left + CHARACTER.width / 2), y: top + CHARACTER.height / 2 };
    const targets: Readonly<Record<string, string>> = {
        r: `H${round(left + CHARACTER.width)}`,
        l: `H${round(left)}`,
        d: `V${top + CHARACTER.height}`,
        u: `V${top}`,
    };
    return [...ends].map((end) => `M${middle.x} ${middle.y}${targets[end]}`).join("");
}

function round(pixels: number): number {
    return Math.round(pixels * 10) / 10;
}

function escapeXml(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
