import { version } from "../package.json";
import { EXIT } from "./exitCodes";
import { run } from "./program";

// The SDK would warn of the Node version of the user at each command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

// The reader of an output may end first, as `head` does. Then nobody needs the rest. The command goes on, since the other output has a reader.
for (const output of [process.stdout, process.stderr]) {
    output.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE") {
            throw error;
        }
    });
}

run(process.argv.slice(2), version).then((code) => {
    process.exitCode = code;
    if (code === EXIT.interrupted) {
        // The SDK still waits to send a request again, which nobody needs any more.
        process.stdout.write("", () => process.stderr.write("", () => process.exit()));
    }
});
