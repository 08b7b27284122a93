// Acts as the bootstrap of Lambda in Node 24: loads the handler of an unpacked archive, and calls it once for each event.
// This file is JavaScript, since the process has no TypeScript compiler.
const { readFileSync } = require("node:fs");
const path = require("node:path");

const [, , folder, handler, skipPauses] = process.argv;
if (skipPauses) {
    // A run waits if it deletes more snapshots than EC2 allows at once. On a virtual clock, this wait has no use.
    require("node:timers/promises").setTimeout = async () => {};
}
// The log goes to the parent together with the result: a pipe may deliver it later.
let output = "";
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text, ...rest) => {
    output += text;
    return write(text, ...rest);
};
const [file, name] = handler.split(".");
const handleEvent = require(path.join(folder, `${file}.js`))[name];

process.on("message", async ({ event, timeoutMs }) => {
    const endsAt = performance.now() + timeoutMs;
    const remaining = skipPauses ? () => timeoutMs : () => Math.max(0, Math.floor(endsAt - performance.now()));
    const context = { getRemainingTimeInMillis: remaining };
    const answer = {};
    output = "";
    try {
        answer.result = await handleEvent(event, context);
    } catch (error) {
        answer.error = String(error?.stack ?? error);
    }
    process.send({ ...answer, output, memoryMb: measurePeakMemoryMb() });
});

/** Measures the peak memory of this process. On Linux, `maxRSS` is no use: it starts with the value of the parent process. */
function measurePeakMemoryMb() {
    try {
        return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
    } catch {
        return process.memoryUsage.rss() / 2 ** 20;
    }
}

process.send({ ready: true });
