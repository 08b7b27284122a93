import type { CommandSpec } from "./commandSpec";
import { withConfirmation } from "./commands/confirmationOption";
import { readName, readServer, readServers } from "./commands/names";
import { RESTORE_COMMANDS } from "./commands/restore/commands";
import { readCount, readSchedule } from "./commands/typeValues";

/** The descriptions of the commands that have commands of their own. */
export const GROUPS: Readonly<Record<string, string>> = {
    restore: "get files, disks or a server back from a restore point",
};

const readSnapshot = readName("the id of a snapshot");

/** All commands that work with a policy, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
    {
        name: "status",
        description: "show each server's newest restore points, the problems with their cures, and the next windows",
        example: "status",
        load: async () => (await import("./commands/status.js")).status,
    },
    {
        name: "points",
        description: "list the restore points, and why each is kept",
        example: "points web01",
        shape: (command) => command.argument("[server]", "id or name of a server", readServer),
        load: async () => (await import("./commands/points.js")).points,
    },
    {
        name: "plan",
        description: "show what the cleaner would do now and why, also after a change that is not deployed",
        example: 'plan --retention Day=7 --schedule "Week=cron(0 3 ? * SAT *)"',
        shape: (command) =>
            command
                .option("--retention <type=count>", "keep another number of restore points; repeat it for further types", readCount)
                .option("--schedule <type=expression>", "use another schedule, or never; repeat it for further types", readSchedule),
        load: async () => (await import("./commands/plan.js")).plan,
    },
    {
        name: "explain",
        description: "explain one snapshot: its set, its status, and until when it stays if all goes on as now",
        example: "explain snap-0123456789abcdef0",
        shape: (command) => command.argument("<snapshot>", "id of a snapshot of the policy", readSnapshot),
        load: async () => (await import("./commands/explain.js")).explain,
    },
    {
        name: "doctor",
        description: "check all that backups need, and show the cause of each failed run",
        example: "doctor",
        load: async () => (await import("./commands/doctor.js")).doctor,
    },
    {
        name: "backup",
        description: "take a backup now, and follow it until it is a restore point",
        example: "backup --type Day --server web01",
        shape: (command) =>
            withConfirmation(command)
                .option("--type <type>", "the snapshot type; by default, the first one of the policy", readName("a snapshot type"))
                .option("--server <id or name...>", "only these servers of the policy", readServers),
        load: async () => (await import("./commands/backup.js")).backup,
    },
    {
        name: "hold",
        description: "keep the backup set of a snapshot until somebody releases it",
        example: "hold snap-0123456789abcdef0 --reason audit",
        shape: (command) =>
            withConfirmation(command)
                .argument("<snapshot>", "id of any snapshot of the set", readSnapshot)
                .option("--reason <text>", "the value of the tag"),
        load: async () => (await import("./commands/hold.js")).hold,
    },
    {
        name: "release",
        description: "let the cleaner delete the backup set of a snapshot again",
        example: "release snap-0123456789abcdef0",
        shape: (command) => withConfirmation(command).argument("<snapshot>", "id of any snapshot of the set", readSnapshot),
        load: async () => (await import("./commands/hold.js")).release,
    },
    {
        name: "clean",
        description: "start the deployed cleaner, and show its report; a dry run without --apply",
        example: "clean --apply",
        shape: (command) => withConfirmation(command).option("--apply", "delete what the policy no longer needs", false),
        load: async () => (await import("./commands/clean.js")).clean,
    },
    {
        name: "adopt",
        description: "find backup sets made by hand, and tag them as the policy's; a dry run without --apply",
        example: "adopt --apply",
        shape: (command) => withConfirmation(command).option("--apply", "tag the sets", false),
        load: async () => (await import("./commands/adopt.js")).adopt,
    },
    ...RESTORE_COMMANDS,
];
