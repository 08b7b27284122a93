import { type Command, Option } from "commander";
import type { CommandSpec } from "../../commandSpec";
import { MODES } from "../../restore/plan/request";
import { TEST_MODES } from "../../restore/plan/testId";
import { withConfirmation } from "../confirmationOption";
import { readServer } from "../names";
import { readFurther, readRate } from "./values";

/** The commands below `restore`, in the order of the help. */
export const RESTORE_COMMANDS: readonly CommandSpec[] = [
    {
        name: "restore plan",
        description: "show what a restore will do, its downtime, its costs and how to undo it; it changes nothing",
        example: "restore plan web01 --mode volumes --out plan.json",
        shape: (command) =>
            command
                .argument("<server>", "id or name of the server of the backup; it may be gone", readServer)
                .addOption(
                    new Option("--mode <mode>", "attach new volumes, replace data volumes or the root volume, or make a server").choices(
                        MODES,
                    ),
                )
                .option("--sql <database>", "print the call of AWS's runbook that puts a database beside the original one")
                .option("--from <snapshot>", "a snapshot of the set; by default, of the newest restore point")
                .option("--to <server>", "attach: the rescue server; by default, the same one", readServer)
                .option("--disk <device>", "only this disk, such as xvdd; repeat it for further disks", readFurther)
                .option("--no-backup", "do not back up the present state first")
                .option("--another-zone", "the new volumes may be in another zone than the old ones", false)
                .option("--initialize <MiB/s>", "pay to load the new volumes at this rate, from 100 to 300", readRate)
                .option("--image <ami>", "server: the image to start with, if the server is gone")
                .option("--subnet <id>", "server: another subnet")
                .option("--security-group <id>", "server: another security group; repeat it for further ones", readFurther)
                .option("--out <file>", "save the plan"),
        load: async () => (await import("./plan.js")).planRestore,
    },
    {
        name: "restore apply",
        description: "carry out a plan, or go on with a restore that was interrupted",
        example: "restore apply plan.json",
        shape: (command) => withLock(command.argument("<plan>", "a file of restore plan --out, or the id of a restore")),
        load: async () => (await import("./apply.js")).applyPlan,
    },
    {
        name: "restore status",
        description: "list the restores, or show how far one is",
        example: "restore status",
        shape: (command) => command.argument("[restore]", "id of a restore"),
        load: async () => (await import("./status.js")).restoreStatus,
    },
    {
        name: "restore undo",
        description: "put the old volumes back; it deletes nothing",
        example: "restore undo 20270305-0700-0a1b2c3d",
        shape: (command) => withLock(command.argument("<restore>", "id of a restore")),
        load: async () => (await import("./undo.js")).undo,
    },
    {
        name: "restore forget",
        description: "list what a restore has left, and delete it",
        example: "restore forget 20270305-0700-0a1b2c3d",
        shape: (command) => withLock(command.argument("<restore>", "id of a restore")),
        load: async () => (await import("./forget.js")).forget,
    },
    {
        name: "restore test",
        description: "restore the newest restore point beside the server, check it, remove all of it, and record the result",
        example: "restore test web01 --on rescue01 --yes",
        shape: (command) =>
            withLock(command.argument("[server]", "id or name of a server; by default, the one whose last test is the oldest", readServer))
                .addOption(
                    new Option("--mode <mode>", "check the volumes at another server, or a new server")
                        .choices(TEST_MODES)
                        .default("volumes"),
                )
                .option("--on <server>", "volumes: the server that takes them for the test", readServer)
                .option("--security-group <id>", "server: the group that isolates it; repeat it for further ones", readFurther)
                .option("--subnet <id>", "server: another subnet")
                .option("--image <ami>", "server: the image to start with, if the server is gone")
                .option("--from <snapshot>", "a snapshot of another set")
                .option("--another-zone", "the new volumes may be in another zone than the old ones", false)
                .option("--script <file>", "a script of PowerShell to run there; it fails if its exit code is not 0")
                .option("--clean-up", "only remove what earlier tests have left", false),
        load: async () => (await import("./test.js")).testRestore,
    },
];

function withLock(command: Command): Command {
    return withConfirmation(command).option("--take-over", "replace the lock of a run that has crashed", false);
}
