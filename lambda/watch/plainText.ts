/** The columns that every terminal and mail program shows. */
const WIDTH = 80;

/** Below this code point, no character takes two columns. */
const FIRST_WIDE = 0x1100;

/**
 * Replaces spaces, line breaks and control characters by single spaces. Names of servers and outputs of runs may hold any of them. It also
 * removes half characters, which the SDK refuses to send.
 */
export function plain(text: string): string {
    return text.replace(/[\s\p{C}]+/gu, " ").trim();
}

/**
 * Breaks a text between words into lines of at most 80 columns. Breaks a word only if it is longer than a line.
 *
 * @param indent before the first line
 * @param hanging before the other lines, as wide as `indent` or wider
 */
export function wrap(text: string, indent = "", hanging = indent): string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of plain(text)
        .split(" ")
        .flatMap((whole) => piecesOf(whole, WIDTH - hanging.length))) {
        const longer = line === "" ? `${indent}${word}` : `${line} ${word}`;
        if (columnsOf(longer) <= WIDTH) {
            line = longer;
        } else {
            lines.push(line);
            line = `${hanging}${word}`;
        }
    }
    return [...lines, line];
}

/** Cuts a text after so many characters, between two of them. */
export function cut(text: string, most: number): string {
    return text.length <= most ? text : `${plain(text.slice(0, most - 1))}…`;
}

/** The columns that a text takes at most. Characters beyond the first alphabets count as two, also those that take one. */
function columnsOf(text: string): number {
    return [...text].reduce((sum, character) => sum + ((character.codePointAt(0) ?? 0) < FIRST_WIDE ? 1 : 2), 0);
}

/** Breaks a word into pieces of at most so many columns. */
function piecesOf(word: string, columns: number): string[] {
    const pieces: string[] = [];
    let [piece, taken] = ["", 0];
    for (const character of word) {
        taken += columnsOf(character);
        if (taken > columns) {
            pieces.push(piece);
            [piece, taken] = ["", columnsOf(character)];
        }
        piece += character;
    }
    return [...pieces, piece];
}

/** A command at the end of a cure. */
const COMMAND = /^(?:(.*?:) )?((?:aws|pulumi|vss-backup) [a-z].*)$/;

/**
 * Divides a cure into its words and the command at its end. In PowerShell and a POSIX shell, lines go on in different ways. So a command must
 * stay in one line.
 */
export function splitCure(cure: string): { readonly words?: string | undefined; readonly command?: string | undefined } {
    const text = plain(cure);
    const [whole, words, command] = COMMAND.exec(text) ?? [];
    return whole === undefined ? { words: text } : { words, command };
}
