import { version } from "../package.json";
import { run } from "./program";

run(process.argv.slice(2), version).then((code) => {
    process.exitCode = code;
});
