import assert from "node:assert/strict";
import { addressDigest } from "../../../lambda/watch/addressDigest";
import type { Finding } from "../../../lambda/watch/finding";
import { backUp, type SetSketch } from "../../support/history";
import { DAY } from "../../support/watchedAccount";
import { finds, HEALTHY, look, lookFirst, NOW, read, SERVER } from "./healthOf";

const CONFIRM = "Open AWS's message to this address, and click its link. It is valid for two days.";

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
        sentence: "1 backup sets are older than a year and of volumes that no server has. They cost at most $0.50 a month (10 GiB).",
        cure: "Set orphanDays, or delete those that you no longer need.",
    };

    finds("are a year old, of a volume that no server has", withSets({ at: "2026-03-20T12:00", volumes: ["x"] }), [lost]);

    finds("are not younger", withSets({ at: "2026-03-20T12:01", volumes: ["x"] }), []);

    finds("are not of a volume that a server has", withSets({ at: "2026-01-01", volumes: ["c-0"] }), []);

    finds("are not of a server that has one of their volumes", withSets({ at: "2026-01-01", volumes: ["c-0", "x"] }), []);

    finds("are not of another policy", withSets({ at: "2026-01-01", volumes: ["x"], policy: "test" }), []);

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
                sentence: "1 backup sets are older than a year since somebody holds them. They cost at most $0.50 a month (10 GiB).",
                cure: "Take the tag VssBackupHold off the sets that you no longer need.",
            },
        ]);
    });
});
