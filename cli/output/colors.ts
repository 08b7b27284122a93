import { createColors } from "picocolors";
import type { Screen } from "../session";

/** The colours of the texts. */
export interface Colors {
    title(text: string): string;
    good(text: string): string;
    bad(text: string): string;
    faint(text: string): string;
}

/** Makes the colours of a screen. Without colours, each text stays as it is. */
export function colorsOf({ isColored }: Pick<Screen, "isColored">): Colors {
    const { bold, green, red, dim } = createColors(isColored);
    return { title: bold, good: green, bad: red, faint: dim };
}
