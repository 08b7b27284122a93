// What Lambda's own bootstrap does, in Node 24: load the handler of an unpacked archive, and call it once for each event.
// Plain JavaScript, since nothing of this project is in the process.
const { readFileSync } = require("node:fs");
const path = require("node:path");

const [, , folder, handler, skipPauses] = process.argv;
if (skipPauses) {
    // A run of more deletions than EC2 takes at once waits for seconds, and in a rehearsal for nobody.
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
const handle = require(path.join(folder, `${file}.js`))[name];

process.on("message", async ({ event, timeoutMs }) => {
    const endsAt = performance.now() + timeoutMs;
    const remaining = skipPauses ? () => timeoutMs : () => Math.max(0, Math.floor(endsAt - performance.now()));
    const context = { getRemainingTimeInMillis: remaining };
    const answer = {};
    output = "";
    try {
        answer.result = await handle(event, context);
    } catch (error) {
        answer.error = String(error?.stack ?? error);
    }
    process.send({ ...answer, output, memoryMb: mostMemoryMb() });
});

/** The most that this process has had so far. Linux takes the maxRSS of its parent for a process's own at the start, so it is no use. */
function mostMemoryMb() {
    try {
        return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
    } catch {
        return process.memoryUsage.rss() / 2 ** 20;
    }
}

process.send({ ready: true });
