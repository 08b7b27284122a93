import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Engine, startEngine } from "./engine";

export interface ProgramRun extends Pick<Engine, "registrations" | "lookups" | "messages" | "outputs"> {
    /** The exit code of the program's process. */
    readonly code: number | null;
    /** What the process wrote to its standard output and error. */
    readonly printed: string;
}

export interface ProgramOptions {
    /** Folder of the project, in which the program runs. */
    readonly folder: string;
    /** The program's file in that folder, as `main` in Pulumi.yaml. */
    readonly program: string;
    readonly preview?: boolean;
    readonly project?: string;
    readonly stack?: string;
    /** The stack's config: all values text, maps and lists JSON. */
    readonly config?: Readonly<Record<string, string>>;
    /** Keys of the config that are secrets. */
    readonly secretKeys?: readonly string[];
}

/**
 * Runs a program in a process of its own as `pulumi up` does, or `pulumi preview`: through the SDK's own entry, which talks to the engine
 * over gRPC.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 */
export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
    const { preview = false, project = "vss-backup", stack = "prod", config = {} } = options;
    const region = config["aws:region"] ?? "eu-central-1";
    const engine = await startEngine({ project, stack, preview, region });
    try {
        const { code, printed } = await ended(engine.address, { ...options, preview, project, stack, config });
        const { registrations, lookups, messages, outputs } = engine;
        return { code, printed, registrations, lookups, messages, outputs };
    } finally {
        engine.close();
    }
}

async function ended(
    address: string,
    {
        folder,
        program,
        preview,
        project,
        stack,
        config,
        secretKeys = [],
    }: ProgramOptions & { project: string; stack: string; config: object },
): Promise<Pick<ProgramRun, "code" | "printed">> {
    const entry = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
    const options = {
        monitor: address,
        engine: address,
        organization: "organization",
        project,
        "root-directory": folder,
        stack,
        pwd: folder,
    };
    const args = Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]);
    const child = spawn(process.execPath, [entry, ...args, ...(preview ? ["--dry-run"] : []), "--parallel", "16", program], {
        cwd: folder,
        env: {
            ...process.env,
            PULUMI_NODEJS_TYPESCRIPT: "true",
            // The CLI hands keys over in the form that the oldest SDKs know.
            PULUMI_CONFIG: JSON.stringify(
                Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(":", ":config:"), value])),
            ),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
        },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            printed += text;
        });
    }
    const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    return { code, printed };
}
