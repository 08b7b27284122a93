import { type CommandInvocation, type CommandPlugin, paginateListCommandInvocations, type SSMClient } from "@aws-sdk/client-ssm";
import { idOf, readPages } from "../../aws/pages";
import { isOfOtherPolicy, typeOfComment } from "../runComment";
import type { Invocation } from "../signals";
import type { WatchSettings, WatchTargets } from "../watchSettings";
import { filterTime, lastRuns, lookBack } from "./lookBack";

/** Three runs that are over, and one that may not be. */
const RUNS = 4;

/** The step of both VSS documents that takes the snapshots. */
const VSS_STEP = "CreateVssSnapshot";

/** The reason of a failure is in the last lines of the output. */
const OUTPUT_LENGTH = 1_000;

/**
 * Lists what the last runs of the policy did on each server, in pages of 50, the most that Systems Manager gives. Runs of other policies are
 * left out.
 *
 * @throws the service's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommandInvocations.html
 */
export async function listInvocations(
    ssm: SSMClient,
    settings: WatchSettings,
    { document }: WatchTargets,
    now: number,
    abortSignal: AbortSignal,
): Promise<Invocation[]> {
    const listed = await readPages({
        service: "Systems Manager",
        open: () =>
            paginateListCommandInvocations(
                { client: ssm, pageSize: 50 },
                {
                    Details: true,
                    Filters: [
                        { key: "InvokedAfter", value: filterTime(runsSince(settings, now)) },
                        { key: "DocumentName", value: document },
                    ],
                },
                { abortSignal },
            ),
        listOf: ({ CommandInvocations }) => CommandInvocations,
        read: (invocation) => [`${invocation.CommandId} ${invocation.InstanceId}`, invocation],
    });
    return listed
        .filter(({ DocumentName, Comment = "" }) => DocumentName === document && !isOfOtherPolicy(Comment, settings.name))
        .map((invocation) => invocationOf(invocation, settings));
}

/** Finds from when on the last runs of the policy are listed. A run of any snapshot type counts. */
function runsSince({ schedules, timezone }: WatchSettings, now: number): number {
    const runs = Object.values(schedules).flatMap((schedule) => lastRuns(schedule, timezone, now, RUNS));
    return lookBack(runs.toSorted((a, b) => b - a).slice(0, RUNS), now);
}

/** Reads what a command did on a server. */
export function invocationOf(invocation: CommandInvocation, { name, schedules }: WatchSettings): Invocation {
    const { InstanceId, Comment = "", RequestedDateTime, StatusDetails = "", CommandPlugins = [] } = invocation;
    const type = typeOfComment(Comment, name, Object.keys(schedules));
    return {
        serverId: idOf("Systems Manager", "an invocation", InstanceId),
        ...(type !== undefined && { type }),
        requestedAt: RequestedDateTime?.getTime() ?? 0,
        // The API's documentation writes some statuses in two words.
        status: StatusDetails.replaceAll(" ", ""),
        output: outputOf(CommandPlugins).slice(-OUTPUT_LENGTH),
    };
}

/** The output of the step that takes the snapshots, or else of the last step. */
function outputOf(plugins: readonly CommandPlugin[]): string {
    return (plugins.find(({ Name }) => Name === VSS_STEP) ?? plugins.at(-1))?.Output ?? "";
}
