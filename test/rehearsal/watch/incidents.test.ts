import assert from "node:assert/strict";
import { type Account, makeAccount } from "../../../rehearsal/account";
import { FUNCTION_INCIDENTS } from "../../../rehearsal/incidents/functionIncidents";
import type { Incident } from "../../../rehearsal/incidents/incident";
import { planDefaultIncidents, playIncidents } from "../../../rehearsal/incidents/playIncidents";
import { SERVER_INCIDENTS } from "../../../rehearsal/incidents/serverIncidents";
import { WINDOW_INCIDENTS } from "../../../rehearsal/incidents/windowIncidents";
import { openWindows } from "../../../rehearsal/openWindows";
import type { Deployment } from "../../../rehearsal/program";
import { installPackages } from "../../../rehearsal/vssPackage";
import { deployPolicy } from "../../support/policies";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A Monday. */
const START = Date.UTC(2027, 0, 4);
const BEGIN = START + 10 * HOUR;

const INCIDENTS = [...SERVER_INCIDENTS, ...WINDOW_INCIDENTS, ...FUNCTION_INCIDENTS];

let deployment: Deployment;

/** Begins an incident 10 hours after the start, and gives the account and the incident. */
async function begin(incident: Incident, changes: { readonly volumes?: number } = {}) {
    const account = makeAccount(deployment, { start: START, days: 20, servers: 3, volumes: 2, ...changes });
    const packages = installPackages(account);
    const windows = openWindows(account, { failures: 0, seed: 1 }, () => {});
    const played = playIncidents(account, windows, packages, [{ incident, time: BEGIN }]);
    await account.timeline.play(BEGIN);
    const before = stateOf(account);
    await account.timeline.play(BEGIN + 1);
    return { account, played, before, during: stateOf(account) };
}

/** Everything that an incident may change. Times of starts and of the last reports of agents are left out: they stay after a repair. */
function stateOf({ servers, aws, mistakes, store, deadLetters }: Account) {
    return {
        servers: servers.map(
            ({ launchedAt: _, busyUntil: __, tags, agent = "Online", hasProfile = true, state = "running", ...server }) => ({
                ...server,
                tags: Object.fromEntries(tags),
                agent,
                hasProfile,
                state,
            }),
        ),
        windows: structuredClone(aws.windows),
        topics: structuredClone(aws.topics),
        volumes: [...store.volumes],
        mistakes: structuredClone(mistakes),
        deadLetters: [...deadLetters],
    };
}

describe("Each incident", () => {
    before(async () => {
        deployment = await deployPolicy();
    });

    for (const incident of INCIDENTS) {
        it(`changes the account, and leaves it as it was: ${incident.name}`, async () => {
            const { account, before, during } = await begin(incident);
            assert.notDeepEqual(during, before);
            await account.timeline.play(BEGIN + incident.hours * HOUR + 1);
            assert.deepEqual(stateOf(account), before);
        });
    }

    it("has a name of its own", () => {
        const names = INCIDENTS.map(({ name }) => name);
        assert.deepEqual([...new Set(names)], names);
    });

    it("lasts until the watch must have told of it", async () => {
        for (const incident of INCIDENTS) {
            const { played } = await begin(incident);
            const [{ begin: since, end, knowable } = { begin: 0, end: 0, knowable: 0 }] = played;
            assert.ok(
                incident.kinds.length === 0 || knowable + 26 * HOUR <= end,
                `${incident.name} ends ${(end - since) / HOUR} h after its begin`,
            );
        }
    });

    it("is remembered with its server and its times, and makes its hours eventful", async () => {
        const agent = SERVER_INCIDENTS.find(({ name }) => name === "the agent dies") as Incident;
        const { account, played } = await begin(agent);
        assert.deepEqual(played, [
            { incident: agent, server: "i-00000000000000001", begin: BEGIN, end: BEGIN + agent.hours * HOUR, knowable: BEGIN },
        ]);
        assert.equal(account.lastUnusual.time, BEGIN);
        await account.timeline.play(BEGIN + agent.hours * HOUR + 1);
        assert.equal(account.lastUnusual.time, BEGIN + agent.hours * HOUR);
    });

    it("can be known from the end of the next window, if only a run shows it", async () => {
        const disk = SERVER_INCIDENTS.find(({ name }) => name === "a disk is no longer mounted") as Incident;
        const { account, played } = await begin(disk);
        assert.equal(played[0]?.knowable, START + DAY + 2 * HOUR);
        await account.timeline.play(START + DAY + 2 * HOUR + 1);
        assert.equal(account.lastUnusual.time, START + DAY + 2 * HOUR);
    });

    it("can be known from the report of the cleaner's next run, or of the third one", async () => {
        const named = (name: string) => FUNCTION_INCIDENTS.find((one) => one.name === name) as Incident;
        const [crash, refusals] = [await begin(named("the cleaner crashes")), await begin(named("EC2 refuses each deletion"))];
        assert.deepEqual([crash.played[0]?.knowable, refusals.played[0]?.knowable], [START + DAY + 9 * HOUR, START + 3 * DAY + 9 * HOUR]);
    });

    it("does not happen to an account without its subject", async () => {
        const disk = SERVER_INCIDENTS.find(({ name }) => name === "a disk is no longer mounted") as Incident;
        const { played, before, during } = await begin(disk, { volumes: 1 });
        assert.deepEqual([played, during], [[], before]);
    });
});

describe("The default incidents", () => {
    const planned = (days: number) => planDefaultIncidents({ start: START, end: START + days * DAY });

    it("are all incidents, if a year has room for them", () => {
        assert.deepEqual(
            planned(365).map(({ incident }) => incident),
            INCIDENTS,
        );
    });

    it("come one after the other, with days between them", () => {
        const gaps = planned(365).map(
            ({ incident, time }, i, all) => ((all[i + 1]?.time ?? Number.POSITIVE_INFINITY) - time) / HOUR - incident.hours,
        );
        assert.ok(Math.min(...gaps) > 5 * 24, `${Math.min(...gaps)} hours`);
    });

    it("are fewer in a shorter time, and are over a day before its end", () => {
        assert.deepEqual(planned(6), []);
        assert.deepEqual(
            planned(20).map(({ incident, time }) => [incident.name, (time - START) / DAY]),
            [
                ["a server is stopped, and started again", 4 + 1 / 72],
                ["a server is shut down from within Windows, and started again", 15 + 7 / 24 + 1 / 72],
            ],
        );
    });
});
