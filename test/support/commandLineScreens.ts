import { withCleaner } from "../commandLine/support/account";
import { badNight } from "../commandLine/support/badNight";
import { withRuns } from "../commandLine/support/liveRuns";
import { startVssBackup, withEmbeddedAws } from "../commandLine/support/vssBackup";
import { type Block, blocksOf } from "./documents";

/** A command of a page, and the screen that the page shows after it. */
export interface Screen {
    readonly command: string;
    readonly shown: string;
}

/** The commands of a page that are followed by a block of text. */
export function screensOf(page: string): Screen[] {
    return screensIn(blocksOf(page));
}

/** The commands among blocks that are followed by a block of text. */
export function screensIn(blocks: readonly Block[]): Screen[] {
    return blocks.flatMap(({ language, text }, i) => {
        const next = blocks[i + 1];
        return language === "sh" && text.startsWith("vss-backup ") && next?.language === "text" && next.before === ""
            ? [{ command: text.trim(), shown: next.text }]
            : [];
    });
}

/** Starts a command in a process of its own, after a bad night. Returns all that it prints: what it will do, and then the result. */
export function printedBy(command: string): Promise<string> {
    const { state, aws } = withRuns(withCleaner(badNight()));
    const [, ...args] = [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
    return withEmbeddedAws(state, aws, async ({ endpoint }) => {
        const { stdout, stderr } = await startVssBackup(args, endpoint);
        return [stderr, stdout].filter((text) => text !== "").join("\n");
    });
}
