import { filterTime } from "./reading/lookBack";
import type { Invocation, ManagedNode, Server } from "./signals";
import { type Draft, isStopped, label, type Readings, type Situation } from "./situation";
import type { WatchTargets } from "./watchSettings";

const HOUR = 3_600_000;

/** The runs of a server lie farther apart. */
const AROUND_MS = 60_000;

/** The time in which a server that has started must be known to Systems Manager. */
const START_MS = HOUR;

/** Runs of a server that fail one after the other, before the watch says so. */
const FAILING_RUNS = 3;

/** Statuses of a run that never reached its server. */
export const UNDELIVERED = ["Undeliverable", "DeliveryTimedOut"];

/** Statuses of a run that has no result yet. */
export const UNFINISHED = ["Pending", "InProgress", "Delayed", "Cancelling"];

/** AWS does not take VSS snapshots on these. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/application-consistent-snapshots-troubleshooting.html */
const TOO_SMALL = ["t2.nano", "t2.micro", "t3.nano", "t3.micro", "t3a.nano", "t3a.micro"];

/** The error code of the VSS document for a missing package. */
const NO_PACKAGE = /\b1003\b/;

const REASON_LENGTH = 200;

/** Finds servers that can't be backed up, whether or not a run was due. */
export function serverFindings(situation: Situation): Draft[] {
    return situation.watched.flatMap((server) => [
        ...stopped(server, situation),
        ...unfit(server, situation),
        ...unmanaged(server, situation),
        ...failing(server, situation),
        ...withoutPackage(server, situation),
    ]);
}

/** The command that shows the newest run of a server. Other commands, such as those for patches, are left out. */
export function runsCommand({ id }: Pick<Server, "id">, { document }: Pick<WatchTargets, "document">): string {
    return `${listingOf(id, document)} --details --max-items 1`;
}

/** The command that shows one run of a server. The newest run may be of another type. */
export function runCommand(
    { id }: Pick<Server, "id">,
    { document }: Pick<WatchTargets, "document">,
    { requestedAt }: Pick<Invocation, "requestedAt">,
): string {
    const [after, before] = [requestedAt - AROUND_MS, requestedAt + AROUND_MS].map(filterTime);
    return `${listingOf(id, document)} "key=InvokedAfter,value=${after}" "key=InvokedBefore,value=${before}" --details`;
}

function listingOf(id: string, document: string): string {
    return `aws ssm list-command-invocations --instance-id ${id} --filters "key=DocumentName,value=${document}"`;
}

function stopped(server: Server, { settings }: Situation): Draft[] {
    return isStopped(server)
        ? [
              {
                  kind: "stopped",
                  severity: settings.alarmStopped ? "problem" : "note",
                  server: server.id,
                  since: server.stoppedAt,
                  sentence: `${label(server)} is stopped. A stopped server gets no backups.`,
                  cure: `Start it: aws ec2 start-instances --instance-ids ${server.id}`,
              },
          ]
        : [];
}

function unfit(server: Server, { readings, targets }: Situation): Draft[] {
    const node = readings.nodes?.find(({ id }) => id === server.id);
    const problem = { severity: "problem", server: server.id } as const;
    return [
        ...(server.isWindows && (node?.platform ?? "Windows") === "Windows"
            ? []
            : [
                  {
                      ...problem,
                      kind: "not Windows" as const,
                      sentence: `${label(server)} does not run Windows. VSS exists only on Windows.`,
                      cure: "Take the server tag off it, and back it up by other means, such as Data Lifecycle Manager.",
                  },
              ]),
        ...(server.hasProfile
            ? []
            : [
                  {
                      ...problem,
                      kind: "no role" as const,
                      sentence: `${label(server)} has no instance profile, so it has no permission to take snapshots.`,
                      cure: profileCure(server, targets),
                  },
              ]),
        ...(TOO_SMALL.includes(server.instanceType)
            ? [
                  {
                      ...problem,
                      kind: "too small" as const,
                      sentence: `${label(server)} is a ${server.instanceType}. AWS says that VSS snapshots fail on this size.`,
                      cure: "Change the instance type to small or larger.",
                  },
              ]
            : []),
    ];
}

/** How a server gets its role: by the profile of the policy, or by one that the user has made. */
function profileCure({ id }: Server, { instanceProfile }: WatchTargets): string {
    return instanceProfile === undefined
        ? "Attach an instance profile with one of the roles in serverRoles."
        : `aws ec2 associate-iam-instance-profile --instance-id ${id} --iam-instance-profile Name=${instanceProfile}`;
}

/** Finds servers that Systems Manager can't reach. */
function unmanaged(server: Server, { now, readings, memory }: Situation): Draft[] {
    if (!readings.nodes || server.state !== "running" || now - server.launchedAt <= START_MS) {
        return [];
    }
    const node = readings.nodes.find(({ id }) => id === server.id);
    if (!node) {
        return [
            {
                kind: "not managed",
                severity: "problem",
                server: server.id,
                // Systems Manager does not say when it lost a server. Earlier runs of the watch did not miss it.
                since: memory ? now : server.launchedAt,
                sentence: `Systems Manager does not manage ${label(server)}, so no run reaches it.`,
                cure: "Check its role (AmazonSSMManagedInstanceCore), its SSM Agent, and its way to the endpoints ssm, ssmmessages and ec2messages.",
            },
        ];
    }
    return !isOffline(node, now)
        ? []
        : [
              {
                  kind: "agent offline",
                  severity: "problem",
                  server: server.id,
                  since: node.lastPing,
                  sentence: `The SSM Agent of ${label(server)} does not respond (${node.ping}).`,
                  cure: "On the server, run: Restart-Service AmazonSSMAgent",
              },
          ];
}

/** Whether the SSM Agent of a server does not respond any more. */
export function isOffline({ ping, lastPing }: ManagedNode, now: number): boolean {
    return ping !== "Online" && now - lastPing > START_MS;
}

/** Finds servers whose last runs have all failed. If Systems Manager no longer lists them, only a later success ends the finding. */
function failing(server: Server, { readings, targets, known }: Situation): Draft[] {
    if (isStopped(server)) {
        return [];
    }
    const finished = finishedRuns(server, readings);
    const goodRun = finished.findIndex(({ status }) => status === "Success");
    const failed = goodRun === -1 ? finished : finished.slice(0, goodRun);
    const [newest] = failed;
    if (failed.length < FAILING_RUNS || !newest) {
        const before = known({ kind: "failing", server: server.id });
        return before && !hasSuccess(finished, before.since) ? [before] : [];
    }
    const reason = reasonOf(newest.output);
    return [
        {
            kind: "failing",
            severity: "problem",
            server: server.id,
            since: Math.min(...failed.map(({ requestedAt }) => requestedAt)),
            sentence: `The last ${failed.length} runs on ${label(server)} failed (${newest.status})${reason === "" ? "." : `: ${reason}`}`,
            cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${runsCommand(server, targets)}`,
        },
    ];
}

/** The last line of a run's output that is not empty: VSS's own reason. */
export function reasonOf(output: string): string {
    const lines = output.split("\n").map((line) => line.trim());
    return (lines.findLast((line) => line !== "") ?? "").slice(0, REASON_LENGTH);
}

/** Lists the finished runs of a server, newest first. Runs that missed it since it was stopped do not count. */
function finishedRuns({ id, launchedAt }: Server, { invocations }: Readings): Invocation[] {
    return (invocations ?? [])
        .filter(({ serverId, status }) => serverId === id && !UNFINISHED.includes(status))
        .filter(({ status, requestedAt }) => !(UNDELIVERED.includes(status) && requestedAt < launchedAt))
        .toSorted((a, b) => b.requestedAt - a.requestedAt);
}

function hasSuccess(finished: readonly Invocation[], after: number): boolean {
    return finished.some(({ status, requestedAt }) => status === "Success" && requestedAt > after);
}

/** Finds servers without the VSS package: its installation failed, or a run has missed it since. */
function withoutPackage(server: Server, { readings, known }: Situation): Draft[] {
    const installed = readings.packages?.find(({ serverId }) => serverId === server.id);
    const finished = finishedRuns(server, readings);
    const [run] = finished;
    const before = known({ kind: "package missing", server: server.id });
    if (!run && before && before.since > (installed?.time ?? 0)) {
        return [before];
    }
    const problem = { severity: "problem", server: server.id } as const;
    if (run && run.status !== "Success" && NO_PACKAGE.test(run.output) && run.requestedAt > (installed?.time ?? 0)) {
        return [
            {
                ...problem,
                kind: "package missing",
                since: run.requestedAt,
                sentence: `AwsVssComponents is not installed on ${label(server)}.`,
                cure: `aws ssm send-command --document-name AWS-ConfigureAWSPackage --instance-ids ${server.id} --parameters "action=Install,name=AwsVssComponents"`,
            },
        ];
    }
    // State Manager can't reach a stopped server. A run that succeeds shows that the package is there.
    const isNeeded = installed && !isStopped(server) && !hasSuccess(finished, installed.time);
    return isNeeded && /fail|time|undeliverable|invalid|denied/i.test(installed.status)
        ? [
              {
                  ...problem,
                  kind: "package failed",
                  since: installed.time,
                  sentence: `AwsVssComponents could not be installed on ${label(server)}: ${installed.details || installed.status}`,
                  cure: `aws ssm describe-instance-associations-status --instance-id ${server.id}`,
              },
          ]
        : [];
}
