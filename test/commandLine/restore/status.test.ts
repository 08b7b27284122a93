import assert from "node:assert/strict";
import { restoreStatus } from "../../../cli/commands/restore/status";
import type { RestoreRecord } from "../../../cli/restore/apply/record";
import { write } from "../../../cli/restore/apply/recordStore";
import { planRestore } from "../../../cli/restore/plan/planRestore";
import { RECORDS_PATH } from "../../../lambda/deployedPolicy";
import { perform } from "../support/session";
import { type RestoreAccount, restoreAccount } from "./support/restoreAccount";
import { DATA, MADE_AT, request, world } from "./support/world";

const MINUTE = 60_000;

/** An account in which restores have begun, each with this part of its record. */
function withRestores(...records: readonly Partial<RestoreRecord>[]): RestoreAccount {
    const account = restoreAccount();
    for (const [i, given] of records.entries()) {
        const id = `20270305-0700-0000000${i}`;
        const planned = planRestore(world(), request({ id, mode: "volumes", disks: ["xvdd"], backup: false }));
        assert.ok(planned.kind === "plan");
        const record: RestoreRecord = {
            version: 1,
            plan: planned.plan,
            state: "applying",
            startedAt: MADE_AT + i * MINUTE,
            done: planned.plan.steps.slice(0, 3).map((step, at) => ({ id: step.id, at: MADE_AT + at * MINUTE })),
            undone: [],
            made: {},
            findings: [],
            ...given,
        };
        account.parameters.set(`${RECORDS_PATH}/prod/restores/${id}`, write(record));
    }
    return account;
}

function show(account: RestoreAccount, id?: string) {
    return perform("restore status", (session) => restoreStatus(session, id), account, { columns: 100 });
}

describe("vss-backup restore status", () => {
    it("says so if there are no restores", async () => {
        const { text, exitCode } = await show(restoreAccount());
        assert.deepEqual([text, exitCode], ["There are no restores.\n", 0]);
    });

    it("lists the restores, the newest one first", async () => {
        const { text, exitCode } = await show(withRestores({ state: "undone" }, {}));
        assert.deepEqual(
            [text, exitCode],
            [
                `Restore                 Began             What                                State
20270305-0700-00000001  2027-03-05 08:01  Data volumes of web01, replaced in  applying, 3 of 9 steps
                                          place
20270305-0700-00000000  2027-03-05 08:00  Data volumes of web01, replaced in  undone, 3 of 9 steps
                                          place
`,
                4,
            ],
        );
    });

    it("shows how far a restore is, why it stopped, and how it goes on", async () => {
        const { text, exitCode } = await show(
            withRestores({ failure: "AWS does not respond.", findings: ["A finding."] }),
            "20270305-0700-00000000",
        );
        assert.deepEqual(
            [exitCode, text],
            [
                4,
                `Restore 20270305-0700-00000000: Data volumes of web01, replaced in place (applying)

#  Step                                                                           Done
1  Put the tag VssBackupHold on the 3 snapshots of the set, if it is not there    2027-03-05 08:00
2  Make a volume of 200 GiB gp3 for xvdd from snap-0000000000000000d in           2027-03-05 08:01
   eu-central-1a
3  Tag the old volume vol-0000000000000000d of xvdd                               2027-03-05 08:02
4  Stop i-0a1b2c3d4e5f00001                                                       not done
5  Detach vol-0000000000000000d at xvdd from i-0a1b2c3d4e5f00001; it is kept      not done
6  Attach the new volume of step create-xvdd to i-0a1b2c3d4e5f00001 at xvdd       not done
7  Start i-0a1b2c3d4e5f00001                                                      not done
8  Look in Windows on i-0a1b2c3d4e5f00001 for the disks, whether they are online  not done
9  Take the tag VssBackupHold off again, where this restore put it                not done

It stopped: AWS does not respond.

FINDINGS
- A finding.

To go on: vss-backup restore apply 20270305-0700-00000000
`,
            ],
        );
    });

    it("says how much of a new volume EC2 has loaded", async () => {
        const account = withRestores({ state: "applied", made: { "create-xvdd": DATA } });
        account.store.volumes.add(DATA, { snapshotId: "snap-00000000000000016", initialized: 42 });
        const { text, exitCode } = await show(account, "20270305-0700-00000000");
        assert.deepEqual([exitCode, text.endsWith(`\nEC2 has loaded 42 % of ${DATA}.\n`)], [0, true], text);
    });

    it("refuses a restore that nobody knows", async () => {
        await assert.rejects(show(restoreAccount(), "other"), {
            message: "There is no restore other.",
            cure: "vss-backup restore status lists the restores.",
        });
    });

    it("refuses a record that it can't read", async () => {
        const account = restoreAccount();
        account.parameters.set(`${RECORDS_PATH}/prod/restores/other`, '{"version":2}');
        await assert.rejects(show(account), {
            message: `This version of vss-backup cannot read the parameter ${RECORDS_PATH}/prod/restores/other.`,
        });
    });
});

describe("The record of a restore", () => {
    it("fits into a parameter with 20 disks and all their tags", () => {
        const many = Array.from({ length: 20 }, (_, i) => `xvd${String.fromCharCode(98 + i)}`);
        const tags = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`Tag ${i}`, `value ${i} of a volume`]));
        const given = world();
        const [first] = given.set.snapshots;
        assert.ok(first && given.server);
        const disks = many.map((device, i) => ({ device, volumeId: `vol-000000000000000${i + 10}`, deleteOnTermination: false }));
        const planned = planRestore(
            world({
                server: { ...given.server, disks },
                set: {
                    ...given.set,
                    snapshots: disks.map(({ device, volumeId }) => ({ ...first, id: volumeId.replace("vol", "snap"), volumeId, device })),
                },
                volumes: disks.map(({ volumeId, device }) => ({
                    id: volumeId,
                    zone: "eu-central-1a",
                    type: "gp3",
                    sizeGib: 50,
                    encrypted: false,
                    tags,
                    attachments: [{ serverId: given.server?.id ?? "", device }],
                })),
            }),
            request(),
        );
        assert.ok(planned.kind === "plan", JSON.stringify(planned));
        const record: RestoreRecord = {
            version: 1,
            plan: planned.plan,
            state: "applying",
            startedAt: 0,
            done: [],
            undone: [],
            made: {},
            findings: [],
        };
        assert.ok(Buffer.byteLength(write(record)) < 8192);
    });

    it("is refused if it does not fit", () => {
        const planned = planRestore(world(), request());
        assert.ok(planned.kind === "plan");
        const findings = Array.from({ length: 3000 }, (_, i) => String((i * 2_654_435_761) % 4_294_967_296));
        const record: RestoreRecord = {
            version: 1,
            plan: planned.plan,
            state: "applying",
            startedAt: 0,
            done: [],
            undone: [],
            made: {},
            findings,
        };
        assert.throws(() => write(record), { cure: "Restore fewer disks at a time, with --disk." });
    });
});
