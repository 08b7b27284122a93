import assert from "node:assert/strict";
import { type Finding, KINDS, type Kind } from "../../../lambda/watch/finding";
import type { Signals } from "../../../lambda/watch/signals";
import { look, lookFirst, SERVER, server } from "./healthOf";

function problem(kind: Kind, rest: Partial<Finding> = { server: "i-0" }): Finding {
    return { kind, severity: "problem", since: 1, sentence: "", cure: "", ...rest };
}

/** The kinds of recovered problems, if the last report had a problem of each kind on the server. */
function recoveredKinds(signals: Partial<Signals>): Kind[] {
    return look({ signals, memory: { reported: KINDS.map((kind) => problem(kind)) } }).recovered.map(({ kind }) => kind);
}

const without = (...kinds: readonly Kind[]) => KINDS.filter((kind) => !kinds.includes(kind));

describe("A recovery", () => {
    it("is a problem of the last report that is over", () => {
        assert.deepEqual(recoveredKinds({}), KINDS);
    });

    it("is no note", () => {
        const note = problem("agent offline", { server: "i-0", severity: "note" });
        assert.deepEqual(look({ memory: { reported: [note] } }).recovered, []);
    });

    it("is a problem that is over, although nobody can see if it begins again", () => {
        const offline = problem("agent offline");
        const signals = { nodes: { unread: "no" } };
        assert.deepEqual(look({ signals, memory: { reported: [offline] } }).recovered, [offline]);
        assert.deepEqual(look({ signals, memory: { reported: [offline], findings: [offline] } }).recovered, []);
    });

    it("is none in the first run", () => {
        assert.deepEqual(lookFirst({}).recovered, []);
    });

    it("is none on a stopped server, if the watch finds the problem only on one that runs", () => {
        assert.deepEqual(
            recoveredKinds(server({ state: "stopped" })),
            without("not managed", "agent offline", "failing", "package failed", "package missing", "stopped"),
        );
    });

    for (const [state, signals] of [
        ["excluded", server({ tags: { ...SERVER.tags, VssBackupExclude: "" } })],
        ["gone", { servers: { value: [] } }],
    ] as const) {
        it(`is none on a server that is ${state}, except if its tag was wrong`, () => {
            assert.deepEqual(recoveredKinds(signals), ["tag misspelled", "tag removed"]);
        });
    }

    it("is on any server if the servers can't be read", () => {
        assert.deepEqual(recoveredKinds({ servers: { unread: "no" } }), KINDS);
    });

    it("is a problem about no server", () => {
        const [account, window] = [problem("nobody targeted", {}), problem("window missing", { type: "Day", about: "mw-day" })];
        assert.deepEqual(look({ memory: { reported: [window, account] } }).recovered, [account, window]);
    });
});
