import assert from "node:assert/strict";
import timers from "node:timers/promises";
import { adopt } from "../../cli/commands/adopt";
import { backup } from "../../cli/commands/backup";
import { clean } from "../../cli/commands/clean";
import { doctor } from "../../cli/commands/doctor";
import { explain } from "../../cli/commands/explain";
import { hold, release } from "../../cli/commands/hold";
import { plan } from "../../cli/commands/plan";
import { points } from "../../cli/commands/points";
import { status } from "../../cli/commands/status";
import { failureOf } from "../../cli/failure";
import type { Outcome, Session } from "../../cli/session";
import { parameterName } from "../../lambda/deployedPolicy";
import { DEPLOYED, withCleaner } from "../commandLine/support/account";
import { badNight } from "../commandLine/support/badNight";
import { withRuns } from "../commandLine/support/liveRuns";
import { OPERATOR, type PolicyDocument, READER, roleWith, withoutAction } from "../commandLine/support/roles";
import { perform } from "../commandLine/support/session";

const SNAPSHOT = "snap-00000000000000001";

const READING: Readonly<Record<string, (session: Session) => Promise<Outcome>>> = {
    status,
    doctor,
    points: (session) => points(session, undefined),
    plan: (session) => plan(session, {}),
    explain: (session) => explain(session, SNAPSHOT),
};

const ACTING: Readonly<Record<string, (session: Session) => Promise<Outcome>>> = {
    backup: (session) => backup(session, { yes: true, server: ["sql01"] }),
    hold: (session) => hold(session, SNAPSHOT, { yes: true, reason: "audit" }),
    release: (session) => release(session, SNAPSHOT, { yes: true }),
    clean: (session) => clean(session, { yes: true, apply: false }),
    adopt: (session) => adopt(session, { yes: true, apply: true }),
};

/** An account after a bad night. Its policy has orphanDays, and sets that belong to no server; some sets were made by hand. */
function account(holdKey: string) {
    const { state, aws } = withRuns(withCleaner(badNight()));
    const deployed = { ...DEPLOYED, settings: { ...DEPLOYED.settings, orphanDays: 1 } };
    const [held, , byHand] = state.store.all();
    held?.tags.set(holdKey, "");
    byHand?.tags.delete("VssBackupPolicy");
    state.store.add({
        ...state.store.all()[0],
        volumeId: "vol-00000000000000009",
        tags: new Map(byHand?.tags).set("VssBackupPolicy", "prod"),
    } as never);
    return { state: { ...state, parameters: new Map([[parameterName("prod"), JSON.stringify(deployed)]]) }, aws };
}

/** The missing permissions that a command names, with these policies. */
async function missingFor(
    act: (session: Session) => Promise<Outcome>,
    documents: readonly PolicyDocument[],
    holdKey = "VssBackupHold",
): Promise<string[]> {
    const { state, aws } = account(holdKey);
    const text = await perform("any", act, state, { ...aws, ...roleWith(...documents), isChecked: false }).then(
        (outcome) => JSON.stringify(outcome.result),
        (error: Error) => failureOf(error).message,
    );
    return [
        ...new Set(
            [...text.matchAll(/(?:the permission |perform: |do not have )([a-z0-9]+:\w+)/g)].map(([, permission = ""]) => permission),
        ),
    ];
}

function actionsOf({ Statement: statements }: PolicyDocument): string[] {
    return [...new Set(statements.flatMap(({ Action }) => Action))];
}

describe("The policies in docs/command-line.md", () => {
    const { setTimeout: pause } = timers;
    const { write } = process.stderr;

    before(() => {
        // Only the commands pause in this way. What they print first is no concern of these tests.
        Object.assign(timers, { setTimeout: () => new Promise((resolve) => setImmediate(resolve)) });
        process.stderr.write = () => true;
    });

    after(() => {
        Object.assign(timers, { setTimeout: pause });
        process.stderr.write = write;
    });

    for (const [name, act] of Object.entries(READING)) {
        it(`allow a reader all of ${name}, but for the permissions of an operator`, async () => {
            const missing = await missingFor(act, [READER]);
            assert.deepEqual(
                missing,
                name === "doctor"
                    ? ["ec2:CreateTags", "ec2:DeleteTags", "lambda:InvokeFunction", "ssm:DescribeMaintenanceWindowTasks"]
                    : [],
            );
        });
    }

    for (const [name, act] of Object.entries({ ...READING, ...ACTING })) {
        it(`allow an operator all of ${name}`, async () => {
            assert.deepEqual(await missingFor(act, [READER, OPERATOR]), []);
        });
    }

    it("allow an operator to release a set that is held with another letter case", async () => {
        assert.deepEqual(
            await missingFor(ACTING.release as (session: Session) => Promise<Outcome>, [READER, OPERATOR], "vssbackupHOLD"),
            [],
        );
    });

    for (const [name, act] of Object.entries(ACTING)) {
        it(`do not allow a reader ${name}`, async () => {
            assert.notDeepEqual(await missingFor(act, [READER]), []);
        });
    }

    for (const action of actionsOf(READER)) {
        it(`need ${action} for a reader`, async () => {
            const documents = [withoutAction(READER, action), OPERATOR];
            const missing = await Promise.all([missingFor((session) => plan(session, {}), documents), missingFor(doctor, documents)]);
            assert.equal(missing.flat().includes(action), true, missing.join());
        });
    }

    for (const action of actionsOf(OPERATOR)) {
        it(`need ${action} for an operator`, async () => {
            const documents = [READER, withoutAction(OPERATOR, action)];
            const missing = await Promise.all(Object.values(ACTING).map((act) => missingFor(act, documents)));
            assert.equal(missing.flat().includes(action), true, missing.join());
        });
    }
});
