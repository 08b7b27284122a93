import assert from "node:assert/strict";
import { healthyAccount, makeServer, type TestAccount } from "./support/account";
import { withRuns } from "./support/liveRuns";
import { inTerminal, KEYS } from "./support/terminal";
import { changes, withEmbeddedAws } from "./support/vssBackup";

/** A snapshot of the Day set of web01 of 2027-03-05. */
const SNAPSHOT = "snap-00000000000000011";

const QUESTION = `Put the tag VssBackupHold on the Day set of 2027-03-05 01:01, web01
(i-0a1b2c3d4e5f00001), 2 snapshots. The cleaner will not delete it.
Type web01 to go on: `;

/** Starts to hold a set in a terminal, presses keys at the question, and returns what the terminal shows. */
async function holdAndType(keys: string, account: TestAccount, args: readonly string[] = []) {
    return withEmbeddedAws(account, {}, (aws) =>
        inTerminal(["hold", SNAPSHOT, ...args], aws.endpoint, async (terminal) => {
            await terminal.waitFor("to go on: ");
            terminal.type(keys);
            const status = await terminal.ended;
            return { status, text: terminal.text, changes: changes(aws.calls) };
        }),
    );
}

describe("In a terminal, a question", () => {
    it("lets the command go on if the user types the name", async () => {
        assert.deepEqual(await holdAndType(`web01${KEYS.enter}`, healthyAccount()), {
            status: 0,
            text: `${QUESTION}web01
Held: the Day set of 2027-03-05 01:01, web01 (i-0a1b2c3d4e5f00001), 2 snapshots.
To end it: vss-backup release ${SNAPSHOT}
`,
            changes: ["CreateTags"],
        });
    });

    it("lets the user correct the name", async () => {
        const { status } = await holdAndType(`sql\u007f\u007f\u007fweb01 ${KEYS.enter}`, healthyAccount());
        assert.equal(status, 0);
    });

    for (const [what, keys, shown] of [
        ["another name", `prod${KEYS.enter}`, "prod\nYou did not type web01. Nothing was done.\n"],
        ["nothing", KEYS.enter, "\nYou did not type web01. Nothing was done.\n"],
        ["Ctrl-D", KEYS.ctrlD, "\nYou did not type web01. Nothing was done.\n"],
    ] as const) {
        it(`ends the command with 5 after ${what}`, async () => {
            assert.deepEqual(await holdAndType(keys, healthyAccount()), { status: 5, text: `${QUESTION}${shown}`, changes: [] });
        });
    }

    it("ends the command with 130 after Ctrl-C, also if a name is typed", async () => {
        assert.deepEqual(await holdAndType(`web01${KEYS.ctrlC}`, healthyAccount()), {
            status: 130,
            text: `${QUESTION}web01\nThe command was interrupted. Nothing was done.\n`,
            changes: [],
        });
    });

    for (const [what, name, word] of [
        ["a space at the end", "web01 ", "web01"],
        ["a line break", "web\n01", "web 01"],
        ["nothing but spaces", " ", "i-0a1b2c3d4e5f00001"],
    ] as const) {
        it(`asks for a word that can be typed if the name of the server has ${what}`, async () => {
            const { status, text } = await holdAndType(`${word}${KEYS.enter}`, healthyAccount([makeServer(1, name)]));
            assert.deepEqual([status, text.includes(`Type ${word} to go on: ${word}\n`)], [0, true]);
        });
    }

    it("asks for the policy's name if no server has the volumes", async () => {
        const account = healthyAccount();
        const { status, text } = await holdAndType(`prod${KEYS.enter}`, { ...account, servers: [] });
        assert.deepEqual([status, text.includes("Type prod to go on: prod\n")], [0, true]);
    });
});

describe("In a terminal, vss-backup backup", () => {
    it("shows the progress in one line, which the result replaces", async () => {
        const { state, aws: options } = withRuns(healthyAccount([makeServer(1, "web01")]));
        const { text, raw } = await withEmbeddedAws(state, options, (aws) =>
            inTerminal(["backup", "--yes"], aws.endpoint, async (terminal) => {
                await terminal.ended;
                return terminal;
            }),
        );
        const lines = ["1 taking snapshots", "1 EC2 copies", "1 waiting for the mark"].map((what) => `Day backup: 0 of 1 done, ${what}`);
        assert.deepEqual(
            [raw.split("\r\u001b[K").length, text],
            [
                6,
                `Take a Day backup of 1 server now: web01 (i-0a1b2c3d4e5f00001).
\r${lines.join("\r")}\rDay backup: 1 of 1 done\rServer                       Result
web01 (i-0a1b2c3d4e5f00001)  restore point of 2027-03-05 08:01, 2 snapshots
`,
            ],
        );
    });

    it("keeps the progress in one row of a narrow terminal", async () => {
        const { state, aws: options } = withRuns(healthyAccount([makeServer(1, "web01")]));
        const { raw } = await withEmbeddedAws(state, options, (aws) =>
            inTerminal(
                ["backup", "--yes"],
                aws.endpoint,
                async (terminal) => {
                    await terminal.ended;
                    return terminal;
                },
                { columns: 40 },
            ),
        );
        const [, ...shown] = raw.split("\r\u001b[K").slice(0, -1);
        assert.deepEqual(
            shown.map((line) => line.replace("\r", "")).filter((line) => line !== ""),
            [
                "Day backup: 0 of 1 done, 1 taking snaps",
                "Day backup: 0 of 1 done, 1 EC2 copies",
                "Day backup: 0 of 1 done, 1 waiting for",
                "Day backup: 1 of 1 done",
            ],
        );
    });

    it("stops to follow after Ctrl-C, and says that the backup goes on", async () => {
        const { state, aws: options } = withRuns(healthyAccount([makeServer(1, "web01")]), { copyMinutes: Number.POSITIVE_INFINITY });
        const { status, text, sent } = await withEmbeddedAws(state, options, (aws) =>
            inTerminal(["backup", "--yes"], aws.endpoint, async (terminal) => {
                await terminal.waitFor("1 EC2 copies");
                terminal.type(KEYS.ctrlC);
                return { status: await terminal.ended, text: terminal.text, sent: changes(aws.calls) };
            }),
        );
        assert.deepEqual(
            [status, text.split("\r").at(-1), sent],
            [
                130,
                `The command was interrupted.
The backup goes on as command 00000000-0000-4000-8000-000000000001. To see its
restore points:
    vss-backup status
`,
                ["SendCommand"],
            ],
        );
    });
});

describe("In a narrow terminal, the help", () => {
    for (const columns of [40, 60]) {
        it(`fits into ${columns} columns, but for the example`, async () => {
            const text = await inTerminal(
                ["plan", "--help"],
                "",
                async (terminal) => {
                    await terminal.ended;
                    return terminal.text;
                },
                { columns },
            );
            const [help = ""] = text.split("Example:");
            assert.deepEqual(
                [help.includes("--retention <type=count>"), help.split("\n").filter((line) => line.length > columns)],
                [true, []],
            );
        });
    }
});
