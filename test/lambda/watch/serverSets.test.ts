import assert from "node:assert/strict";
import { backupSets } from "../../../lambda/retention/backupSets";
import { newestTime, serverSets, setOwners } from "../../../lambda/watch/serverSets";
import type { Server } from "../../../lambda/watch/signals";
import { backUp, type SetSketch } from "../../support/history";
import { SETTINGS } from "../../support/watchedAccount";
import { at, NOW, SERVER } from "./healthOf";

const BEGIN = at("2027-03-20T01:00:00");

/** A server to which these volumes were attached, each so many milliseconds after the set began. */
function serverWith(id: string, volumes: Readonly<Record<string, number>>): Server {
    const attached = Object.entries(volumes).map(([volume, after]) => ({
        id: `vol-${volume}`,
        device: "xvdb",
        attachedAt: BEGIN + after,
        isRoot: false,
    }));
    return { ...SERVER, id, volumes: attached };
}

const setsOf = (...sketches: readonly SetSketch[]) => backupSets(sketches.flatMap(backUp), SETTINGS, NOW);

/** Checks which servers own a set of the volumes c and d that began at 01:00. */
function owns(title: string, servers: readonly Server[], expected: readonly string[]): void {
    it(title, () => {
        assert.deepEqual(
            setsOf({ at: "2027-03-20T01:00" }).map((set) => [...setOwners(servers)(set)]),
            [expected],
        );
    });
}

describe("A backup set belongs to", () => {
    owns("no server if its volumes are attached to none", [serverWith("i-0", { e: -1 })], []);
    owns("the server of its volumes, once", [serverWith("i-0", { c: -1, d: -1 }), serverWith("i-1", { e: -1 })], ["i-0"]);
    owns("the server of a volume, if the others are deleted", [serverWith("i-0", { d: -1 })], ["i-0"]);
    owns(
        "the server of a volume that was attached when the set began",
        [serverWith("i-0", { c: 0 }), serverWith("i-1", { d: 1 })],
        ["i-0"],
    );
    owns("both servers if their volumes were attached before", [serverWith("i-0", { d: -1 }), serverWith("i-1", { c: 0 })], ["i-1", "i-0"]);
    owns("both servers if their volumes were attached later", [serverWith("i-0", { c: 1 }), serverWith("i-1", { d: 2 })], ["i-0", "i-1"]);
    owns("the server that has all its volumes since later", [serverWith("i-0", { c: 1, d: 1 })], ["i-0"]);
    owns("the server that has a volume since later, if the others are deleted", [serverWith("i-0", { c: 1 })], ["i-0"]);
    owns("the server that got one of its volumes later", [serverWith("i-0", { c: -1, d: 1 })], ["i-0"]);
});

describe("The sets of a policy", () => {
    const servers = [serverWith("i-0", { c: -1 }), serverWith("i-1", { d: -1 }), serverWith("i-2", { e: -1 })] as const;
    const times = (...sketches: readonly SetSketch[]) => {
        const { all, of } = serverSets(sketches.flatMap(backUp), servers, SETTINGS, NOW);
        return [all, ...servers.map(of)].map((sets) => sets.map(({ startTime }) => startTime));
    };

    it("are those of each server, newest first", () => {
        const found = times(
            { at: "2027-03-20T01:00", volumes: ["c"] },
            { at: "2027-03-20T03:00" },
            { at: "2027-03-20T02:00", volumes: ["d"] },
        );
        const [one, two, three] = [at("2027-03-20T01:00"), at("2027-03-20T02:00"), at("2027-03-20T03:00")];
        assert.deepEqual(found, [[three, two, one], [three, one], [three, two], []]);
    });

    it("are without those of other policies, and those that begin later", () => {
        const found = times({ at: "2027-03-20T12:00" }, { at: "2027-03-20T12:01" }, { at: "2027-03-20T01:00", policy: "test" });
        assert.deepEqual(found, [[NOW], [NOW], [NOW], []]);
    });
});

describe("The newest restore point of a type", () => {
    const sets = setsOf(
        { at: "2027-03-20T01:00", consistent: "false" },
        { at: "2027-03-19T03:00", type: "Week" },
        { at: "2027-03-19T01:00" },
        { at: "2027-03-18T01:00" },
    );

    it("is the first of its type that is no failed set", () => {
        assert.deepEqual(
            ["Day", "Week", "Month"].map((type) => newestTime(sets, type)),
            [at("2027-03-19T01:00"), at("2027-03-19T03:00"), undefined],
        );
    });
});
