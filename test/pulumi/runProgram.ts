import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Engine, startEngine } from "./engine";

export interface ProgramRun extends Pick<Engine, "registrations" | "lookups" | "messages" | "outputs"> {
    /** The exit code of the program's process. */
    readonly code: number | null;
    /** The standard output and error of the process. */
    readonly printed: string;
}

export interface ProgramOptions {
    /** The project's folder, and the program's working directory. */
    readonly folder: string;
    /** The program's file in this folder, as `main` in Pulumi.yaml. */
    readonly program: string;
    readonly preview?: boolean;
    readonly project?: string;
    readonly stack?: string;
    /** The stack's config. All values are text; maps and lists are JSON. */
    readonly config?: Readonly<Record<string, string>>;
    /** Keys of the config that are secrets. */
    readonly secretKeys?: readonly string[];
}

/**
 * Runs a program in a separate process, as `pulumi up` or `pulumi preview` does. The process runs the SDK's entry script, which calls the
 * engine over gRPC.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 */
export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
    const { preview = false, project = "vss-backup", stack = "prod", config = {} } = options;
    const region = config["aws:region"] ?? "eu-central-1";
    const engine = await startEngine({ project, stack, preview, region });
    try {
        const { code, printed } = await runProcess(engine.address, { ...options, preview, project, stack, config });
        const { registrations, lookups, messages, outputs } = engine;
        return { code, printed, registrations, lookups, messages, outputs };
    } finally {
        engine.close();
    }
}

async function runProcess(
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
            // The CLI passes keys in a form that the oldest SDKs know.
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
