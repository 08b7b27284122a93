import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withCleaner } from "../commandLine/support/account";
import { badNight } from "../commandLine/support/badNight";
import { withRuns } from "../commandLine/support/liveRuns";
import { startVssBackup, withEmbeddedAws } from "../commandLine/support/vssBackup";
import { type Screen, screensIn } from "./commandLineScreens";
import { blocksIn, textOf } from "./documents";

/** The id of each restore on the page. A real one ends in random digits. */
const ID = "20270305-0700-0a1b2c3d";
const ANY_ID = /\d{8}-\d{4}-[0-9a-f]{8}/g;

/** The time of each step. A slow machine takes some minutes more. */
const MINUTE = "2027-03-05 08:00";
const ANY_MINUTE = /2027-03-05 08:\d\d/g;

const PLAN = "plan.json";

/** The screens of each section of a page. The commands of a section follow each other in one account. */
export function sectionsOf(page: string): readonly (readonly Screen[])[] {
    return textOf(page)
        .split(/^## /m)
        .map((section) => screensIn(blocksIn(section, page)));
}

/** Starts the commands of a section, each in a process of its own. Returns the results that they print, without their progress. */
export function playSection(screens: readonly Screen[]): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), "vss-backup-plans-"));
    const file = join(folder, PLAN);
    const { state, aws } = withRuns(withCleaner(badNight()));
    return withEmbeddedAws(state, aws, async ({ endpoint }) => {
        const printed: string[] = [];
        let id = ID;
        for (const { command } of screens) {
            const args = command.replace(PLAN, file).replace(ID, id).split(" ").slice(1);
            const { stdout } = await startVssBackup(args, endpoint);
            id = stdout.match(ANY_ID)?.[0] ?? id;
            printed.push(stdout.replaceAll(file, PLAN).replace(ANY_ID, ID).replace(ANY_MINUTE, MINUTE));
        }
        return printed;
    }).finally(() => rmSync(folder, { recursive: true, force: true }));
}
