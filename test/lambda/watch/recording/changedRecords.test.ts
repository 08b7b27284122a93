import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { packed, type RecordedServer, type RecordedVolume, recordedServerOf } from "../../../../lambda/recordedServer";
import { changedRecords, type StoredRecord } from "../../../../lambda/watch/recording/changedRecords";

function volume(id: string, given: Partial<RecordedVolume> = {}): RecordedVolume {
    const settings = { type: "gp3", iops: 3000, throughput: 125, sizeGib: 100, encrypted: false, deleteOnTermination: false };
    return { id, device: "xvdb", ...settings, tags: {}, ...given };
}

function server(id: string, given: Partial<RecordedServer> = {}): RecordedServer {
    return {
        version: 1,
        id,
        instanceType: "m7i.large",
        zone: "eu-central-1a",
        securityGroups: [],
        imageId: "ami-1",
        platformDetails: "Windows",
        rootDevice: "/dev/sda1",
        tags: {},
        volumes: [],
        formerVolumes: [],
        ...given,
    };
}

function stored(...records: (readonly [server: RecordedServer, writtenAt: number])[]): Map<string, StoredRecord> {
    return new Map(records.map(([one, writtenAt]) => [one.id, { value: packed(JSON.stringify(one)), writtenAt }]));
}

const always = () => true;

/** The record that a run would write over another one. */
function written(present: RecordedServer, before?: RecordedServer, hasSnapshot: (volumeId: string) => boolean = always) {
    const [changed] = changedRecords([present], stored(...(before ? [[before, 1] as const] : [])), hasSnapshot);
    return changed && recordedServerOf(changed.value);
}

/** 17 hexadecimal digits without a pattern, as in ids of AWS. */
function digits(seed: number): string {
    return createHash("sha256").update(String(seed)).digest("hex").slice(0, 17);
}

/** A server as large ones are: each volume is encrypted, and has a few tags. */
function large(volumes: number, tags: number): RecordedServer {
    const textOf = (seed: number) => `value ${digits(seed)} ${digits(seed + 7)}`;
    const tagsOf = (seed: number) => Object.fromEntries([...Array(tags).keys()].map((i) => [`Key${i}`, textOf(seed * 100 + i)]));
    return server("i-0123456789abcdef0", {
        tags: tagsOf(1),
        volumes: [...Array(volumes).keys()].map((i) =>
            volume(`vol-${digits(i)}`, {
                device: `xvd${String.fromCharCode(98 + (i % 25))}${i > 24 ? "a" : ""}`,
                sizeGib: 100 + i,
                encrypted: true,
                kmsKey: "arn:aws:kms:eu-central-1:123456789012:key/6d9b3d0e-7e0f-4c55-9b7e-2f2d0b1f2a11",
                tags: tagsOf(i),
            }),
        ),
    });
}

/** What a record lacks, and how many tags, volumes and former volumes it has. */
function leftOutOf(record: RecordedServer | undefined): unknown[] {
    return [record?.leftOut, Object.keys(record?.tags ?? {}).length, record?.volumes.length, record?.formerVolumes.length];
}

describe("The records that a run writes", () => {
    it("are those that are missing or differ", () => {
        const [same, changed, fresh] = [server("i-1"), server("i-2"), server("i-3")];
        const before = stored([same, 1], [{ ...changed, zone: "eu-central-1b" }, 2], [server("i-9"), 3]);
        assert.deepEqual(changedRecords([same, changed, fresh], before, always), [
            { server: "i-3", value: JSON.stringify(fresh) },
            { server: "i-2", value: JSON.stringify(changed) },
        ]);
    });

    it("are missing ones first, and then the oldest, so that each server has its turn", () => {
        const ids = ["i-5", "i-4", "i-3", "i-2", "i-1"];
        const old = (id: string) => server(id, { zone: "old" });
        const before = stored([old("i-1"), 30], [old("i-2"), 10], [old("i-3"), 20], [old("i-6"), 1]);
        assert.deepEqual(
            changedRecords(
                ids.map((id) => server(id)),
                before,
                always,
            ).map(({ server: id }) => id),
            ["i-4", "i-5", "i-2", "i-3", "i-1"],
        );
    });

    it("replace a record that this version can't read", () => {
        const before = new Map([["i-1", { value: "not a record", writtenAt: 1 }]]);
        assert.deepEqual(changedRecords([server("i-1")], before, always), [{ server: "i-1", value: JSON.stringify(server("i-1")) }]);
    });

    it("do not change because deflating does: only the text counts", () => {
        const one = large(28, 2);
        const before = stored([one, 1]);
        assert.equal(before.get(one.id)?.value.startsWith("{"), false);
        assert.deepEqual(changedRecords([one], before, always), []);
    });

    it("keep volumes that are gone, as long as there are snapshots of them", () => {
        const [root, data, log] = [volume("vol-1", { device: "/dev/sda1" }), volume("vol-2"), volume("vol-3", { device: "xvdc" })];
        const whole = server("i-1", { volumes: [root, data, log] });
        const withoutData = written(server("i-1", { volumes: [root, log] }), whole);
        assert.deepEqual(withoutData?.formerVolumes, [data]);
        const alone = written(server("i-1", { volumes: [root] }), withoutData);
        assert.deepEqual(alone?.formerVolumes, [data, log]);
        const covered = written(server("i-1", { volumes: [root] }), withoutData, (id) => id === "vol-3");
        assert.deepEqual(covered?.formerVolumes, [log]);
        const back = written(server("i-1", { volumes: [root, { ...data, iops: 4000 }] }), alone);
        assert.deepEqual([back?.volumes.map(({ iops }) => iops), back?.formerVolumes], [[3000, 4000], [log]]);
        const second = volume("vol-0");
        const both = written(server("i-1"), server("i-1", { volumes: [second], formerVolumes: [data] }));
        assert.deepEqual(both?.formerVolumes, [second, data]);
    });

    it("keep the newest settings of a volume that was gone, came back and is gone again", () => {
        const before = server("i-1", { volumes: [volume("vol-1", { iops: 2 })], formerVolumes: [volume("vol-1", { iops: 1 })] });
        assert.deepEqual(written(server("i-1"), before)?.formerVolumes, [volume("vol-1", { iops: 2 })]);
    });

    for (const [volumes, tags, price, leftOut] of [
        [2, 2, "free", undefined],
        [28, 0, "free", undefined],
        [28, 2, "free", undefined],
        [28, 5, "paid", undefined],
        [28, 12, "free", ["tags of volumes"]],
        [128, 0, "free", undefined],
        [128, 2, "free", ["tags of volumes"]],
    ] as const) {
        it(`fit into a ${price} parameter: ${volumes} volumes with ${tags} tags each`, () => {
            const [changed] = changedRecords([large(volumes, tags)], new Map(), always);
            const record = recordedServerOf(changed?.value ?? "");
            const bytes = changed?.value.length ?? 0;
            assert.deepEqual([bytes <= 4096 ? "free" : "paid", bytes <= 8192, record?.leftOut], [price, true, leftOut]);
            assert.deepEqual(
                record?.volumes.map(({ tags: _, ...settings }) => settings),
                large(volumes, 0).volumes.map(({ tags: _, ...settings }) => settings),
            );
        });
    }

    it("leave out tags of volumes first, then tags of the server, then former volumes", () => {
        const tagged = large(1, 600);
        assert.deepEqual(leftOutOf(written(tagged)), [["tags of volumes", "tags"], 0, 1, 0]);
        const former = [...Array(800).keys()].map((i) => volume(`vol-${digits(i + 1000)}`));
        const crowded = written(tagged, server(tagged.id, { formerVolumes: former }));
        assert.deepEqual(leftOutOf(crowded), [["tags of volumes", "tags", "former volumes"], 0, 1, 0]);
        const fewer = written(large(1, 300), server(tagged.id, { formerVolumes: former.slice(0, 3) }));
        assert.deepEqual(leftOutOf(fewer), [["tags of volumes"], 300, 1, 3]);
    });

    it("come back as they were, whatever tags hold, and are written once", () => {
        const text = fc.string({ unit: "grapheme", maxLength: 200 });
        fc.assert(
            fc.property(fc.dictionary(text, text, { maxKeys: 40 }), (tags) => {
                const present = server("i-1", { tags: { ...tags, Name: "{{ssm:password}}" } });
                const [changed] = changedRecords([present], new Map(), always);
                const value = changed?.value ?? "";
                assert.equal(/\{\{/.test(value) || value.length > 8192, false);
                const record = recordedServerOf(value);
                assert.deepEqual(record?.leftOut ? {} : present.tags, record?.tags);
                assert.deepEqual(changedRecords([present], new Map([["i-1", { value, writtenAt: 1 }]]), always), []);
            }),
        );
    });
});
