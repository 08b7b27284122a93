import assert from "node:assert/strict";
import { planRestore } from "../../../cli/commands/restore/plan";
import { perform } from "../support/session";
import { changes } from "../support/vssBackup";
import { RESCUE, restoreAccount, WEB } from "./support/restoreAccount";

const GIVEN = { backup: true, anotherZone: false } as const;

describe("vss-backup restore plan", () => {
    it("shows the steps, the downtime, the costs and the next command", async () => {
        const account = restoreAccount();
        const { text, calls, exitCode } = await perform(
            "restore plan",
            (session) => planRestore(session, "web01", { ...GIVEN, mode: "volumes" }),
            account,
            { columns: 120 },
        );
        assert.deepEqual([exitCode, changes(calls)], [0, []]);
        assert.equal(text.replaceAll(/\d{8}-\d{4}-[0-9a-f]{8}/g, "ID"), "");
    });

    it("finds the rescue server by its name", async () => {
        const { result } = await perform(
            "restore plan",
            (session) => planRestore(session, WEB, { ...GIVEN, mode: "attach", to: "rescue01" }),
            restoreAccount(),
        );
        const { plan } = result as { readonly plan: { readonly servers: readonly string[] } };
        assert.deepEqual(plan.servers, [RESCUE]);
    });
});
