#!/usr/bin/env node
// Stands in for a command of the README: writes down how it was called, and says what STAND_IN_SAYS has for it.
const { appendFileSync } = require("node:fs");
const { basename } = require("node:path");

const call = [basename(process.argv[1]), ...process.argv.slice(2)];
appendFileSync(process.env.STAND_IN_LOG, `${JSON.stringify(call)}\n`);
const says = JSON.parse(process.env.STAND_IN_SAYS);
process.stdout.write(says[call.join(" ")] ?? "");
