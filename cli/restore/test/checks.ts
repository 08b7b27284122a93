import { DescribeInstanceStatusCommand } from "@aws-sdk/client-ec2";
import { Failure } from "../../failure";
import type { Session } from "../../session";
import type { ShownDisk } from "../apply/cloud";
import { idOf, MINUTE, type Run, waitFor } from "../apply/run";
import { runScript, serialOf } from "../apply/windowsDisks";
import type { RestorePlan } from "../plan/steps";
import { bringOnline, type FileSystem, readFileSystems } from "./readFileSystems";

const START_MS = 30 * MINUTE;
const SCRIPT_MS = 65 * MINUTE;

/** One thing that a test looked at. */
export interface Check {
    readonly check: "server" | "disk" | "file system" | "script";
    /** The server or the device. */
    readonly about: string;
    readonly passed: boolean;
    readonly sentence: string;
}

/** A disk of the test, and the server that has it. */
interface TestedDisk {
    readonly device: string;
    readonly volumeId: string;
}

/** Looks at what a test has restored. The checks end at the first kind that fails. */
export async function checkRestored(session: Session, run: Run, plan: RestorePlan, script: string | undefined): Promise<Check[]> {
    const disks = disksOf(run, plan);
    const serverId = plan.request.targetId ?? run.made.run ?? "";
    const checks: Check[] = [];
    const stages = [
        () => (plan.request.mode === "server" ? checkServer(session, run, serverId) : reach(run, serverId)),
        () => checkDisks(session, run, { serverId, disks, mayChange: plan.request.mode === "attach" }),
        () => checkFileSystems(session, run, serverId, disks),
        async () => (script === undefined ? [] : [await checkScript(session, run, serverId, { script, disks })]),
    ];
    for (const stage of stages) {
        const found = await stage().catch((error: Error): Check[] => {
            // A new server that runs no script has failed. A helper that runs none says nothing about the backup.
            if (error instanceof Failure && plan.request.mode === "server") {
                return [{ check: "server", about: serverId, passed: false, sentence: error.message }];
            }
            throw error;
        });
        checks.push(...found);
        if (found.some(({ passed }) => !passed)) {
            break;
        }
    }
    return checks;
}

function disksOf(run: Run, { steps }: RestorePlan): TestedDisk[] {
    return steps.flatMap((step) => (step.kind === "attach" ? [{ device: step.device, volumeId: idOf(run, step.volume) }] : []));
}

/** The helper is no part of the backup, so a test without it has no result. */
async function reach(run: Run, serverId: string): Promise<Check[]> {
    const cure = "Start the server and its SSM Agent.";
    await waitFor(run, { event: `Systems Manager reaches ${serverId}`, limitMs: START_MS, cure }, async () =>
        (await run.cloud.isReachable(serverId)) ? true : undefined,
    );
    return [];
}

/** Waits for EC2's status checks, and for Systems Manager. */
async function checkServer({ clients, abortSignal }: Session, run: Run, serverId: string): Promise<Check[]> {
    const request = new DescribeInstanceStatusCommand({ InstanceIds: [serverId] });
    const isWell = async () => {
        const { InstanceStatuses: [status] = [] } = await clients.ec2.send(request, { abortSignal });
        return [status?.SystemStatus, status?.InstanceStatus].every((one) => one?.Status === "ok") || undefined;
    };
    const fault =
        (await attempt(() => waitFor(run, { event: `${serverId} passes its status checks`, limitMs: START_MS, cure: "" }, isWell))) ??
        (await attempt(() => reach(run, serverId)));
    return [
        {
            check: "server",
            about: serverId,
            passed: fault === undefined,
            sentence: fault ?? "The new server passes EC2's status checks, and Systems Manager reaches it.",
        },
    ];
}

/** @returns the sentence of a failure that is a result; undefined without one */
async function attempt(act: () => Promise<unknown>): Promise<string | undefined> {
    try {
        await act();
        return undefined;
    } catch (error) {
        if (error instanceof Failure) {
            return error.message;
        }
        throw error;
    }
}

async function checkDisks(
    session: Session,
    run: Run,
    { serverId, disks, mayChange }: { readonly serverId: string; readonly disks: readonly TestedDisk[]; readonly mayChange: boolean },
): Promise<Check[]> {
    const ids = disks.map(({ volumeId }) => volumeId);
    if (mayChange) {
        // If that fails, the disks are offline, which the list below shows.
        await attempt(() => bringOnline(session.clients.ssm, run.clock, serverId, ids));
    }
    const shown = await run.cloud.showDisks(serverId);
    return disks.map(({ device, volumeId }) => {
        const fault = faultOf(shown.find(({ serial }) => serial === serialOf(volumeId)));
        return {
            check: "disk",
            about: device,
            passed: fault === undefined,
            sentence: `The disk ${device} (${volumeId}) ${fault ?? "is online"}.`,
        };
    });
}

function faultOf(disk: ShownDisk | undefined): string | undefined {
    if (disk === undefined) {
        return "does not appear in Windows";
    }
    return disk.isOffline ? "stays offline" : disk.signature === "" ? "is raw" : undefined;
}

async function checkFileSystems({ clients }: Session, run: Run, serverId: string, disks: readonly TestedDisk[]): Promise<Check[]> {
    const ids = disks.map(({ volumeId }) => volumeId);
    const found = await readFileSystems(clients.ssm, run.clock, serverId, ids);
    return disks.map(({ device, volumeId }) => {
        const own = found.filter(({ serial }) => serial === serialOf(volumeId));
        const fault = fileSystemFault(own);
        const entries = own.reduce((sum, one) => sum + one.entries, 0);
        return {
            check: "file system",
            about: device,
            passed: fault === undefined,
            sentence: `The disk ${device} ${fault ?? `can be read: ${own.map(({ type }) => type).join(", ")}, ${entries} entries in the root`}.`,
        };
    });
}

function fileSystemFault(found: readonly FileSystem[]): string | undefined {
    const broken = found.find(({ error, type }) => error !== "" || type === "");
    if (found.length === 0) {
        return "has no file system that Windows knows";
    }
    return broken && `can't be read: ${broken.error.trim() || "its file system is unknown"}`;
}

/** Runs the user's script with the list `$VssBackupDisks`. An error that nobody catches ends it, and fails the test. */
async function checkScript(
    { clients }: Session,
    run: Run,
    serverId: string,
    { script, disks }: { readonly script: string; readonly disks: readonly TestedDisk[] },
): Promise<Check> {
    const given = disks.map(({ device, volumeId }) => ({ device, serial: serialOf(volumeId) }));
    const head = `$ErrorActionPreference = 'Stop'\n$VssBackupDisks = '${JSON.stringify(given)}' | ConvertFrom-Json\n`;
    const fault = await attempt(() => runScript(clients.ssm, run.clock, serverId, `${head}${script}`, SCRIPT_MS));
    return {
        check: "script",
        about: serverId,
        passed: fault === undefined,
        sentence: fault ?? "The script ended with exit code 0.",
    };
}
