import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "..", "..");

/** The paths of all pages, from the root. */
export const PAGES: readonly string[] = ["", "docs"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
        .filter((file) => file.endsWith(".md"))
        .map((file) => join(folder, file)),
);

/** A fenced block of code. */
export interface Block {
    readonly page: string;
    readonly language: string;
    readonly text: string;
    /** The text above this block, from the previous block or heading. */
    readonly before: string;
}

export function textOf(page: string): string {
    return readFileSync(join(ROOT, page), "utf8");
}

/** The blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
    return blocksIn(textOf(page), page);
}

/** The blocks of a part of a page, in order. */
export function blocksIn(text: string, page: string): Block[] {
    let end = 0;
    return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 0: whole, 1: language, 2: code, index }) => {
        const before = text.slice(end, index).split(/^#+ .*$/m);
        end = index + whole.length;
        return { page, language: language as string, text: code as string, before: (before.at(-1) as string).trim() };
    });
}

/** The blocks of a language on the given pages. */
export function findBlocks(language: string, pages: readonly string[] = PAGES): Block[] {
    return pages.flatMap(blocksOf).filter((block) => block.language === language);
}

/** The page without its blocks of code. */
export function proseOf(page: string): string {
    return textOf(page).replace(/^```[\s\S]*?^```$/gm, "");
}

/** The anchors that GitHub makes for a page's headings. */
export function anchorsOf(page: string): string[] {
    return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        (heading as string)
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, "")
            .replaceAll(" ", "-"),
    );
}
