import { stripVTControlCharacters } from "node:util";
import { main } from "../../rehearsal/main";

/** Runs `npm start -- …` in this process. Returns its exit code and its output, without colours. */
export async function runRehearsal(...options: readonly string[]) {
    const { stdout, stderr } = process;
    const writes = [stdout.write, stderr.write] as const;
    const [out, errors]: [string[], string[]] = [[], []];
    stdout.write = (text: string | Uint8Array) => out.push(String(text)) > 0;
    stderr.write = (text: string | Uint8Array) => errors.push(String(text)) > 0;
    try {
        const status = await main(options);
        return { status, stdout: stripVTControlCharacters(out.join("")), stderr: stripVTControlCharacters(errors.join("")) };
    } finally {
        [stdout.write, stderr.write] = writes;
    }
}
