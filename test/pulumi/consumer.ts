import { execSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** A user's project with the packed package installed. */
export interface Consumer {
    readonly folder: string;
    remove(): void;
}

/**
 * Builds and packs the package, and installs it in a new project.
 *
 * @param files the project's files, by name
 */
export function makeConsumer(files: Readonly<Record<string, string>>): Consumer {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "consumer-")));
    const npm = (cwd: string, command: string) => execSync(`npm ${command}`, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    npm(ROOT, "run build --silent");
    const [packed] = JSON.parse(npm(ROOT, `pack --json --silent --ignore-scripts --pack-destination "${folder}"`)) as [
        { filename: string },
    ];
    const dependencies = {
        "@pulumi/aws": versionOf("@pulumi/aws"),
        "@pulumi/pulumi": versionOf("@pulumi/pulumi"),
        "pulumi-vss-backup": `file:${packed.filename}`,
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, dependencies }));
    for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(folder, name), text);
    }
    npm(folder, "install --prefer-offline --no-audit --no-fund");
    return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function versionOf(dependency: string): string {
    return JSON.parse(readFileSync(join(ROOT, "node_modules", dependency, "package.json"), "utf8")).version;
}
