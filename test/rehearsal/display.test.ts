import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { calendar } from "../../rehearsal/display/calendar";
import { preview } from "../../rehearsal/display/preview";
import { asText } from "../../rehearsal/display/report";
import { whatCanBeRestored, whatHappened, whatIsUnprotected } from "../../rehearsal/display/summary";
import type { StoredSnapshot } from "../../rehearsal/embeddedAws/snapshotStore";
import type { Server } from "../../rehearsal/embeddedAws/ssm";
import type { TypedRun } from "../../rehearsal/openWindows";
import type { Deployment, Registered } from "../../rehearsal/program";
import type { Rehearsal, RehearsalOptions, Restorable } from "../../rehearsal/rehearse";

const OPTIONS: RehearsalOptions = { start: Date.UTC(2027, 0, 30), days: 5, servers: 2, volumes: 1, failures: 0, seed: 1 };

function server(id: string): Server {
    return { id, tags: new Map(), volumes: [], hasVssPackage: true, busyUntil: 0 };
}

/** Makes a run at a time such as `2027-01-30T01:00`, with one snapshot, or with the reason of its failure and none. */
function run(type: string, at: string, id: string, why?: string): TypedRun {
    const time = Date.parse(`${at}Z`);
    const snapshot: StoredSnapshot = { id: "", volumeId: "", startTime: time, state: "", description: "", tags: new Map() };
    return {
        type,
        time,
        server: server(id),
        ...(why === undefined ? { status: "Success", snapshots: [snapshot] } : { status: "Failed", why, snapshots: [] }),
    };
}

function point(type: string, at: string, id: string): Restorable {
    return { type, time: Date.parse(`${at}Z`), server: id, snapshots: [], standsInFor: [] };
}

/** Two servers; the second was down once, and one Day restore point was deleted. */
const REHEARSAL: Rehearsal = {
    timezone: "UTC",
    types: ["Day", "Week"],
    runs: [
        run("Day", "2027-01-30T01:00", "i-1"),
        run("Day", "2027-01-30T01:00", "i-2"),
        run("Day", "2027-01-31T01:00", "i-1"),
        run("Day", "2027-01-31T01:00", "i-2"),
        run("Week", "2027-01-31T03:00", "i-1"),
        run("Week", "2027-01-31T03:00", "i-2"),
        run("Day", "2027-02-01T01:00", "i-1"),
        run("Day", "2027-02-01T01:00", "i-2", "the server was down"),
        run("Day", "2027-02-02T01:00", "i-1", "the server was down"),
        run("Day", "2027-02-02T01:00", "i-2", "a VSS writer failed"),
    ],
    cleanings: 1,
    taken: 7,
    deleted: 2,
    unprotected: [],
    restorable: [
        point("Day", "2027-01-31T01:00", "i-1"),
        point("Day", "2027-01-31T01:00", "i-2"),
        point("Week", "2027-01-31T03:00", "i-1"),
        point("Week", "2027-01-31T03:00", "i-2"),
        point("Day", "2027-02-01T01:00", "i-1"),
    ],
    broken: [],
};

const NOTHING: Rehearsal = { ...REHEARSAL, runs: [], cleanings: 0, taken: 0, deleted: 0, restorable: [] };

function registered(type: string, name: string): Registered {
    return { type, name, inputs: {}, id: "", arn: undefined, provider: "" };
}

const DEPLOYMENT: Deployment = {
    project: "vss-backup",
    stack: "dev",
    region: "eu-central-1",
    resources: [
        registered("vss-backup:index:VssBackupPolicy", "dev"),
        registered("aws:sns/topic:Topic", "dev-topic"),
        registered("aws:cloudwatch/logGroup:LogGroup", "dev-logs"),
    ],
    outputs: {},
};

/** Splits a text into lines, without colours and spaces at line ends. */
function lines(text: string): string[] {
    return stripVTControlCharacters(text)
        .split("\n")
        .map((line) => line.trimEnd());
}

describe("What a rehearsal shows", () => {
    it("shows the deployment as a tree, as pulumi preview does", () => {
        assert.deepEqual(lines(preview(DEPLOYMENT)), [
            "    Type                                 Name",
            " +  pulumi:pulumi:Stack                  vss-backup-dev",
            " +  └─ vss-backup:index:VssBackupPolicy  dev",
            " +     ├─ aws:cloudwatch:LogGroup        dev-logs",
            " +     └─ aws:sns:Topic                  dev-topic",
            "",
            "Resources: + 4 to create",
        ]);
    });

    it("continues long names in the next line", () => {
        const resources = [
            registered("vss-backup:index:VssBackupPolicy", "dev"),
            registered("aws:sns/topicSubscription:TopicSubscription", "dev-email-windows-server-administrators@berlin.example.com"),
            registered("aws:networkmanager/transitGatewayConnectPeerAssociation:TransitGatewayConnectPeerAssociation", "dev-peer"),
        ];
        assert.deepEqual(lines(preview({ ...DEPLOYMENT, resources })).slice(3, -2), [
            " +     ├─ aws:sns:TopicSubscription           dev-email-windows-server-administr",
            "                                              ators@berlin.example.com",
            " +     └─ aws:networkmanager:TransitGatewayC  dev-peer",
            "    onnectPeerAssociation",
        ]);
    });

    it("shows the runs of each type, and why some failed", () => {
        assert.deepEqual(lines(whatHappened(REHEARSAL, OPTIONS)), [
            "5 days, 2 servers with 1 volume each",
            "┌──────┬──────┬───────────┬────────┬─────────────────┐",
            "│ Type │ Runs │ Succeeded │ Failed │ Snapshots taken │",
            "├──────┼──────┼───────────┼────────┼─────────────────┤",
            "│ Day  │    8 │         5 │      3 │               5 │",
            "├──────┼──────┼───────────┼────────┼─────────────────┤",
            "│ Week │    2 │         2 │      0 │               2 │",
            "└──────┴──────┴───────────┴────────┴─────────────────┘",
            "7 snapshots taken, 2 deleted in 1 run of the cleaner, 5 left at the end",
            "failed 2 × the server was down",
            "failed 1 × a VSS writer failed",
        ]);
    });

    it("writes one in the singular", () => {
        assert.equal(
            lines(whatHappened({ ...NOTHING, cleanings: 1 }, { ...OPTIONS, days: 1, servers: 1 }))[0],
            "1 day, 1 server with 1 volume each",
        );
    });

    it("says how many volumes are not mounted", () => {
        assert.equal(
            lines(whatHappened(REHEARSAL, { ...OPTIONS, volumes: 3, unmounted: 2 }))[0],
            "5 days, 2 servers with 3 volumes each, 2 of them not mounted",
        );
    });

    it("names the volumes that are in no restore point", () => {
        const unprotected: Rehearsal["unprotected"] = [
            { server: "i-00000000000000001", volume: "vol-00000000000000001", device: "/dev/sda1", why: "boot volume, excluded" },
            { server: "i-00000000000000001", volume: "vol-00000000000000002", device: "xvdab", why: "not mounted in Windows" },
        ];
        assert.deepEqual(lines(whatIsUnprotected({ ...REHEARSAL, unprotected })), [
            "2 volumes in no restore point:",
            "i-00000000000000001  vol-00000000000000001  /dev/sda1  boot volume, excluded",
            "i-00000000000000001  vol-00000000000000002  xvdab      not mounted in Windows",
        ]);
        const many = Array(22).fill(unprotected[1]);
        assert.deepEqual(lines(whatIsUnprotected({ ...REHEARSAL, unprotected: many })).slice(20), [
            "i-00000000000000001  vol-00000000000000002  xvdab  not mounted in Windows",
            "… and 2 more; --json has all of them",
        ]);
    });

    it("says that every volume is in a restore point", () => {
        assert.equal(whatIsUnprotected(REHEARSAL), "Every volume is in a restore point.");
    });

    it("shows restore points in the policy's time zone, the newest first", () => {
        assert.deepEqual(lines(whatCanBeRestored({ ...REHEARSAL, timezone: "Asia/Tokyo" }, OPTIONS)), [
            "┌──────┬─────────────────────────────┬─────────┐",
            "│ Type │ Restore points (Asia/Tokyo) │ Servers │",
            "├──────┼─────────────────────────────┼─────────┤",
            "│ Day  │ Mon 2027-02-01 10:00        │ 1 of 2  │",
            "│      │ Sun 2027-01-31 10:00        │ 2 of 2  │",
            "├──────┼─────────────────────────────┼─────────┤",
            "│ Week │ Sun 2027-01-31 12:00        │ 2 of 2  │",
            "└──────┴─────────────────────────────┴─────────┘",
        ]);
    });

    it("says for which periods a restore point stands in", () => {
        const standing = { ...point("Week", "2027-01-31T03:00", "i-1"), standsInFor: ["Day 2027-01-31", "Month 2027-01"] };
        const restorable = [standing, point("Week", "2027-01-31T03:00", "i-2")];
        assert.deepEqual(lines(whatCanBeRestored({ ...REHEARSAL, types: ["Week"], restorable }, OPTIONS)).slice(3, 5), [
            "│ Week │ Sun 2027-01-31 03:00, stands in for Day 2027-01-31 and │ 2 of 2  │",
            "│      │ Month 2027-01                                          │         │",
        ]);
    });

    it("says that nothing can be restored", () => {
        assert.deepEqual(lines(whatCanBeRestored(NOTHING, OPTIONS)), [
            "┌──────┬──────────────────────┬─────────┐",
            "│ Type │ Restore points (UTC) │ Servers │",
            "├──────┼──────────────────────┼─────────┤",
            "│ Day  │ none                 │         │",
            "├──────┼──────────────────────┼─────────┤",
            "│ Week │ none                 │         │",
            "└──────┴──────────────────────┴─────────┘",
            "Nothing can be restored: no restore point is left at the end.",
        ]);
    });

    it("shows a calendar of restore points, failures and deletions", () => {
        assert.deepEqual(lines(calendar(REHEARSAL, OPTIONS)), [
            "January 2027                   February 2027",
            "Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su",
            "                 1   2   3      1d  2x  3   4   5   6   7",
            " 4   5   6   7   8   9  10      8   9  10  11  12  13  14",
            "11  12  13  14  15  16  17     15  16  17  18  19  20  21",
            "18  19  20  21  22  23  24     22  23  24  25  26  27  28",
            "25  26  27  28  29  30· 31W",
            "",
            "D Day can be restored",
            "W Week can be restored",
            "small not on every server",
            "x a run failed",
            "· deleted since",
        ]);
    });

    it("counts days in the policy's time zone", () => {
        assert.deepEqual(lines(calendar({ ...REHEARSAL, timezone: "America/New_York" }, OPTIONS)), [
            "January 2027                   February 2027",
            "Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su",
            "                 1   2   3      1x  2   3   4   5   6   7",
            " 4   5   6   7   8   9  10      8   9  10  11  12  13  14",
            "11  12  13  14  15  16  17     15  16  17  18  19  20  21",
            "18  19  20  21  22  23  24     22  23  24  25  26  27  28",
            "25  26  27  28  29· 30W 31d",
            "",
            "D Day can be restored",
            "W Week can be restored",
            "small not on every server",
            "x a run failed",
            "· deleted since",
        ]);
    });

    it("gives other letters to types with the same initials", () => {
        const rename = (type: string) => (type === "Day" ? "Weekday" : type);
        const types = REHEARSAL.types.map(rename);
        const restorable = REHEARSAL.restorable.map((point) => ({ ...point, type: rename(point.type) }));
        assert.deepEqual(lines(calendar({ ...REHEARSAL, types, restorable }, OPTIONS)), [
            "January 2027                   February 2027",
            "Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su",
            "                 1   2   3      1a  2x  3   4   5   6   7",
            " 4   5   6   7   8   9  10      8   9  10  11  12  13  14",
            "11  12  13  14  15  16  17     15  16  17  18  19  20  21",
            "18  19  20  21  22  23  24     22  23  24  25  26  27  28",
            "25  26  27  28  29  30· 31B",
            "",
            "A Weekday can be restored",
            "B Week can be restored",
            "small not on every server",
            "x a run failed",
            "· deleted since",
        ]);
    });

    it("shows the last thirteen months of a long rehearsal, two beside each other", () => {
        const titles = lines(calendar(NOTHING, { ...OPTIONS, days: 800 })).filter((line) => / 20\d\d/.test(line));
        assert.deepEqual(
            titles.map((line) => line.split(/ {2,}/)),
            [
                ["April 2028", "May 2028"],
                ["June 2028", "July 2028"],
                ["August 2028", "September 2028"],
                ["October 2028", "November 2028"],
                ["December 2028", "January 2029"],
                ["February 2029", "March 2029"],
                ["April 2029"],
            ],
        );
    });

    it("fits 80 columns, with long names too", () => {
        const types = ["Day", "Week".repeat(30), "毎週のバックアップ".repeat(5)];
        const timezone = "America/Argentina/ComodRivadavia";
        const arn = `arn:aws:iam::123456789012:role/${"r".repeat(64)}`;
        const runs = types.map((type) => run(type, "2027-02-01T01:00", "i-1", `User: ${arn} may not call ssm:SendCommand on ${arn}`));
        const restorable = types.map((type) => ({ ...point(type, "2027-01-31T01:00", "i-1"), standsInFor: types }));
        const broken = [`${arn} and ${arn} were deleted`];
        const resources = [...DEPLOYMENT.resources, registered(`aws:${"a".repeat(60)}:Topic`, `prod-email-${"b".repeat(200)}`)];
        const text = asText(
            { ...DEPLOYMENT, stack: "s".repeat(100), resources },
            { ...REHEARSAL, types, timezone, runs, restorable, broken },
            { ...OPTIONS, start: Date.UTC(2027, 0, 1), days: 365, servers: 1000, volumes: 127, unmounted: 126 },
        );
        assert.deepEqual(
            lines(text).filter((line) => stringWidth(line) > 80),
            [],
        );
    });

    it("is in colour if the terminal has colours", () => {
        const program = `
            const { calendar } = require(${JSON.stringify(join(__dirname, "../../rehearsal/display/calendar"))});
            const [rehearsal, options] = JSON.parse(process.argv[1]);
            process.stdout.write(calendar(rehearsal, options));`;
        const text = (colours: Record<string, string>) => {
            const { NO_COLOR, FORCE_COLOR, ...env } = process.env;
            return execFileSync(process.execPath, ["-r", "ts-node/register", "-e", program, JSON.stringify([REHEARSAL, OPTIONS])], {
                encoding: "utf8",
                env: { ...env, ...colours },
                cwd: join(__dirname, "../.."),
            });
        };
        const [coloured, plain] = [text({ FORCE_COLOR: "1" }), text({ NO_COLOR: "1" })];
        assert.deepEqual(lines(coloured), plain.split("\n"));
        assert.deepEqual(plain.split("\n"), lines(calendar(REHEARSAL, OPTIONS)));
        assert.deepEqual(
            [
                "\u001b[1m\u001b[32m31W\u001b[39m\u001b[22m",
                "\u001b[33m 1d\u001b[39m",
                "\u001b[31m 2x\u001b[39m",
                "\u001b[2m30·\u001b[22m",
            ].filter((day) => !coloured.includes(day)),
            [],
        );
    });
});
