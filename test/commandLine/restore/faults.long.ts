import assert from "node:assert/strict";
import type { RestoreRequest } from "../../../cli/restore/plan/request";
import type { AwsCall } from "../../../rehearsal/embeddedAws/call";
import {
    accessDenied,
    answerLate,
    type Fault,
    halfBody,
    lateConnectionReset,
    lostResponse,
    missingResponse,
    throttling,
} from "../../support/faults";
import { withEmbeddedAws } from "../support/vssBackup";
import { type EmbeddedRun, startRun } from "./support/embeddedRun";
import { DATA, filesOf, RESCUE, type RestoreAccount, restoreAccount, stateOf, WEB } from "./support/restoreAccount";

type Wanted = Omit<RestoreRequest, "id" | "madeAt">;

const COMMON = { serverId: WEB, backup: false, anotherZone: false } as const;

const MODES: Readonly<Record<string, Omit<Wanted, "from">>> = {
    volumes: { ...COMMON, mode: "volumes" },
    root: { ...COMMON, mode: "root" },
    attach: { ...COMMON, mode: "attach", targetId: RESCUE },
    server: { ...COMMON, mode: "server", securityGroupIds: ["sg-0123456789abcdef0"] },
};

/** After these, the SDK sends the request again. */
const PASSING: Readonly<Record<string, Fault>> = {
    "throttled once": throttling,
    "carried out, with a lost connection": lateConnectionReset,
    "not carried out, and times out": missingResponse,
    "carried out, and times out": lostResponse,
    "answered with half of a response": halfBody,
    "answered late": answerLate(100),
};

/** All faults in all calls take five minutes. So each call has one of them, unless the environment wants all. */
const ALL = process.env.FAULTS === "all";
const TURNS = ALL ? Object.keys(PASSING).length : 1;

/** The servers as they are: their states, and the files on their disks. */
function pictureOf(account: RestoreAccount): object {
    return account.servers.map(({ id }) => [stateOf(account, id), filesOf(account, id)]);
}

function holdsOf({ store }: RestoreAccount): string[] {
    return store.all().flatMap(({ id, tags }) => (tags.has("VssBackupHold") ? [id] : []));
}

/** Applies a restore with a fault in one call of AWS. The number counts the calls of the restore, without their retries. */
async function applyWith(
    mode: string,
    fault: { readonly number: number; readonly fault: Fault } | undefined,
    use: (run: EmbeddedRun, account: RestoreAccount, calls: readonly AwsCall[], error: unknown) => Promise<void>,
): Promise<void> {
    const account = restoreAccount();
    let isOn = false;
    let count = 0;
    const faults = ({ attempt }: AwsCall) => {
        count += isOn && attempt === 1 ? 1 : 0;
        return isOn && attempt === 1 && count === fault?.number ? fault.fault : undefined;
    };
    await withEmbeddedAws(account, { faults }, async ({ endpoint, calls }) => {
        const run = await startRun(endpoint, { ...(MODES[mode] as Omit<Wanted, "from">), from: account.point[DATA] ?? "" });
        const before = calls.length;
        isOn = true;
        const error = await run.store
            .create(run.newRecord())
            .then(() => run.apply(run.newRecord()))
            .then(
                () => undefined,
                (reason: unknown) => reason,
            );
        isOn = false;
        await use(run, account, calls.slice(before), error);
    });
}

for (const mode of Object.keys(MODES)) {
    describe(`Each call of a restore in the mode ${mode}`, () => {
        let expected: object;
        let unchanged: object;
        let calls: readonly AwsCall[] = [];

        before(async () => {
            unchanged = pictureOf(restoreAccount());
            await applyWith(mode, undefined, async (_run, account, made, error) => {
                assert.equal(error, undefined);
                expected = pictureOf(account);
                calls = made;
            });
        });

        for (const [turn, what] of Object.keys(PASSING).slice(0, TURNS).entries()) {
            it(`may be ${TURNS === 1 ? "disturbed" : what}, and nothing changes in the result`, async () => {
                for (let number = 1; number <= calls.length; number++) {
                    const fault = Object.values(PASSING)[ALL ? turn : number % Object.keys(PASSING).length] as Fault;
                    await applyWith(mode, { number, fault }, async (_run, account, _calls, error) => {
                        const name = `${number}: ${calls[number - 1]?.action}`;
                        assert.deepEqual([name, error, pictureOf(account), holdsOf(account)], [name, undefined, expected, []]);
                    });
                }
            });
        }

        for (const wish of ["apply", "undo"] as const) {
            it(`may be refused, and then ${wish} finishes it`, async () => {
                for (let number = 2; number <= calls.length; number++) {
                    await applyWith(mode, { number, fault: accessDenied }, async (run, account) => {
                        const name = `${number}: ${calls[number - 1]?.action}`;
                        const record = (await run.store.find(run.plan.request.id)) ?? run.newRecord();
                        const canApply = wish === "apply" && record.state === "applying";
                        const end = record.state === "applied" ? record : await (canApply ? run.apply : run.undo)(record);
                        const wanted = end.state === "applied" ? expected : unchanged;
                        assert.deepEqual([name, serversOf(account, wanted), holdsOf(account)], [name, wanted, []]);
                    });
                }
            });
        }
    });
}

/** The picture of as many servers as the other one has: a server beside stays, stopped, after undo. */
function serversOf(account: RestoreAccount, like: object): object {
    return (pictureOf(account) as unknown[]).slice(0, (like as unknown[]).length);
}
