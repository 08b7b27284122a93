import { lines, wrapLine, writeTable } from "../../output/table";
import { clock } from "../../output/times";
import type { Cost, RestorePlan, Step } from "../../restore/plan/steps";
import { downtimeOf, wordsOf } from "../../restore/plan/words";
import type { Session } from "../../session";

const PRICES = "https://aws.amazon.com/ebs/pricing/";

const REASONS: Readonly<Record<Cost["reason"], (cost: Cost) => string>> = {
    new: ({ gib, storage }) => `${gib} GiB of new ${storage} volumes`,
    kept: ({ gib, storage }) => `${gib} GiB of old ${storage} volumes, until you remove them`,
    "fresh backup": ({ gib }) => `the snapshots of the fresh backup: the changed blocks of ${gib} GiB`,
    image: ({ gib }) => `the snapshot of the image: the blocks in use of ${gib} GiB`,
};

const SUMMARIES: Readonly<Record<RestorePlan["request"]["mode"], (plan: RestorePlan) => string>> = {
    attach: ({ word }) => `New volumes beside the disks of ${word}`,
    volumes: ({ word }) => `Data volumes of ${word}, replaced in place`,
    root: ({ word }) => `The root volume of ${word}, replaced in place`,
    server: ({ word }) => `A new server from the backups of ${word}`,
};

/** Says in one line what a plan is for. */
export function summaryOf(plan: RestorePlan): string {
    return SUMMARIES[plan.request.mode](plan);
}

/** Says how long the server does not work. */
export function downtimeSentence(plan: RestorePlan): string {
    const minutes = downtimeOf(plan);
    return minutes === 0 ? "The server goes on meanwhile." : `The server does not work for about ${minutes} minutes. This is an estimate.`;
}

/** Says for what the account pays. AWS's prices differ by region, so there is no sum. */
export function costSentences({ costs, request, steps }: RestorePlan): string[] {
    const parts = costs.filter(({ gib }) => gib > 0).map((cost) => REASONS[cost.reason](cost));
    return [
        `AWS bills by the GiB-month: ${parts.join("; ")}. The price depends on the region, and is not known here: ${PRICES}`,
        ...(hasSpeed(steps) ? ["AWS also bills the provisioned IOPS and the throughput of the new volumes."] : []),
        ...(request.initializationRate === undefined
            ? ["Each block of a new volume is slow when it is first read. To pay for faster loading: --initialize 300"]
            : [`EC2 loads the new volumes at ${request.initializationRate} MiB/s, which it bills by the GiB of the snapshots.`]),
        ...(request.mode === "server" ? ["The new server is billed as any other one of its type."] : []),
    ];
}

function hasSpeed(steps: readonly Step[]): boolean {
    return steps.some((step) => step.kind === "createVolume" && (step.settings.iops ?? step.settings.throughput) !== undefined);
}

/** Writes a plan for a person. */
export function planText({ policy: { settings }, screen }: Session, plan: RestorePlan, setTime: number, next: string): string {
    const rows = plan.steps.map((step, i) => {
        const { action, downtimeMinutes, risk, undo } = wordsOf(step);
        return [String(i + 1), action, downtimeMinutes === 0 ? "" : `${downtimeMinutes} min`, risk, undo];
    });
    const paragraph = (text: string) => wrapLine(text, screen.columns);
    return [
        lines([
            ...paragraph(`Restore ${plan.request.id}: ${summaryOf(plan)}`),
            ...paragraph(
                `From the restore point of ${clock(setTime, settings.timezone)}. What was written since is not on the new volumes.`,
            ),
            "",
        ]),
        writeTable(["#", "Step", "Downtime", "What can go wrong", "How to undo"], rows, screen.columns),
        ...(plan.warnings.length === 0
            ? []
            : [lines(["", "WARNINGS", ...plan.warnings.flatMap((warning) => wrapLine(`- ${warning}`, screen.columns, "  "))])]),
        lines(["", ...paragraph(downtimeSentence(plan)), ...costSentences(plan).flatMap(paragraph), "", next]),
    ].join("");
}
