import { readFileSync } from "node:fs";
import { type ActingOptions, confirm } from "../../confirmation";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { lines, wrapLine, writeTable } from "../../output/table";
import { clock, iso } from "../../output/times";
import { removeTestLocks } from "../../restore/apply/lock";
import { newRecord } from "../../restore/apply/record";
import { makeRecordStore, type RecordStore, write } from "../../restore/apply/recordStore";
import type { RestorePlan } from "../../restore/plan/steps";
import { findOpenTests } from "../../restore/test/sweep";
import { setOf } from "../../restore/world/choosing";
import { readSources } from "../../restore/world/sources";
import type { Outcome, Session } from "../../session";
import { type LockOptions, whileLocked } from "./running";
import { removeOpen, runTest, type Tested } from "./runTest";
import { planTest, type TestPlanOptions } from "./testPlan";

interface TestOptions extends TestPlanOptions, ActingOptions, LockOptions {
    /** A file with a script of PowerShell. */
    readonly script?: string;
    /** Whether the command only removes what earlier tests have left. */
    readonly cleanUp: boolean;
}

/** Restores the newest restore point beside its server, checks it, removes all of it, and records the result. */
export async function testRestore(session: Session, server: string | undefined, options: TestOptions): Promise<Outcome> {
    const store = makeRecordStore(session);
    const script = options.script === undefined ? undefined : readScript(options.script);
    const swept = await cleanUp(session, store, options);
    if (options.cleanUp) {
        return cleanUpOutcome(swept);
    }
    const sources = await readSources(session);
    const plan = await planTest(session, store, sources, { server, options });
    write(newRecord(plan, session.now));
    const { startTime } = setOf(session, sources, plan.request.from);
    await confirm(session, { sentences: sentencesFor(session, plan, startTime), word: plan.word }, options);
    const tested = await whileLocked(session, plan, { takeOver: false }, () => runTest(session, store, plan, script));
    return testOutcome(session, plan, tested, { startTime, swept });
}

function readScript(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new Failure(`The script could not be read: ${(error as Error).message}`, "Check --script.", EXIT.usage);
    }
}

function sentencesFor({ policy: { settings } }: Session, plan: RestorePlan, startTime: number): string[] {
    const { mode, targetId, securityGroupIds = [] } = plan.request;
    const volumes = plan.steps.filter(({ kind }) => kind === "createVolume").length;
    const where = mode === "server" ? `a new server with ${securityGroupIds.join(", ")}` : targetId;
    return [
        `Test the restore point of ${clock(startTime, settings.timezone)}: ${volumes} new volumes at ${where}.`,
        ...plan.warnings,
        "Then all that the test made is removed. AWS bills it until then.",
    ];
}

interface Swept {
    readonly cleanedUp: readonly { readonly restore: string; readonly removed: readonly string[] }[];
    readonly running: readonly { readonly restore: string; readonly reason: string }[];
}

/** Removes what earlier tests have left. A test whose lock is there may run, and stays. */
async function cleanUp(session: Session, store: RecordStore, options: TestOptions): Promise<Swept> {
    const open = await findOpenTests(session, store);
    const takeOver = options.cleanUp && options.takeOver;
    if (open.length === 0 && !takeOver) {
        return { cleanedUp: [], running: [] };
    }
    const names = open.map(({ id }) => id).join(", ") || "none is known";
    const sentences = [`Remove what restore tests have left${takeOver ? ", and their locks" : ", unless they still run"}: ${names}.`];
    await confirm(session, { sentences, word: session.policy.settings.name }, options);
    const [cleanedUp, running]: [{ restore: string; removed: string[] }[], { restore: string; reason: string }[]] = [[], []];
    for (const { id, record } of open) {
        const plan = record?.plan;
        const remove = () => removeOpen(session, { id, ...(plan && { plan }) });
        try {
            cleanedUp.push({ restore: id, removed: plan ? await whileLocked(session, plan, { takeOver }, remove) : await remove() });
        } catch (error) {
            if (!(error instanceof Failure) || error.exitCode !== EXIT.refused) {
                throw error;
            }
            running.push({ restore: id, reason: error.message });
        }
    }
    if (takeOver) {
        await removeTestLocks(session);
    }
    return { cleanedUp, running };
}

function cleanUpOutcome({ cleanedUp, running }: Swept): Outcome {
    const text = [
        ...cleanedUp.map(({ restore, removed }) => `Removed ${removed.length} things of ${restore}.`),
        ...running.map(({ restore, reason }) => `${restore} stays: ${reason} If it has crashed, add --take-over.`),
    ];
    return {
        exitCode: running.length > 0 ? EXIT.findings : EXIT.done,
        result: { cleanedUp, running },
        text: lines(text.length === 0 ? ["No restore test has left anything."] : text),
    };
}

function testOutcome(
    { screen }: Session,
    { request, word, steps }: RestorePlan,
    { checks, result, removed }: Tested,
    { startTime, swept }: { readonly startTime: number; readonly swept: Swept },
): Outcome {
    const rows = checks.map(({ check, passed, sentence }) => [check, passed ? "passed" : "failed", sentence]);
    return {
        exitCode: result === "passed" ? EXIT.done : EXIT.findings,
        result: {
            restore: request.id,
            mode: request.mode === "server" ? "server" : "volumes",
            server: request.serverId,
            setTime: iso(startTime),
            snapshots: steps.flatMap((step) => (step.kind === "hold" ? step.snapshots : [])),
            outcome: result,
            checks,
            removed,
            cleanedUp: swept.cleanedUp,
        },
        text: [
            writeTable(["Check", "Result", "Explanation"], rows, screen.columns),
            lines([
                "",
                ...wrapLine(
                    `The restore test of ${word} has ${result}. The ${removed.length} things that it made are removed.`,
                    screen.columns,
                ),
            ]),
        ].join(""),
    };
}
