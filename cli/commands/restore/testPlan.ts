import { isRestorePoint } from "../../../lambda/watch/serverSets";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import type { RecordStore } from "../../restore/apply/recordStore";
import type { RestorePlan } from "../../restore/plan/steps";
import { TEST_PREFIX, type TestMode } from "../../restore/plan/testId";
import { lastTests } from "../../restore/test/result";
import { chooseServer } from "../../restore/world/choosing";
import type { Sources } from "../../restore/world/sources";
import { wordOf } from "../../serverLabel";
import type { Session } from "../../session";
import { planNow } from "./planning";
import { makeRequest } from "./request";

/** The options that make the plan of a test. */
export interface TestPlanOptions {
    readonly mode: TestMode;
    readonly on?: string;
    readonly from?: string;
    readonly securityGroup?: readonly string[];
    readonly subnet?: string;
    readonly image?: string;
    readonly anotherZone: boolean;
}

/** Plans a test as a restore beside the server. @throws Failure if it is refused */
export async function planTest(
    session: Session,
    store: RecordStore,
    sources: Sources,
    { server, options }: { readonly server: string | undefined; readonly options: TestPlanOptions },
): Promise<RestorePlan> {
    const { mode, on, from, securityGroup, subnet, image, anotherZone } = options;
    checkOptions(options);
    const serverId = chooseServer(sources, server ?? (await untestedServer(session, sources)));
    const request = await makeRequest(session, sources, serverId, {
        mode: mode === "volumes" ? "attach" : "server",
        backup: false,
        anotherZone,
        ...(from !== undefined && { from }),
        ...(on !== undefined && { to: on }),
        ...(securityGroup !== undefined && { securityGroup }),
        ...(subnet !== undefined && { subnet }),
        ...(image !== undefined && { image }),
    });
    refuseOriginal(sources, serverId, request);
    const plan = await planNow(session, store, sources, { ...request, id: `${TEST_PREFIX}${request.id}` });
    if (!plan.steps.some(({ kind }) => kind === "checkDisks")) {
        throw new Failure(
            `Systems Manager does not reach ${on}, so nobody can check the disks.`,
            "Start the server and its SSM Agent, or give another one with --on.",
            EXIT.refused,
        );
    }
    // The test looks at more than this step.
    return { ...plan, word: wordFor(sources, serverId), steps: plan.steps.filter(({ kind }) => kind !== "checkDisks") };
}

/** The word for the server that is tested. That of the plan is of the server that the plan changes. */
function wordFor({ instances, records }: Sources, id: string): string {
    const live = instances.find(({ InstanceId }) => InstanceId === id)?.Tags?.find(({ Key }) => Key === "Name")?.Value;
    return wordOf({ id, name: live ?? records.find((record) => record.id === id)?.name ?? "" });
}

function checkOptions({ mode, on, securityGroup, subnet, image }: TestPlanOptions): void {
    const [isVolumes, others] = [mode === "volumes", [securityGroup, subnet, image].some((one) => one !== undefined)];
    if (isVolumes ? on === undefined || others : on !== undefined || securityGroup === undefined) {
        throw new Failure(
            isVolumes
                ? "The mode volumes needs --on, and takes no --security-group, --subnet or --image."
                : "The mode server needs --security-group, and takes no --on.",
            isVolumes
                ? "Give a Windows server that may take the volumes: --on rescue01"
                : "Give a security group that lets the new server reach Systems Manager, and nothing else.",
            EXIT.usage,
        );
    }
}

/** A test must not reach the users of the server. */
function refuseOriginal(
    { instances, records }: Sources,
    serverId: string,
    { targetId, securityGroupIds = [] }: { readonly targetId?: string; readonly securityGroupIds?: readonly string[] },
): void {
    if (targetId === serverId) {
        throw new Failure("The test would put the disks on the server itself.", "Give another server with --on.", EXIT.refused);
    }
    const live = instances.find(({ InstanceId }) => InstanceId === serverId);
    const own = live ? live.SecurityGroups?.map(({ GroupId }) => GroupId) : records.find(({ id }) => id === serverId)?.securityGroupIds;
    const shared = securityGroupIds.find((id) => own?.includes(id));
    if (shared !== undefined) {
        throw new Failure(
            `${shared} is a security group of the server itself, so it does not isolate the new one.`,
            "Give a security group that lets the new server reach Systems Manager, and nothing else.",
            EXIT.refused,
        );
    }
}

/** Finds the server of the policy that was never tested, or whose last test is the oldest. */
async function untestedServer(session: Session, { instances, sets }: Sources): Promise<string> {
    const { settings, targets } = session.policy;
    const { key, value } = targets.serverTag;
    const tests = await lastTests(session);
    const backedUp = new Set(sets.filter(isRestorePoint).flatMap(({ snapshots }) => snapshots.map(({ volumeId }) => volumeId)));
    const [next] = instances
        .filter(({ Tags = [] }) => Tags.some((tag) => tag.Key === key && tag.Value === value))
        .filter(({ BlockDeviceMappings = [] }) => BlockDeviceMappings.some(({ Ebs }) => backedUp.has(Ebs?.VolumeId ?? "")))
        .map(({ InstanceId = "" }) => ({ id: InstanceId, time: tests.get(InstanceId) ?? 0 }))
        .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
    if (next === undefined) {
        throw new Failure(`Policy ${settings.name} has no server with a restore point.`, "vss-backup status shows the servers.");
    }
    return next.id;
}
