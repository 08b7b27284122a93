import assert from "node:assert/strict";
import type { Account } from "../../../rehearsal/account";
import type { PlannedIncident } from "../../../rehearsal/incidents/playIncidents";
import { SERVER_INCIDENTS } from "../../../rehearsal/incidents/serverIncidents";
import type { Promises } from "../../../rehearsal/promises";
import { type RehearsalOptions, rehearse } from "../../../rehearsal/rehearse";
import { deployPolicy } from "../../support/policies";

const HOUR = 3_600_000;
const PROMISES: Promises = { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true };

/** A Monday. */
const START = Date.UTC(2027, 0, 4);

const OPTIONS: RehearsalOptions = { start: START, days: 3, servers: 2, volumes: 1, failures: 0, seed: 1, watch: "eventful" };

function agentDies({ start }: Account): PlannedIncident[] {
    return SERVER_INCIDENTS.filter(({ name }) => name === "the agent dies").map((incident) => ({ incident, time: start + 30.5 * HOUR }));
}

describe("A rehearsal with the watch", () => {
    it("tells what was sent and when, and how long an incident stayed unknown", async () => {
        const { watch, broken } = await rehearse(await deployPolicy(), PROMISES, { ...OPTIONS, incidents: agentDies });
        const sent = watch?.notifications.map(
            ({ time, subject, hasNews }) => `${new Date(time).toISOString().slice(8, 16)} ${subject}${hasNews ? "" : " (no news)"}`,
        );
        assert.deepEqual(sent, [
            '04T02:00 OK: "vss-backup-prod-heartbeat"',
            '04T07:03 OK: "vss-backup-prod-cleaner-errors"',
            "04T08:00 [prod] 2 of 2 servers OK (no news)",
            '05T00:00 OK: "vss-backup-prod-overdue"',
            '05T00:00 OK: "vss-backup-prod-problems"',
            "05T08:00 [prod] 1 offline, 1 of 2 servers OK",
            '05T08:03 ALARM: "vss-backup-prod-problems"',
            '06T04:03 ALARM: "vss-backup-prod-overdue"',
            "06T08:00 [prod] 1 overdue, 1 offline, 1 of 2 servers OK",
        ]);
        assert.deepEqual(watch?.incidents, [
            {
                name: "the agent dies",
                server: "i-00000000000000001",
                begin: START + 30.5 * HOUR,
                end: START + 80.5 * HOUR,
                isFault: true,
                detection: { time: START + 32 * HOUR, by: "report", what: "agent offline", hours: 1.5 },
            },
        ]);
        assert.deepEqual(broken, []);
    });

    it("leaves the watch out if it is not wanted, or if the policy has none", async () => {
        const without = [
            await rehearse(await deployPolicy(), PROMISES, { ...OPTIONS, days: 1, watch: "none", incidents: agentDies }),
            await rehearse(await deployPolicy({ watch: false }), PROMISES, { ...OPTIONS, days: 1, incidents: agentDies }),
        ];
        assert.deepEqual(
            without.map(({ watch, broken }) => ({ watch, broken })),
            [
                { watch: undefined, broken: [] },
                { watch: undefined, broken: [] },
            ],
        );
    });
});
