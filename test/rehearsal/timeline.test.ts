import assert from "node:assert/strict";
import { Timeline } from "../../rehearsal/timeline";

describe("The timeline", () => {
    it("plays events in the order of their times", async () => {
        const timeline = new Timeline();
        const happened: number[] = [];
        for (const time of [30, 10, 50, 20, 40]) {
            timeline.at(time, () => void happened.push(time));
        }
        await timeline.play(100);
        assert.deepEqual(happened, [10, 20, 30, 40, 50]);
    });

    it("plays events of the same time in the order in which they were added", async () => {
        const timeline = new Timeline();
        const happened: string[] = [];
        for (const name of ["a", "b", "c", "d"]) {
            timeline.at(name === "c" ? 5 : 10, () => void happened.push(name));
        }
        await timeline.play(11);
        assert.deepEqual(happened, ["c", "a", "b", "d"]);
    });

    it("stops before the given time, and continues from there", async () => {
        const timeline = new Timeline();
        const happened: number[] = [];
        for (const time of [1, 2, 3]) {
            timeline.at(time, () => void happened.push(time));
        }
        await timeline.play(2);
        assert.deepEqual(happened, [1]);
        await timeline.play(3);
        assert.deepEqual(happened, [1, 2]);
        await timeline.play(4);
        assert.deepEqual(happened, [1, 2, 3]);
    });

    it("waits for each event before the next begins", async () => {
        const timeline = new Timeline();
        const happened: string[] = [];
        timeline.at(1, async () => {
            happened.push("begins");
            await new Promise(setImmediate);
            happened.push("ends");
        });
        timeline.at(1, () => void happened.push("next"));
        await timeline.play(2);
        assert.deepEqual(happened, ["begins", "ends", "next"]);
    });

    it("plays an event that another event has added, if it is due", async () => {
        const timeline = new Timeline();
        const happened: string[] = [];
        timeline.at(1, () => {
            timeline.at(3, () => void happened.push("due"));
            timeline.at(9, () => void happened.push("later"));
        });
        timeline.at(4, () => void happened.push("known before"));
        await timeline.play(5);
        assert.deepEqual(happened, ["due", "known before"]);
    });

    it("asks a schedule for its next time only when the last one is due", async () => {
        const timeline = new Timeline();
        const seen: string[] = [];
        function* hours() {
            for (let hour = 1; ; hour++) {
                seen.push(`asked for ${hour}`);
                yield hour;
            }
        }
        timeline.each(hours(), (time) => void seen.push(`happened at ${time}`));
        await timeline.play(3);
        assert.deepEqual(seen, ["asked for 1", "asked for 2", "happened at 1", "asked for 3", "happened at 2"]);
    });

    it("accepts a schedule that ends", async () => {
        const timeline = new Timeline();
        const happened: number[] = [];
        timeline.each([].values(), () => void happened.push(0));
        timeline.each([1, 2].values(), (time) => void happened.push(time));
        await timeline.play(9);
        assert.deepEqual(happened, [1, 2]);
    });

    it("passes on the error of an event, and keeps the later events", async () => {
        const timeline = new Timeline();
        const happened: number[] = [];
        timeline.at(1, () => Promise.reject(new Error("at one")));
        timeline.at(2, () => void happened.push(2));
        await assert.rejects(timeline.play(9), { message: "at one" });
        await timeline.play(9);
        assert.deepEqual(happened, [2]);
    });
});
