import assert from "node:assert/strict";
import { mock } from "node:test";
import timers from "node:timers/promises";
import {
    CreateTagsCommand,
    DeleteSnapshotCommand,
    DeleteVolumeCommand,
    DeregisterImageCommand,
    type EC2Client,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { forget } from "../../../cli/commands/restore/forget";
import { failureOf } from "../../../cli/failure";
import type { IamRequest } from "../../../rehearsal/embeddedAws/iam";
import { DEPLOYED, NOW } from "../support/account";
import { type PolicyDocument, READER, type Role, restoreDocument, roleWith, withoutAction, withoutStatement } from "../support/roles";
import { DATA, filesOf, RESCUE, type RestoreAccount, stateOf, WEB } from "./support/restoreAccount";
import { IMAGE, RESTORE_MODES, type RestoreMode, tagServer } from "./support/restoreModes";
import { apply, CONFIRMED, commandsOf, restore } from "./support/roleRun";

/** A mode that needs each statement of the document. */
const NEEDED_BY: Readonly<Record<string, string>> = {
    Look: "attach",
    Find: "attach",
    Write: "attach",
    ReadTasks: "volumes",
    Send: "attach",
    ToServers: "volumes",
    ToRestored: "attach",
    Servers: "root",
    Restored: "attach",
    Hold: "attach",
    FromBackups: "attach",
    Volumes: "attach",
    Root: "root",
    TagReplaced: "root",
    Make: "attach",
    MakeImages: "server beside",
    OfServers: "server beside",
    PassServerRole: "server beside",
    TagNew: "attach",
    RemoveMade: "attach",
    UseKeys: "attach",
};

function modeOf(name: string): RestoreMode {
    return RESTORE_MODES[name] as RestoreMode;
}

/** Looks if a role may not send one of these requests. */
async function isRefused({ iam, accessKeyId }: Role, requests: readonly IamRequest[]): Promise<boolean> {
    const refusals = await Promise.all(requests.map((request) => iam.refusal({ ...request, principal: accessKeyId })));
    return refusals.some((refusal) => refusal !== undefined);
}

/** Requests about things that no restore made, with the permission that each needs. The volume DATA is replaced, and waits for its removal. */
function deletionsIn({ point }: RestoreAccount): (readonly [permission: string, send: (ec2: EC2Client) => Promise<object>])[] {
    const Tags = [{ Key: "VssBackupRestoreStep", Value: "create-xvdd" }];
    return [
        ["ec2:DeleteVolume", (ec2) => ec2.send(new DeleteVolumeCommand({ VolumeId: DATA }))],
        ["ec2:DeleteSnapshot", (ec2) => ec2.send(new DeleteSnapshotCommand({ SnapshotId: point[DATA] }))],
        ["ec2:DeregisterImage", (ec2) => ec2.send(new DeregisterImageCommand({ ImageId: IMAGE }))],
        ["ec2:TerminateInstances", (ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [WEB] }))],
        ["ec2:TerminateInstances", (ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [RESCUE] }))],
        ["ec2:CreateTags", (ec2) => ec2.send(new CreateTagsCommand({ Resources: [DATA], Tags }))],
        ["ec2:CreateTags", (ec2) => ec2.send(new CreateTagsCommand({ Resources: [WEB], Tags }))],
        ["ec2:CreateTags", (ec2) => ec2.send(new CreateTagsCommand({ Resources: [IMAGE], Tags }))],
    ];
}

/** The fault of a command, as the user sees it. */
function faultOf(command: Promise<object>): Promise<string> {
    return command.then(
        () => "",
        (error: unknown) => failureOf(error).message,
    );
}

/** The permission that a fault names. */
function permissionIn(text: string): string | undefined {
    return /the permission (\w+:\w+) is missing/.exec(text)?.[1];
}

describe("The permissions of a reader and of a restore", () => {
    const { setTimeout: pause } = timers;
    const { write } = process.stderr;
    let document: PolicyDocument;
    let runs: Readonly<Record<string, { readonly fault: string; readonly requests: readonly IamRequest[] }>>;

    before(async () => {
        document = await restoreDocument();
        mock.timers.enable({ apis: ["Date"], now: NOW });
        // Only the commands pause in this way. What they print is no concern of these tests.
        Object.assign(timers, { setTimeout: () => new Promise((resolve) => setImmediate(resolve)) });
        process.stderr.write = () => true;
        const entries = Object.entries(RESTORE_MODES).map(async ([name, mode]) => {
            const role = roleWith(READER, document);
            return [name, { fault: await restore(role, mode, mode.account()), requests: role.requests }] as const;
        });
        runs = Object.fromEntries(await Promise.all(entries));
    });

    after(() => {
        mock.timers.reset();
        Object.assign(timers, { setTimeout: pause });
        process.stderr.write = write;
    });

    for (const name of Object.keys(RESTORE_MODES)) {
        it(`allow the mode ${name}, its undo and its removal`, () => {
            assert.equal(runs[name]?.fault, "");
        });
    }

    it("allow all of that without the permissions of a reader, too", async () => {
        const requests = Object.values(runs).flatMap((run) => run.requests);
        assert.deepEqual([requests.length > 500, await isRefused(roleWith(document), requests)], [true, false]);
    });

    it("have no other statements than these tests know", () => {
        assert.deepEqual(
            document.Statement.map(({ Sid }) => Sid),
            Object.keys(NEEDED_BY),
        );
    });

    for (const [sid, name] of Object.entries(NEEDED_BY)) {
        it(`need the statement ${sid} in the mode ${name}, and each of its actions`, async () => {
            const actions = document.Statement.flatMap(({ Sid, Action }) => (Sid === sid ? Action : []));
            const text = await restore(roleWith(withoutStatement(document, sid)), modeOf(name), modeOf(name).account());
            if (sid === "UseKeys") {
                // EC2 accepts the request, and does not say why the volume fails.
                assert.match(text, /^EC2 could not make the volume vol-\w+ from snap-\w+\.$/);
            } else {
                assert.equal(actions.includes(permissionIn(text) ?? "none"), true, text);
            }
            const requests = Object.values(runs).flatMap((run) => run.requests);
            const needless: string[] = [];
            for (const action of actions) {
                const role = roleWith(withoutAction(document, action, sid));
                const ofAction = requests.filter((request) => request.action === action);
                needless.push(...((await isRefused(role, ofAction)) ? [] : [action]));
            }
            assert.deepEqual(needless, []);
        });
    }

    for (const [name, permission] of Object.entries({
        attach: "ec2:AttachVolume",
        volumes: "ec2:StopInstances",
        root: "ec2:CreateReplaceRootVolumeTask",
        "server beside": "ec2:CreateImage",
    })) {
        it(`do not allow the mode ${name} on a server of another policy`, async () => {
            const { account: makeAccount, options } = modeOf(name);
            const account = makeAccount();
            tagServer(account, WEB, "VssBackup", "prod-2");
            const target = name === "attach" ? { to: WEB } : {};
            const before = [filesOf(account, WEB), stateOf(account, WEB)];
            const text = await restore(
                roleWith(READER, document),
                { account: makeAccount, options: { ...options, ...target, backup: false } },
                account,
            );
            assert.deepEqual([permissionIn(text), filesOf(account, WEB), stateOf(account, WEB)], [permission, ...before], text);
        });
    }

    it("do not allow a restore from backups of another policy", async () => {
        const account = modeOf("attach").account();
        const settings = { ...DEPLOYED.settings, name: "prod-2" };
        account.parameters.clear();
        account.parameters.set("/vss-backup/prod-2/settings", JSON.stringify({ ...DEPLOYED, settings }));
        for (const { tags } of account.store.all()) {
            tags.set("VssBackupPolicy", "prod-2");
        }
        const text = await restore(roleWith(READER, document), modeOf("attach"), account);
        assert.deepEqual([permissionIn(text), [...account.parameters.keys()]], ["ssm:PutParameter", ["/vss-backup/prod-2/settings"]]);
    });

    it("do not allow to delete or to mark things that no restore made", async () => {
        const { account: makeAccount, options } = modeOf("volumes");
        const account = makeAccount();
        const command = commandsOf(account, roleWith(READER, document));
        const { id } = await apply(command, options);
        const wanted = deletionsIn(account);
        const found: (string | undefined)[] = [];
        for (const [, send] of wanted) {
            found.push(
                permissionIn(await faultOf(command(async ({ clients }) => ({ exitCode: 0, result: await send(clients.ec2), text: "" })))),
            );
        }
        assert.deepEqual(
            found,
            wanted.map(([permission]) => permission),
        );
        assert.equal(permissionIn(await faultOf(command((session) => forget(session, id, CONFIRMED)))), "ec2:DeleteVolume");
    });
});
