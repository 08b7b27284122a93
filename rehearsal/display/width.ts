import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

/** The columns that every terminal has. */
export const WIDTH = 80;

/** Measures the widest of these texts, in columns. */
export function measureWidest(...texts: readonly string[]): number {
    return Math.max(...texts.map((text) => stringWidth(text)));
}

/** Breaks lines between words. Breaks a word only if it is longer than a line. */
export function wrapWords(text: string, width = WIDTH): string {
    return wrapAnsi(text, width, { hard: true });
}

/** Breaks lines at any character. Keeps spaces, since they indent a tree. */
export function wrapCharacters(text: string, width: number): string {
    return wrapAnsi(text, width, { hard: true, wordWrap: false, trim: false });
}
