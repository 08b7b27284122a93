// Sets the clock of a process to the time FIXED_TIME, in milliseconds since 1970. Its pauses take no time, and move the clock forward.
// With RUNNING_CLOCK, the clock also goes on by itself: the SDK measures by it how many requests it may send after one is throttled.
const { FIXED_TIME, RUNNING_CLOCK } = process.env;
const RealDate = Date;
const started = RealDate.now();
let time = Number(FIXED_TIME);
const now = () => time + (RUNNING_CLOCK ? RealDate.now() - started : 0);
globalThis.Date = class extends RealDate {
    constructor(...args) {
        super(...(args.length === 0 ? [now()] : args));
    }
    static now() {
        return now();
    }
};
// Only pauses of the command line use this function. The SDK's time-outs use the other one.
const timers = require("node:timers/promises");
timers.setTimeout = async (ms, value, { signal } = {}) => {
    // Lets other events, such as Ctrl-C, happen first.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    time += ms;
    return value;
};
