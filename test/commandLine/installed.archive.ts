import assert from "node:assert/strict";
import { execFileSync, execSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { busyAccount, snapshotsOf } from "./support/busyAccount";
import { withRuns } from "./support/liveRuns";
import { ACTING, LOOKING } from "./support/permissionTable";
import { environmentOf, vssBackup } from "./support/vssBackup";

const ROOT = join(__dirname, "..", "..");

/** Builds, packs and installs the package in an empty folder. Returns the folder. */
function installPackage(): string {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "operator-")));
    const npm = (cwd: string, command: string) => execSync(`npm ${command}`, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    npm(ROOT, "run build --silent");
    const [packed] = JSON.parse(npm(ROOT, `pack --json --silent --ignore-scripts --pack-destination "${folder}"`)) as [
        { filename: string },
    ];
    npm(folder, `install --prefer-offline --no-audit --no-fund ./${packed.filename}`);
    return folder;
}

describe("The installed command line", () => {
    let folder: string;

    before(() => {
        folder = installPackage();
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it("needs no Pulumi", () => {
        assert.deepEqual(
            [existsSync(join(folder, "node_modules", "@pulumi")), existsSync(join(folder, "node_modules", "@aws-sdk"))],
            [false, false],
        );
    });

    it("starts by its name, and prints the version of the package", () => {
        const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
        const command = join(folder, "node_modules", ".bin", process.platform === "win32" ? "vss-backup.cmd" : "vss-backup");
        const printed = execFileSync(command, ["--version"], { env: environmentOf(folder, ""), encoding: "utf8" });
        assert.equal(printed, `${version}\n`);
    });

    it("has the schema of its documents beside it", () => {
        const schema = JSON.parse(
            readFileSync(join(folder, "node_modules", "pulumi-vss-backup", "dist", "vss-backup.schema.json"), "utf8"),
        );
        assert.equal(typeof schema.$schema, "string");
    });

    for (const { args } of [...LOOKING, ...ACTING]) {
        for (const format of [[], ["--json"]]) {
            const line = [...args, ...format];
            it(`runs vss-backup ${line.join(" ")} as the sources do`, async () => {
                const run = async (file?: string) => {
                    const { state, aws } = withRuns(busyAccount());
                    const { status, stdout, stderr } = await vssBackup(line, state, { aws, ...(file !== undefined && { file }) });
                    return { status, stdout, stderr, snapshots: snapshotsOf(state) };
                };
                const installed = join(folder, "node_modules", "pulumi-vss-backup", "dist", "vss-backup.js");
                assert.deepEqual(await run(installed), await run());
            });
        }
    }
});
