import * as z from "zod";
import { KINDS } from "../../lambda/watch/finding";
import { CHECKS } from "../doctor/row";
import { EXIT } from "../exitCodes";
import { MODES } from "../restore/plan/request";
import { TEST_MODES } from "../restore/plan/testId";

const time = z.iso.datetime().describe("ISO 8601, in UTC");
const timesByType = z.record(z.string(), time).describe("by snapshot type");
const action = z.enum(["keep", "leave", "delete"]);

const volume = z.object({ volume: z.string(), snapshot: z.string(), sizeGib: z.number(), reason: z.string() });

const serversOfSet = {
    server: z.string().optional().describe("missing if no server has a volume of the set, or if several have"),
    name: z.string().optional(),
    servers: z
        .array(z.object({ id: z.string(), name: z.string() }))
        .optional()
        .describe("in place of server and name, if the set has several"),
};

const set = z.object({
    ...serversOfSet,
    type: z.string().optional().describe("missing if the snapshots have no single type"),
    time: time.optional().describe("missing if EC2 gives no time"),
    volumes: z.array(volume),
});

const finding = z.object({
    kind: z.enum(KINDS),
    severity: z.enum(["problem", "note"]),
    server: z.string().optional(),
    volume: z.string().optional(),
    type: z.string().optional(),
    about: z.string().optional(),
    since: time,
    sentence: z.string(),
    cure: z.string(),
});

const status = z.object({
    servers: z.array(
        z.object({
            id: z.string(),
            name: z.string(),
            state: z.string().describe("EC2's state, such as running"),
            excluded: z.string().optional().describe("the reason, from the tag that excludes the server from the watch"),
            newest: timesByType,
            problems: z.number(),
        }),
    ),
    findings: z.array(finding),
    nextWindows: timesByType,
});

const points = z.object({ points: z.array(set.extend({ reason: z.string() })) });

const plan = z.object({
    retention: z.record(z.string(), z.number()),
    schedules: z.record(z.string(), z.string()),
    timezone: z.string(),
    changed: z.boolean().describe("whether options changed the deployed settings"),
    reportOnly: z.boolean(),
    maxDeletionsPerRun: z.number(),
    counts: z.object({ keep: z.number(), leave: z.number(), delete: z.number() }).describe("snapshots"),
    sets: z.array(set.extend({ action, deployedAction: action.optional().describe("with the deployed settings, if they are changed") })),
    staleVolumes: z.array(z.object({ volume: z.string(), reason: z.string() })),
});

const explain = z.object({
    snapshot: z.string(),
    set: set.extend({
        status: z.enum(["restorePoint", "pending", "failed"]),
        why: z.string().optional().describe("of a set that is no restore point"),
        heldBy: z.object({ snapshot: z.string(), tag: z.string() }).optional(),
        foundByTime: z.boolean(),
    }),
    action,
    reason: z.string(),
    deletedAt: time
        .optional()
        .describe("when the cleaner deletes the set, if all goes on as now, and if a pending set becomes a restore point"),
    staysBecause: z.string().optional().describe("in place of deletedAt, if nobody can foresee a deletion"),
    deletedAtWithoutReportOnly: time.optional().describe("when the cleaner would delete the set if it did not have reportOnly"),
    volumesWithoutBackups: z.array(z.string()),
    reportOnly: z.boolean(),
});

const doctor = z.object({
    checks: z.array(
        z.object({
            check: z.enum(CHECKS),
            result: z.enum(["ok", "problem", "note", "unknown"]),
            sentence: z.string(),
            cure: z.string().optional(),
        }),
    ),
});

const serverOfSet = { server: z.string().optional(), name: z.string().optional() };

const backup = z.object({
    type: z.string(),
    commandId: z.string(),
    servers: z.array(
        z.object({
            id: z.string(),
            name: z.string(),
            time: time.optional().describe("of the restore point, if there is one"),
            snapshots: z.array(z.string()).optional(),
            failure: z.string().optional(),
            cure: z.string().optional(),
        }),
    ),
});

const hold = z.object({
    ...serversOfSet,
    type: z.string().optional(),
    time: time.optional(),
    snapshots: z.array(z.string()),
    held: z.boolean(),
    changed: z.array(z.string()).describe("the snapshots whose tags were changed"),
});

const reasons = z.array(z.object({ snapshot: z.string(), reason: z.string() }));

const clean = z.object({
    time,
    reportOnly: z.boolean(),
    status: z.enum(["OK", "PARTIAL", "FAILED"]),
    counts: z.record(z.string(), z.number()),
    deleted: reasons,
    remaining: reasons.describe("for the next run; in a dry run, all that would be deleted"),
    failed: reasons,
    skipped: reasons,
    linesLeftOut: z.number(),
    failure: z
        .object({ message: z.string(), cure: z.string() })
        .optional()
        .describe("the error of a run that deleted only a part; then deleted are the snapshots that EC2 no longer lists"),
});

const adopt = z.object({
    applied: z.boolean(),
    sets: z.array(
        z.object({
            ...serverOfSet,
            type: z.string().optional(),
            time: time.optional(),
            snapshots: z.array(z.string()),
            refusal: z.string().optional(),
        }),
    ),
    stopped: z
        .object({
            message: z.string(),
            cure: z.string().optional(),
            permission: z.string().optional(),
            tagged: z.array(z.string()),
            notTagged: z.array(z.string()),
        })
        .optional()
        .describe("the error that stopped it part-way, and the snapshots before and after it"),
    deletedByNextRun: z.array(z.string()),
});

const restorePlan = z.object({
    restore: z.string().describe("the id"),
    mode: z.enum(MODES),
    server: z.string(),
    from: z.string().describe("a snapshot of the set"),
    setTime: time,
    steps: z.array(
        z.object({
            id: z.string(),
            kind: z.string(),
            action: z.string(),
            downtimeMinutes: z.number().describe("an estimate"),
            risk: z.string(),
            undo: z.string(),
        }),
    ),
    warnings: z.array(z.string()),
    downtimeMinutes: z.number().describe("an estimate"),
    costs: z.array(z.object({ reason: z.string(), storage: z.string().describe("the type of the volumes, or snapshot"), gib: z.number() })),
    file: z.string().optional().describe("the file of the plan, if --out names one"),
    plan: z.looseObject({}).describe("the plan as --out saves it"),
});

const sqlPlan = z.object({
    server: z.string(),
    database: z.string(),
    setTime: time,
    snapshots: z.array(z.string()),
    checks: z.array(z.object({ check: z.string(), result: z.enum(["ok", "problem", "unknown"]), sentence: z.string() })),
    call: z.string().describe("a command line of the AWS CLI"),
});

const restore = z.object({
    restore: z.string().describe("the id"),
    mode: z.enum(MODES),
    server: z.string(),
    state: z.enum(["applying", "applied", "undoing", "undone"]),
    startedAt: time,
    steps: z.array(z.object({ id: z.string(), kind: z.string(), action: z.string(), doneAt: time.optional(), undone: z.boolean() })),
    made: z.record(z.string(), z.string()).describe("the ids of what the steps made, by the ids of the steps"),
    findings: z.array(z.string()),
    failure: z.string().optional().describe("why the last run stopped"),
});

const restores = z.object({
    restores: z.array(
        restore.extend({
            loading: z
                .array(z.object({ volume: z.string(), percent: z.number() }))
                .optional()
                .describe("how much of the new volumes EC2 has loaded"),
        }),
    ),
});

const forget = z.object({
    restore: z.string(),
    removed: z.array(z.string()),
    kept: z.array(z.object({ id: z.string(), reason: z.string() })),
});

const leftByTests = z
    .array(z.object({ restore: z.string().describe("the id of the test"), removed: z.array(z.string()) }))
    .describe("earlier tests, and the ids of what they had left");

const restoreTest = z.object({
    restore: z.string().describe("the id of the test"),
    mode: z.enum(TEST_MODES),
    server: z.string(),
    setTime: time,
    snapshots: z.array(z.string()),
    outcome: z.enum(["passed", "failed"]),
    checks: z.array(
        z.object({
            check: z.enum(["server", "disk", "file system", "script"]),
            about: z.string().describe("the server or the device"),
            passed: z.boolean(),
            sentence: z.string(),
        }),
    ),
    removed: z.array(z.string()).describe("the ids of what the test made"),
    cleanedUp: leftByTests,
});

const cleanUp = z.object({
    cleanedUp: leftByTests,
    running: z.array(z.object({ restore: z.string(), reason: z.string() })).describe("tests that may still run; they stay"),
});

/** The form of the part `result`, by command. */
export const RESULTS: Readonly<Record<string, z.ZodType>> = {
    status,
    points,
    plan,
    explain,
    doctor,
    backup,
    hold,
    release: hold,
    clean,
    adopt,
    "restore plan": z.union([restorePlan, sqlPlan]),
    "restore apply": restore,
    "restore status": restores,
    "restore undo": restore,
    "restore forget": forget,
    "restore test": z.union([restoreTest, cleanUp]),
};

const exitCode = z.literal(Object.values(EXIT));

/** The form of the document of a command that has a result. */
export function documentSchema(command: string): z.ZodType {
    return z.object({
        version: z.literal(1),
        command: z.literal(command),
        policy: z.string(),
        region: z.string(),
        time,
        exitCode,
        result: RESULTS[command] ?? z.never(),
    });
}

/** The form of the documents of the commands that work without a policy. */
const TEXT = z.object({
    version: z.literal(1),
    command: z.enum(["help", "version", "completion"]),
    exitCode,
    result: z.object({ text: z.string() }),
});

/** The form of the document of a command that failed. */
export const ERROR = z.object({
    version: z.literal(1),
    exitCode,
    error: z.object({
        message: z.string(),
        cure: z.string().optional(),
        permission: z.string().optional().describe("the missing permission, such as ec2:DescribeSnapshots"),
    }),
});

/** The forms of all documents. */
export const DOCUMENTS = z.union([...Object.keys(RESULTS).map(documentSchema), TEXT, ERROR]);

/** Writes the JSON Schema of all documents. Fields that it does not name may come later. */
export function jsonSchema(): object {
    return { title: "The documents of vss-backup --json", ...z.toJSONSchema(DOCUMENTS, { io: "input" }) };
}
