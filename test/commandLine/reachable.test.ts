import assert from "node:assert/strict";
import { backup } from "../../cli/commands/backup";
import { Failure } from "../../cli/failure";
import { healthyAccount, makeServer, NOW } from "./support/account";
import { perform } from "./support/session";

describe("vss-backup backup", () => {
    it("counts a server whose agent is offline as unreachable, as the watch does", async () => {
        const account = healthyAccount([makeServer(1, "web01", { agent: "ConnectionLost", lastPing: NOW - 2 * 3_600_000 })]);
        await assert.rejects(
            perform("backup", (session) => backup(session, { yes: true }), account),
            new Failure("Systems Manager reaches none of these servers: web01 (i-0a1b2c3d4e5f00001).", "To see why: vss-backup doctor"),
        );
    });
});
