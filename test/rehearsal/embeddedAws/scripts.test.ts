import assert from "node:assert/strict";
import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { disksOf } from "../../../rehearsal/embeddedAws/windowsDisks";
import { withAws } from "../../support/awsClients";
import { codesOf, DATA, type DiskAccount, diskAccount, SERVER } from "../embeddedEc2/serverWithDisks";

function send(ssm: SSMClient, ...commands: string[]) {
    return ssm.send(new SendCommandCommand({ DocumentName: "AWS-RunPowerShellScript", InstanceIds: [SERVER], Parameters: { commands } }));
}

/** Runs a script, and returns its status and its output. */
function run(account: DiskAccount, ...commands: string[]) {
    const { server, ...state } = account;
    return withAws(state, async ({ ssm }) => {
        const { Command } = await send(ssm, ...commands);
        const result = await ssm.send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: SERVER }));
        return [result.Status, result.StatusDetails, result.ResponseCode, result.PluginName, result.StandardOutputContent];
    });
}

/** An account with a copy of the data volume at its server, which Windows keeps offline. */
function accountWithCopy(): DiskAccount {
    const account = diskAccount();
    const disk = account.store.volumes.get(DATA)?.disk;
    account.store.volumes.add("vol-0000000000000000e", { ...(disk && { disk }) });
    account.server.volumes = [...account.server.volumes, { id: "vol-0000000000000000e", device: "xvde", mounted: false }];
    return account;
}

function disks({ server, store }: DiskAccount) {
    return disksOf(server, store.volumes).map(({ serial, isOffline, signature, letters }) => [
        serial,
        isOffline,
        signature,
        letters.join(""),
    ]);
}

const ROOT_DISK = ["vol0000000000000000c", false, "AAAA0001", "C"];
const DATA_DISK = ["vol0000000000000000d", false, "AAAA0002", "DE"];

describe("Scripts on embedded servers", () => {
    it("print the disks as JSON, as Get-Disk knows them", async () => {
        const account = accountWithCopy();
        const disk = (serial: string, number: number, signature: string, letters: string[]) => ({
            serial,
            number,
            isOffline: letters.length === 0,
            isReadOnly: letters.length === 0,
            signature,
            letters,
        });
        const output = [
            disk("vol0000000000000000c", 0, "AAAA0001", ["C"]),
            disk("vol0000000000000000d", 1, "AAAA0002", ["D", "E"]),
            disk("vol0000000000000000e", 2, "AAAA0002", []),
        ];
        assert.deepEqual(await run(account, "$disks = Get-Disk", "$disks | ConvertTo-Json"), [
            "Success",
            "Success",
            0,
            "runPowerShellScript",
            JSON.stringify(output),
        ]);
    });

    it("print nothing if they do not look at the disks", async () => {
        assert.deepEqual(await run(diskAccount(), "Get-Date"), ["Success", "Success", 0, "runPowerShellScript", ""]);
    });

    it("bring a disk online, and Windows gives a copy another signature", async () => {
        const account = accountWithCopy();
        await run(account, "$serials = 'vol0000000000000000e'", "Set-Disk -Number 2 -IsOffline $false");
        assert.deepEqual(disks(account), [ROOT_DISK, DATA_DISK, ["vol0000000000000000e", false, "0000000E", "DE"]]);
    });

    it("bring all disks online if they name none", async () => {
        const account = accountWithCopy();
        account.store.volumes.add("vol-0000000000000000e", { disk: { signature: "AAAA0003", letters: ["F"], files: {} } });
        await run(account, "Get-Disk | Where-Object IsOffline | Set-Disk -IsOffline:$false");
        assert.deepEqual(disks(account), [ROOT_DISK, DATA_DISK, ["vol0000000000000000e", false, "AAAA0003", "F"]]);
    });

    it("put a disk offline, so that its detachment ends", async () => {
        const account = diskAccount();
        account.server.volumes = account.server.volumes.map((one) => (one.id === DATA ? { ...one, attachment: "busy" } : one));
        await run(account, "$serial = 'vol0000000000000000d'", "Set-Disk -Number 1 -IsOffline $true");
        account.ec2.read();
        assert.deepEqual(disks(account), [ROOT_DISK]);
    });

    it("put all disks offline if they name none, but not the disk of Windows", async () => {
        const account = diskAccount();
        await run(account, "Get-Disk | Set-Disk -IsOffline $true");
        assert.deepEqual(disks(account), [ROOT_DISK, ["vol0000000000000000d", true, "AAAA0002", ""]]);
    });

    it("destroy what is on offline disks if they initialize disks", async () => {
        const account = accountWithCopy();
        await run(account, "Get-Disk | Initialize-Disk -PartitionStyle GPT");
        assert.deepEqual(account.store.volumes.get("vol-0000000000000000e")?.disk, { signature: "", letters: [], files: {} });
        assert.deepEqual(disks(account), [ROOT_DISK, DATA_DISK, ["vol0000000000000000e", true, "", ""]]);
    });

    it("do not arrive at a server without a connection", async () => {
        const account = diskAccount();
        account.server.agent = "ConnectionLost";
        assert.deepEqual(await run(account, "Get-Disk"), ["TimedOut", "DeliveryTimedOut", -1, "", ""]);
    });

    it("can have the results that a test chooses", async () => {
        const account = diskAccount({
            runScript: (server, script) =>
                script.includes("Test-Orders") ? { status: "Failed", outputs: { runPowerShellScript: server.id } } : undefined,
        });
        assert.deepEqual(await run(account, "Test-Orders"), ["Failed", "Failed", -1, "runPowerShellScript", SERVER]);
        assert.deepEqual(await run(account, "Get-Date"), ["Success", "Success", 0, "runPowerShellScript", ""]);
    });

    it("are refused without commands, with other parameters, and on stopped servers", async () => {
        const account = diskAccount();
        const { server, ...state } = account;
        const codes = await withAws(state, ({ ssm }) => {
            const command = (Parameters: Record<string, string[]>) => () =>
                ssm.send(new SendCommandCommand({ DocumentName: "AWS-RunPowerShellScript", InstanceIds: [SERVER], Parameters }));
            return codesOf(
                command({}),
                command({ commands: ["Get-Date"], colour: ["red"] }),
                () => {
                    server.state = "stopped";
                    return send(ssm, "Get-Date");
                },
                () => ssm.send(new GetCommandInvocationCommand({ CommandId: "00000000-0000-4000-8000-000000000009", InstanceId: SERVER })),
            );
        });
        assert.deepEqual(codes, ["InvalidParameters", "InvalidParameters", "InvalidInstanceId", "InvocationDoesNotExist"]);
    });
});
