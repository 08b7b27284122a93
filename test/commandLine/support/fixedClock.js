// Sets the clock of a process to the time FIXED_TIME, in milliseconds since 1970. Its pauses take no time, and move the clock forward.
const { FIXED_TIME } = process.env;
const RealDate = Date;
let time = Number(FIXED_TIME);
globalThis.Date = class extends RealDate {
    constructor(...args) {
        super(...(args.length === 0 ? [time] : args));
    }
    static now() {
        return time;
    }
};
// The SDK waits before it retries, and measures by the clock how many requests it may send.
const realTimeout = globalThis.setTimeout;
globalThis.setTimeout = (run, ms = 0, ...args) =>
    realTimeout(() => {
        time += ms;
        run(...args);
    }, ms);
// Only pauses of the command line use this function. The SDK's time-outs use the other one.
const timers = require("node:timers/promises");
timers.setTimeout = async (ms, value, { signal } = {}) => {
    // Lets other events, such as Ctrl-C, happen first.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    time += ms;
    return value;
};
