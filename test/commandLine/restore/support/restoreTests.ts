import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testRestore } from "../../../../cli/commands/restore/test";
import type { AwsOptions } from "../../../../rehearsal/embeddedAws/aws";
import { AwsError } from "../../../../rehearsal/embeddedAws/call";
import { answerOf, send } from "../../../../rehearsal/embeddedAws/exchange";
import type { StoredRun } from "../../../../rehearsal/embeddedAws/state";
import { NOW } from "../../support/account";
import { type Performed, type PerformOptions, perform } from "../../support/session";
import { type RestoreAccount, restoreAccount } from "./restoreAccount";

const ISOLATED = "sg-0000000000000000f";

/** The account of `web01` and `rescue01`, with a security group that isolates. */
export function testAccount(): RestoreAccount {
    const account = restoreAccount();
    const group = { name: "isolated", description: "", vpcId: "vpc-0123456789abcdef0", tags: new Map(), permitsEgress: false };
    account.ec2.groups.set(ISOLATED, { ...group, id: ISOLATED });
    for (const { id } of account.servers.flatMap(({ volumes }) => volumes)) {
        account.store.volumes.get(id) ?? account.store.volumes.add(id);
    }
    return Object.assign(account, { metrics: [] });
}

type Options = Parameters<typeof testRestore>[2];

export const VOLUMES: Options = { mode: "volumes", on: "rescue01", anotherZone: false, cleanUp: false, takeOver: false, yes: true };
export const SERVER: Options = {
    mode: "server",
    securityGroup: [ISOLATED],
    anotherZone: false,
    cleanUp: false,
    takeOver: false,
    yes: true,
};
export const CLEAN_UP: Options = { mode: "volumes", anotherZone: false, cleanUp: true, takeOver: true, yes: true };

/** A clock whose pauses take no time. */
function makeClock() {
    let time = NOW;
    return {
        now: () => time,
        pause: async (ms: number) => {
            time += ms;
        },
    };
}

/** Performs `restore test` in this process. */
export function test(
    account: RestoreAccount,
    options: Options,
    { server = "web01", ...given }: PerformOptions & { readonly server?: string | undefined } = {},
): Promise<Performed> {
    const clock = makeClock();
    const write = process.stderr.write;
    process.stderr.write = () => true;
    return perform("restore test", (session) => testRestore({ ...session, clock }, server, options), account, given).finally(() => {
        process.stderr.write = write;
    });
}

/** All that is in an account, without the results of tests. */
export function pictureOf({ store, servers, ec2, parameters }: RestoreAccount): object {
    return {
        volumes: [...store.volumes].map((id) => [id, store.volumes.get(id)?.state, store.volumes.get(id)?.disk]).sort(),
        servers: servers
            .filter(({ state }) => state !== "terminated")
            .map(({ id, state = "running", volumes }) => [id, state, volumes.map((volume) => [volume.id, volume.device])]),
        images: [...ec2.images.keys()],
        snapshots: store.all().map(({ id, tags }) => [id, [...tags].filter(([key]) => key !== "VssBackupTested")]),
        parameters: [...parameters].filter(([name]) => !name.includes("/restore-tests/")),
    };
}

export function isChange(action: string): boolean {
    return !/^(Describe|Get|List)/.test(action);
}

/** Ends the process after the effect of the change with this number: its response is lost, and no later request arrives. */
export function crashAfter(number: number): AwsOptions {
    let changes = 0;
    const gone = new AwsError("AuthFailure", "the process has ended", 401);
    return {
        faults: ({ action }) => {
            if (changes >= number) {
                return async (exchange) => send(exchange, answerOf(gone, exchange.protocol));
            }
            changes += isChange(action) ? 1 : 0;
            return changes < number
                ? undefined
                : async (exchange) => {
                      await exchange.carryOut();
                      send(exchange, answerOf(gone, exchange.protocol));
                  };
        },
    };
}

/** Lets scripts with a text have a result. */
export function scripted(account: RestoreAccount, text: string, run: StoredRun): RestoreAccount {
    account.ec2.behaviour.runScript = (_server, script) => (script.includes(text) ? run : undefined);
    return account;
}

/** Uses a file with a script. */
export async function withScript<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), "vss-backup-script-"));
    try {
        const file = join(folder, "check.ps1");
        writeFileSync(file, text);
        return await use(file);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
