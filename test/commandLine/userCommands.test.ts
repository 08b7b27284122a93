import assert from "node:assert/strict";
import { adopt } from "../../cli/commands/adopt";
import { backup } from "../../cli/commands/backup";
import { clean } from "../../cli/commands/clean";
import { doctor } from "../../cli/commands/doctor";
import { explain } from "../../cli/commands/explain";
import { hold } from "../../cli/commands/hold";
import { status } from "../../cli/commands/status";
import type { Outcome, Session } from "../../cli/session";
import { withChoice } from "../../cli/userCommands";
import { MISHAPS } from "../../rehearsal/embeddedAws/ssm";
import { healthyAccount, makeServer, type TestAccount, withCleaner } from "./support/account";
import { badNight } from "./support/badNight";
import { atNow, busyAccount, FREE } from "./support/busyAccount";
import { withRuns } from "./support/liveRuns";
import { perform } from "./support/session";

const CHOICE = { policy: "prod", profile: "corp", region: "eu-central-1" };
const OWN = "--policy prod --profile corp --region eu-central-1";
const OF_AWS = "--profile corp --region eu-central-1";

/** All commands that an output tells a person. A command has a line of its own if it is long. */
function commandsIn(text: string): string[] {
    return [...text.matchAll(/^(?:.*: | {4})?((?:vss-backup|aws) [a-z].*)$/gm)].map(([, command = ""]) => command);
}

describe("A command for the user", () => {
    for (const [given, expected] of [
        ["To see why: vss-backup doctor", `To see why: vss-backup doctor ${OWN}`],
        ["aws logs tail /vss-backup/prod/watch", `aws logs tail /vss-backup/prod/watch ${OF_AWS}`],
        ["Sign in again: aws sso login", "Sign in again: aws sso login --profile corp"],
        ["vss-backup restore test i-1 --policy lab", `vss-backup restore test i-1 --policy lab ${OF_AWS}`],
        ["Deploy it again: pulumi up", "Deploy it again: pulumi up"],
        ["Start the server.", "Start the server."],
    ] as const) {
        it(`repeats the options of the user: ${given}`, () => {
            assert.equal(withChoice(given, CHOICE), expected);
            assert.equal(withChoice(expected, CHOICE), expected);
            assert.equal(withChoice(given, {}), given);
        });
    }

    it("quotes a value that a shell would split", () => {
        assert.equal(withChoice("vss-backup plan", { profile: "my corp" }), "vss-backup plan --profile 'my corp'");
    });

    const failing = () => {
        const mishap = MISHAPS.find(({ why }) => why.includes("2005"));
        return withRuns(healthyAccount([makeServer(2, "sql01")]), { mishaps: mishap ? { "i-0a1b2c3d4e5f00002": mishap } : {} }).state;
    };
    const commands: readonly (readonly [string, (session: Session) => Promise<Outcome>, TestAccount])[] = [
        ["status", status, badNight()],
        ["doctor", doctor, withCleaner(badNight())],
        ["explain", (session) => explain(session, FREE), healthyAccount()],
        ["hold", (session) => hold(session, FREE, { yes: true }), healthyAccount()],
        ["clean", (session) => clean(session, { yes: false, apply: false }), atNow(busyAccount())],
        ["adopt", (session) => adopt(session, { yes: false, apply: false }), busyAccount()],
        ["backup", (session) => backup(session, { yes: true }), { ...failing(), run: () => ({ status: "Failed", outputs: {} }) }],
    ];
    for (const [name, act, account] of commands) {
        it(`repeats the options of the user in all that ${name} prints`, async () => {
            const { text, result } = await perform(name, act, account, { choice: CHOICE });
            const cures = [...JSON.stringify(result).matchAll(/"cure":"((?:[^"\\]|\\.)*)"/g)].map(([, cure = ""]) => cure);
            const printed = [...commandsIn(text), ...commandsIn(cures.join("\n"))];
            assert.deepEqual([printed.length > 0, printed.filter((command) => !command.endsWith(OF_AWS))], [true, []]);
            assert.deepEqual(
                printed.filter((command) => command.startsWith("vss-backup") && !command.endsWith(OWN)),
                [],
            );
        });
    }
});
