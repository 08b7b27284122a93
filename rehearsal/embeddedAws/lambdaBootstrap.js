// What Lambda's own bootstrap does, in Node 24: load the handler of an unpacked archive, and call it once for each event.
// Plain JavaScript, since nothing of this project is in the process.
const path = require("node:path");

const [, , folder, handler] = process.argv;
const [file, name] = handler.split(".");
const handle = require(path.join(folder, `${file}.js`))[name];

process.on("message", async ({ event, timeoutMs }) => {
    const endsAt = performance.now() + timeoutMs;
    const context = { getRemainingTimeInMillis: () => Math.max(0, Math.floor(endsAt - performance.now())) };
    const answer = {};
    try {
        answer.result = await handle(event, context);
    } catch (error) {
        answer.error = String(error?.stack ?? error);
    }
    process.send({ ...answer, memoryMb: process.resourceUsage().maxRSS / 1024 });
});
process.send({ ready: true });
