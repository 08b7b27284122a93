import assert from "node:assert/strict";
import { explain } from "../../cli/commands/explain";
import { hold } from "../../cli/commands/hold";
import { plan } from "../../cli/commands/plan";
import { points } from "../../cli/commands/points";
import { status } from "../../cli/commands/status";
import type { Outcome, Session } from "../../cli/session";
import { addSet, healthyAccount, makeServer, NOW } from "./support/account";
import { perform } from "./support/session";

/** A name that would change the title of the terminal, ring its bell and erase lines. */
const NAME = "web\u001b]0;owned\u0007\u001b[2K\n01 ";
const SHOWN = "web ]0;owned [2K 01";
const SNAPSHOT = "snap-00000000000000001";

/** An account whose server and snapshots have control characters in their tags. */
function account() {
    const server = makeServer(1, NAME);
    const hostile = healthyAccount([server]);
    for (const id of addSet(hostile.store, server, "Da\u001b[2Jy", NOW - 86_400_000)) {
        hostile.store.get(id)?.tags.set("VSSBACKUPHOLD", "\u001b[2J");
    }
    hostile.store.get(SNAPSHOT)?.tags.set("VssBackupHold", "x");
    hostile.store.get("snap-00000000000000002")?.tags.set("VssBackupHold", "x");
    return hostile;
}

const COMMANDS: Readonly<Record<string, (session: Session) => Promise<Outcome>>> = {
    status,
    points: (session) => points(session, undefined),
    plan: (session) => plan(session, {}),
    explain: (session) => explain(session, SNAPSHOT),
    hold: (session) => hold(session, SNAPSHOT, { reason: "", yes: true }),
};

describe("A name with control characters", () => {
    for (const [command, act] of Object.entries(COMMANDS)) {
        it(`reaches no terminal through ${command}`, async () => {
            const { text } = await perform(command, act, account(), { columns: 200 });
            // biome-ignore lint/suspicious/noControlCharactersInRegex: those that a terminal obeys
            assert.deepEqual([/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.exec(text), text.includes(SHOWN)], [null, true]);
        });
    }

    it("stays as it is in the JSON document", async () => {
        const { result } = await perform("points", (session) => points(session, undefined), account());
        assert.equal((result as { readonly points: readonly { readonly name: string }[] }).points[0]?.name, NAME);
    });
});
