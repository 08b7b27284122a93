import assert from "node:assert/strict";
import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { DATA, DATA_SNAPSHOT, diskAccount, NOW, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

function accountWithImage() {
    const account = diskAccount();
    const image = { name: "clone", description: "", platformDetails: "Windows", rootDevice: "/dev/sda1", createdAt: NOW, volumes: [] };
    account.ec2.images.set("ami-1", { ...image, id: "ami-1", state: "available", tags: new Map() });
    return account;
}

const RESOURCES = [DATA, DATA_SNAPSHOT, SERVER, "ami-1"];

function tagsIn({ store, ec2, server }: ReturnType<typeof accountWithImage>) {
    const maps = [store.volumes.get(DATA)?.tags, store.get(DATA_SNAPSHOT)?.tags, server.tags, ec2.images.get("ami-1")?.tags];
    return maps.map((tags) => [...(tags ?? [])].map((pair) => pair.join("=")).join());
}

describe("Tags of the embedded EC2", () => {
    it("are put on volumes, snapshots, instances and images, and taken away", async () => {
        const account = accountWithImage();
        const Tags = [{ Key: "Name", Value: "new" }];
        const seen = await withEc2(account, async (ec2) => {
            await ec2.send(new CreateTagsCommand({ Resources: RESOURCES, Tags }));
            const put = tagsIn(account);
            await ec2.send(new DeleteTagsCommand({ Resources: RESOURCES, Tags: [{ Key: "Name", Value: "old" }] }));
            const kept = tagsIn(account);
            await ec2.send(new DeleteTagsCommand({ Resources: RESOURCES, Tags: [{ Key: "Name" }] }));
            return { put, kept, gone: tagsIn(account) };
        });
        const all = ["Name=new", "VssBackupPolicy=prod,Name=new", "Name=new", "Name=new"];
        assert.deepEqual(seen, { put: all, kept: all, gone: ["", "VssBackupPolicy=prod", "", ""] });
    });

    it("of one server do not change when those of another do, although the account gave both the same", async () => {
        const account = accountWithImage();
        const other = { ...account.server, id: "i-other" };
        account.servers.push(other);
        await withEc2(account, (ec2) => ec2.send(new CreateTagsCommand({ Resources: [SERVER], Tags: [{ Key: "a", Value: "b" }] })));
        assert.deepEqual(other.tags, new Map([["Name", "web01"]]));
    });

    it("are refused for things that do not exist, and then none is put", async () => {
        const account = accountWithImage();
        const before = tagsIn(account);
        const refusals = await withEc2(account, async (ec2) => {
            const refused: [string, string][] = [];
            for (const id of ["vol-none", "snap-none", "i-none", "ami-none", "sg-none", "lt-1"]) {
                refused.push(
                    await refusalOf(ec2.send(new CreateTagsCommand({ Resources: [...RESOURCES, id], Tags: [{ Key: "a", Value: "b" }] }))),
                );
            }
            return refused;
        });
        assert.deepEqual(refusals, [
            ["InvalidVolume.NotFound", "The volume 'vol-none' does not exist."],
            ["InvalidSnapshot.NotFound", "The snapshot 'snap-none' does not exist."],
            ["InvalidInstanceID.NotFound", "The instance ID 'i-none' does not exist"],
            ["InvalidAMIID.NotFound", "The image id '[ami-none]' does not exist"],
            ["InvalidGroup.NotFound", "The security group 'sg-none' does not exist"],
            ["InvalidID", "The ID 'lt-1' is not valid"],
        ]);
        assert.deepEqual(tagsIn(account), before);
    });
});
