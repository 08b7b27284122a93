import assert from "node:assert/strict";
import { addressDigest } from "../../../lambda/watch/addressDigest";
import type { Finding } from "../../../lambda/watch/finding";
import { memoryLines, readMemory } from "../../../lambda/watch/memoryLog";
import type { Server } from "../../../lambda/watch/signals";
import { backUp, type SetSketch } from "../../support/history";
import { DAY } from "../../support/watchedAccount";
import { finds, HEALTHY, look, lookFirst, NOW, read, SERVER } from "./healthOf";
import { memory } from "./sample";

const CONFIRM = "Open AWS's message to this address, and click its link. It is valid for two days.";

describe("The tags of servers", () => {
    finds("select nobody", { signals: { servers: { value: [] } } }, [
        {
            kind: "nobody targeted",
            severity: "problem",
            since: NOW,
            sentence: "No server has the tag VssBackup=prod, so nothing is backed up.",
            cure: 'Tag each server, with its id in the place of INSTANCE: aws ec2 create-tags --resources INSTANCE --tags "Key=VssBackup,Value=prod"',
        },
    ]);

    const other = { ...SERVER, id: "i-1", name: "", volumes: [] };
    const withOther = (tags: Record<string, string>, volumes = other.volumes as Server["volumes"]) => ({
        signals: { servers: { value: [SERVER, { ...other, tags, volumes }] } },
    });

    for (const tags of [{ VssBackup: "Prod" }, { vssbackup: "prod" }, { "Vss-Backup": " prod" }] as Record<string, string>[]) {
        const [[key, value] = []] = Object.entries(tags);
        finds(`have a typing error: ${key}=${value}`, withOther(tags), [
            {
                kind: "tag misspelled",
                severity: "problem",
                server: "i-1",
                since: NOW,
                sentence: `i-1 has the tag ${key}=${value}. The policy backs up VssBackup=prod, in exactly these letters.`,
                cure: 'aws ec2 create-tags --resources i-1 --tags "Key=VssBackup,Value=prod"',
            },
        ]);
    }

    for (const value of ["production", "prod-2", "pro-d"]) {
        finds(`are those of another policy: ${value}`, withOther({ VssBackup: value }), []);
    }

    const removed: Finding = {
        kind: "tag removed",
        severity: "problem",
        server: "i-1",
        since: NOW,
        sentence: "i-1 has restore points, and no longer the tag VssBackup=prod.",
        cure: 'Say why not, as the value of its tag VssBackupExclude. Or tag it again: aws ec2 create-tags --resources i-1 --tags "Key=VssBackup,Value=prod"',
    };
    const lost = {
        servers: { value: [SERVER, { ...other, tags: {}, volumes: [{ id: "vol-e", device: "xvdb", attachedAt: 0, isRoot: false }] }] },
    };
    const snapshots = {
        snapshots: {
            value: [...read(HEALTHY.snapshots), ...backUp({ at: "2027-03-10", volumes: ["e"] }).map((one) => ({ ...one, sizeGib: 1 }))],
        },
    };

    finds("were removed from a server with restore points", { signals: { ...lost, ...snapshots } }, [removed]);

    it("were changed to those of another policy, which is a note", () => {
        const [tagged] = read(lost.servers).slice(1);
        const moved = { ...(tagged as Server), tags: { VssBackup: "test" } };
        assert.deepEqual(look({ signals: { servers: { value: [SERVER, moved] }, ...snapshots } }).findings, [
            { ...removed, severity: "note", sentence: "i-1 has restore points, and no longer the tag VssBackup=prod but test." },
        ]);
    });
});

describe("What is not about one server", () => {
    const address = { subscriptions: { value: [{ protocol: "email", endpoint: "a@example.com", isConfirmed: false }] } };
    const unconfirmed: Finding = {
        kind: "subscription unconfirmed",
        severity: "note",
        about: "a@example.com",
        since: NOW,
        sentence: "a@example.com has not confirmed its email subscription, so it gets no message.",
        cure: "Open AWS's message to this address, and click its link. It is valid for two days.",
    };

    finds("is an address that has not confirmed yet", { signals: address }, [unconfirmed]);

    finds(
        "is an address that has not confirmed for a day",
        { signals: address, memory: { findings: [{ ...unconfirmed, since: NOW - DAY }] } },
        [{ ...unconfirmed, severity: "problem", since: NOW - DAY }],
    );

    const targets = { emails: { admins: addressDigest("A@example.com"), night: addressDigest("b@example.com") } };
    const subscribed = (...addresses: [endpoint: string, isConfirmed: boolean][]) => ({
        subscriptions: { value: addresses.map(([endpoint, isConfirmed]) => ({ protocol: "email", endpoint, isConfirmed })) },
    });
    const waiting = {
        ...unconfirmed,
        about: "admins",
        sentence: "The address admins of notificationEmails has not confirmed its subscription, so it gets no message.",
    };
    const missing = {
        ...waiting,
        sentence: "The address admins of notificationEmails has no subscription, so it gets no message.",
        cure: `Run pulumi up --refresh. ${unconfirmed.cure}`,
    };

    finds(
        "is an address of the policy that has not confirmed yet, by the name of its entry",
        { signals: subscribed(["a@example.com", false], ["b@example.com", true]), targets },
        [waiting],
    );

    finds(
        "is an address whose subscription SNS has deleted, since when it has not confirmed",
        {
            signals: subscribed(["B@example.com", true], ["c@example.com", true]),
            targets,
            memory: { findings: [{ ...waiting, since: NOW - DAY }] },
        },
        [{ ...missing, severity: "problem", since: NOW - DAY }],
    );

    finds(
        "are two addresses, one of the policy and one of somebody else",
        { signals: subscribed(["c@example.com", false]), targets },
        [
            { ...unconfirmed, about: "c@example.com", sentence: unconfirmed.sentence.replace("a@", "c@") },
            missing,
            { ...missing, about: "night", sentence: missing.sentence.replace("admins", "night") },
        ].toSorted((a, b) => (a.about < b.about ? -1 : 1)),
    );

    const old = [...backUp({ at: "2026-01-01", volumes: ["x", "y"] }), ...backUp({ at: "2026-01-02", volumes: ["c-0"] })].map((one) => ({
        ...one,
        sizeGib: 100,
        tags: one.volumeId === "vol-c-0" ? { ...one.tags, VssBackupHold: "" } : one.tags,
    }));

    finds("are old snapshots, with their cost", { signals: { snapshots: { value: [...read(HEALTHY.snapshots), ...old] } } }, [
        {
            kind: "snapshots aging",
            severity: "note",
            about: "held",
            since: NOW,
            sentence: "1 backup set is older than a year since somebody holds it. It costs at most $5.00 a month (100 GiB).",
            cure: "Take the tag VssBackupHold off the sets that you no longer need.",
        },
        {
            kind: "snapshots aging",
            severity: "note",
            about: "lost",
            since: NOW,
            sentence: "1 backup set is older than a year and of volumes that no server has. It costs at most $10.00 a month (200 GiB).",
            cure: "Set orphanDays, or delete those that you no longer need.",
        },
    ]);
});

describe("A server without the server tag", () => {
    const other = { ...SERVER, id: "i-1", name: "web1", volumes: [] };
    const tagged = (tags: Record<string, string>) => ({ servers: { value: [SERVER, { ...other, tags }] } });

    finds("is no typing error if it is excluded", { signals: tagged({ VssBackup: "Prod", VssBackupExclude: "a test server" }) }, []);

    finds("is no typing error if another tag has the value", { signals: tagged({ Environment: "prod" }) }, []);

    finds(
        "has a typing error in a key with separators",
        {
            signals: {
                servers: {
                    value: [
                        { ...SERVER, tags: { Vss_Backup: "prod" } },
                        { ...other, tags: { "vss-backup": "PROD " } },
                    ],
                },
            },
            targets: { serverTag: { key: "Vss_Backup", value: "prod" } },
        },
        [
            {
                kind: "tag misspelled",
                severity: "problem",
                server: "i-1",
                since: NOW,
                sentence: "web1 (i-1) has the tag vss-backup=PROD . The policy backs up Vss_Backup=prod, in exactly these letters.",
                cure: 'aws ec2 create-tags --resources i-1 --tags "Key=Vss_Backup,Value=prod"',
            },
        ],
    );

    it("is no problem if the snapshots can't be read", () => {
        const { findings } = look({ signals: { ...tagged({}), snapshots: { unread: "no" } } });
        assert.deepEqual(
            findings.map(({ kind, about }) => [kind, about]),
            [["unread", "snapshots"]],
        );
    });
});

describe("An address that has not confirmed", () => {
    const addresses = { subscriptions: { value: [{ protocol: "https", endpoint: "https://example.com", isConfirmed: false }] } };
    const waiting: Finding = {
        kind: "subscription unconfirmed",
        severity: "note",
        about: "https://example.com",
        since: NOW,
        sentence: "https://example.com has not confirmed its https subscription, so it gets no message.",
        cure: CONFIRM,
    };

    it("is a note in the first run of the watch", () => {
        assert.deepEqual(lookFirst({ signals: addresses }).findings, [waiting]);
    });

    finds("is a note for a day", { signals: addresses, memory: { findings: [{ ...waiting, since: NOW - DAY + 1 }] } }, [
        { ...waiting, since: NOW - DAY + 1 },
    ]);

    finds(
        "has its own time, and not that of another address",
        { signals: addresses, memory: { findings: [{ ...waiting, about: "b@example.com", since: 0 }] } },
        [waiting],
    );

    for (const length of [300, 301, 2_000]) {
        it(`is a problem after a day if it has ${length} characters`, () => {
            const endpoint = `https://example.com/${"x".repeat(length)}`.slice(0, length);
            const long = { subscriptions: { value: [{ protocol: "https", endpoint, isConfirmed: false }] } };
            const first = look({ signals: long }).findings.map((one) => ({ ...one, since: NOW - DAY }));
            const findings = readMemory(memoryLines("prod", memory({ findings: first })))?.findings ?? [];
            assert.deepEqual(look({ signals: long, memory: { findings } }).findings, [
                {
                    ...waiting,
                    severity: "problem",
                    about: length === 300 ? endpoint : addressDigest(endpoint),
                    since: NOW - DAY,
                    sentence: waiting.sentence.replace("https://example.com", endpoint),
                },
            ]);
        });
    }

    finds(
        "is fine once it has confirmed",
        {
            signals: { subscriptions: { value: [{ protocol: "email", endpoint: "a@example.com", isConfirmed: true }] } },
            targets: { emails: { admins: addressDigest("a@example.com") } },
            memory: { findings: [waiting] },
        },
        [],
    );
});

describe("Old snapshots", () => {
    /** Sets beside those of the healthy account, of 10 GiB for each volume. */
    const withSets = (...sketches: SetSketch[]) => ({
        signals: {
            snapshots: {
                value: [
                    ...read(HEALTHY.snapshots),
                    ...sketches.flatMap((sketch) => backUp(sketch)).map((one) => ({ ...one, sizeGib: 10 })),
                ],
            },
        },
    });
    const lost: Finding = {
        kind: "snapshots aging",
        severity: "note",
        about: "lost",
        since: NOW,
        sentence: "1 backup set is older than a year and of volumes that no server has. It costs at most $0.50 a month (10 GiB).",
        cure: "Set orphanDays, or delete those that you no longer need.",
    };

    finds("are a year old, of a volume that no server has", withSets({ at: "2026-03-20T12:00", volumes: ["x"] }), [lost]);

    finds("are not younger", withSets({ at: "2026-03-20T12:01", volumes: ["x"] }), []);

    finds("are not of a volume that a server has", withSets({ at: "2026-01-01", volumes: ["c-0"] }), []);

    finds("are not of a server that has one of their volumes", withSets({ at: "2026-01-01", volumes: ["c-0", "x"] }), []);

    finds("are not of another policy", withSets({ at: "2026-01-01", volumes: ["x"], policy: "test" }), []);

    finds("are counted, and cost more together", withSets({ at: "2026-01-01", volumes: ["x"] }, { at: "2026-01-02", volumes: ["x"] }), [
        {
            ...lost,
            sentence: "2 backup sets are older than a year and of volumes that no server has. They cost at most $1.00 a month (20 GiB).",
        },
    ]);

    it("that somebody holds are counted", () => {
        const held = ["2026-01-01", "2026-01-02"]
            .flatMap((at) => backUp({ at, volumes: ["x"] }))
            .map((one) => ({ ...one, sizeGib: 10, tags: { ...one.tags, VssBackupHold: "" } }));
        assert.deepEqual(
            look({ signals: { snapshots: { value: [...read(HEALTHY.snapshots), ...held] } } }).findings.map(({ sentence }) => sentence),
            ["2 backup sets are older than a year since somebody holds them. They cost at most $1.00 a month (20 GiB)."],
        );
    });

    it("that somebody holds are not listed as lost too", () => {
        const held = backUp({ at: "2026-01-01", volumes: ["x"] }).map((one) => ({
            ...one,
            sizeGib: 10,
            tags: { ...one.tags, VssBackupHold: "" },
        }));
        const { findings } = look({ signals: { snapshots: { value: [...read(HEALTHY.snapshots), ...held] } } });
        assert.deepEqual(findings, [
            {
                ...lost,
                about: "held",
                sentence: "1 backup set is older than a year since somebody holds it. It costs at most $0.50 a month (10 GiB).",
                cure: "Take the tag VssBackupHold off the sets that you no longer need.",
            },
        ]);
    });
});
