import assert from "node:assert/strict";
import stringWidth from "string-width";
import { runRehearsal } from "../../support/commandLine";

describe("npm start with the watch", () => {
    it("tells in JSON what the watch sent", async () => {
        const { status, stdout } = await runRehearsal("--json", "--days", "2", "--servers", "1", "--volumes", "1", "--failures", "0");
        const { options, watchRuns, incidents, notifications, broken } = JSON.parse(stdout);
        assert.deepEqual([status, options.watch, incidents, broken], [0, "eventful", [], []]);
        assert.ok(watchRuns > 2, `${watchRuns} runs`);
        assert.deepEqual(notifications.at(-1), {
            time: "2027-01-02T07:00:00.000Z",
            from: "report",
            subject: "[prod] 1 of 1 servers OK",
            hasNews: false,
        });
    });

    it("shows what went wrong, and what the watch sent, 80 columns wide", async () => {
        const { status, stdout } = await runRehearsal("--days", "8", "--servers", "1", "--volumes", "1", "--failures", "0");
        assert.deepEqual([status, stdout.split("\n").filter((line) => stringWidth(line) > 80)], [0, []]);
        assert.match(stdout, /^│ 2027-01-05 01:20 │ a server is stopped, and │ report stopped │ {2}6:40 │$/m);
        assert.match(stdout, /^\d+ runs of the watch, \d+ messages\. Reports without news, left out here: 8\.$/m);
    });
});
