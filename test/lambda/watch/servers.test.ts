import assert from "node:assert/strict";
import type { Finding } from "../../../lambda/watch/finding";
import type { ManagedNode, PackageResult, Signals } from "../../../lambda/watch/signals";
import { DAY, HOUR } from "../../support/watchedAccount";
import { ACCOUNT, finds, invocations, look, lookFirst, NOW, RUNS, server } from "./healthOf";

const problem = { severity: "problem", server: "i-0" } as const;

const STOPPED: Finding = {
    kind: "stopped",
    severity: "note",
    server: "i-0",
    since: NOW - DAY,
    sentence: "server0 (i-0) is stopped. A stopped server gets no backups.",
    cure: "Start it: aws ec2 start-instances --instance-ids i-0",
};
const stopped = server({ state: "stopped", stoppedAt: NOW - DAY });

function nodes(...some: Partial<ManagedNode>[]): Pick<Signals, "nodes"> {
    return { nodes: { value: some.map((one) => ({ id: "i-0", ping: "Online", lastPing: NOW, platform: "Windows", ...one })) } };
}

function packages(...some: Partial<PackageResult>[]): Pick<Signals, "packages"> {
    return { packages: { value: some.map((one) => ({ serverId: "i-0", status: "Success", details: "", time: NOW - 2 * HOUR, ...one })) } };
}

describe("A server that can't be backed up", () => {
    finds("does not run Windows", { signals: server({ isWindows: false }) }, [
        {
            ...problem,
            kind: "not Windows",
            since: NOW,
            sentence: "server0 (i-0) does not run Windows. VSS exists only on Windows.",
            cure: "Take the server tag off it, and back it up by other means, such as Data Lifecycle Manager.",
        },
    ]);

    const withoutRole = {
        ...problem,
        kind: "no role",
        since: NOW,
        sentence: "server0 (i-0) has no instance profile, so it has no permission to take snapshots.",
    } as const;

    finds(
        "has no role, and the policy has an instance profile",
        { signals: server({ hasProfile: false }), targets: { instanceProfile: "prod-server-profile" } },
        [
            {
                ...withoutRole,
                cure: "aws ec2 associate-iam-instance-profile --instance-id i-0 --iam-instance-profile Name=prod-server-profile",
            },
        ],
    );

    finds("has no role, and the roles are the user's", { signals: server({ hasProfile: false }) }, [
        { ...withoutRole, cure: "Attach an instance profile with one of the roles in serverRoles." },
    ]);

    finds("is too small for VSS", { signals: server({ instanceType: "t3.micro" }) }, [
        {
            ...problem,
            kind: "too small",
            since: NOW,
            sentence: "server0 (i-0) is a t3.micro. AWS says that VSS snapshots fail on this size.",
            cure: "Change the instance type to small or larger.",
        },
    ]);

    finds("is not managed", { signals: { nodes: { value: [] } } }, [
        {
            ...problem,
            kind: "not managed",
            since: NOW,
            sentence: "Systems Manager does not manage server0 (i-0), so no run reaches it.",
            cure: "Check its role (AmazonSSMManagedInstanceCore), its SSM Agent, and its way to the endpoints ssm, ssmmessages and ec2messages.",
        },
    ]);

    finds(
        "has an hour after its start to become managed",
        { signals: { nodes: { value: [] }, ...server({ launchedAt: NOW - HOUR }) } },
        [],
    );

    finds(
        "has an agent that does not respond",
        { signals: { nodes: { value: [{ id: "i-0", ping: "ConnectionLost", lastPing: NOW - 2 * HOUR, platform: "Windows" }] } } },
        [
            {
                ...problem,
                kind: "agent offline",
                since: NOW - 2 * HOUR,
                sentence: "The SSM Agent of server0 (i-0) does not respond (ConnectionLost).",
                cure: "On the server, run: Restart-Service AmazonSSMAgent",
            },
        ],
    );

    finds(
        "has an agent that may restart",
        { signals: { nodes: { value: [{ id: "i-0", ping: "ConnectionLost", lastPing: NOW - HOUR, platform: "Windows" }] } } },
        [],
    );

    finds(
        "fails in each of its last three runs, with VSS's own reason",
        {
            signals: invocations(
                { output: "Started.\r\n2005: freezing took longer than VSS allows\r\n\r\n" },
                {},
                { status: "TimedOut" },
                { status: "Success" },
            ),
        },
        [
            {
                ...problem,
                kind: "failing",
                since: NOW - 2 * DAY - HOUR,
                sentence: "The last 3 runs on server0 (i-0) failed (Failed): 2005: freezing took longer than VSS allows",
                cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${RUNS}`,
            },
        ],
    );

    finds("may fail twice", { signals: invocations({}, {}, { status: "Success" }) }, []);

    finds("fails if a run is in progress after three failures", { signals: invocations({ status: "InProgress" }, {}, {}, {}) }, [
        {
            ...problem,
            kind: "failing",
            since: NOW - 3 * DAY - HOUR,
            sentence: "The last 3 runs on server0 (i-0) failed (Failed).",
            cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${RUNS}`,
        },
    ]);

    finds(
        "does not fail by runs that missed it while it was stopped",
        {
            signals: {
                ...invocations({ status: "DeliveryTimedOut" }, { status: "Undeliverable" }, { status: "DeliveryTimedOut" }),
                ...server({ launchedAt: NOW - 1 }),
            },
        },
        [],
    );

    finds("has lost the package", { signals: invocations({ output: "1003: AwsVssComponents is not installed" }) }, [
        {
            ...problem,
            kind: "package missing",
            since: NOW - HOUR,
            sentence: "AwsVssComponents is not installed on server0 (i-0).",
            cure: 'aws ssm send-command --document-name AWS-ConfigureAWSPackage --instance-ids i-0 --parameters "action=Install,name=AwsVssComponents"',
        },
    ]);

    finds(
        "has the package again since the run that missed it",
        {
            signals: {
                ...invocations({ output: "1003: AwsVssComponents is not installed" }),
                packages: { value: [{ serverId: "i-0", status: "Success", details: "", time: NOW }] },
            },
        },
        [],
    );

    finds(
        "could not install the package",
        { signals: { packages: { value: [{ serverId: "i-0", status: "Failed", details: "no space left", time: NOW - HOUR }] } } },
        [
            {
                ...problem,
                kind: "package failed",
                since: NOW - HOUR,
                sentence: "AwsVssComponents could not be installed on server0 (i-0): no space left",
                cure: "aws ssm describe-instance-associations-status --instance-id i-0",
            },
        ],
    );

    it("is stopped, which is a problem if an argument says so", () => {
        const stopped = { signals: server({ state: "stopped", stoppedAt: NOW - DAY }), settings: { alarmStopped: true } };
        assert.deepEqual(
            look(stopped).findings.map(({ kind, severity }) => [kind, severity]),
            [["stopped", "problem"]],
        );
    });

    it("is listed with the reason if it is excluded, and has no findings", () => {
        const excluded = look({
            signals: { ...server({ tags: { VssBackup: "prod", VssBackupExclude: "a test server" } }), nodes: { value: [] } },
        });
        assert.deepEqual(excluded.findings, []);
        assert.deepEqual(excluded.servers, { watched: 0, ok: 0, excluded: [{ id: "i-0", name: "server0", reason: "a test server" }] });
    });
});

describe("The platform and size of a server", () => {
    const notWindows: Finding = {
        ...problem,
        kind: "not Windows",
        since: NOW,
        sentence: "server0 (i-0) does not run Windows. VSS exists only on Windows.",
        cure: "Take the server tag off it, and back it up by other means, such as Data Lifecycle Manager.",
    };

    finds("are those that Systems Manager knows", { signals: nodes({ id: "i-1" }, { platform: "Linux" }) }, [notWindows]);

    finds("are not those of another server", { signals: nodes({ id: "i-1", platform: "Linux" }, {}) }, []);

    for (const instanceType of ["t2.nano", "t2.micro", "t3.nano", "t3.micro", "t3a.nano", "t3a.micro"]) {
        finds(`are too small for VSS: ${instanceType}`, { signals: server({ instanceType }) }, [
            {
                ...problem,
                kind: "too small",
                since: NOW,
                sentence: `server0 (i-0) is a ${instanceType}. AWS says that VSS snapshots fail on this size.`,
                cure: "Change the instance type to small or larger.",
            },
        ]);
    }

    for (const instanceType of ["t2.small", "t3.small", "m7i.large", ""]) {
        finds(`may be ${instanceType || "unknown"}`, { signals: server({ instanceType }) }, []);
    }
});

describe("A server in Systems Manager", () => {
    finds("is itself, and no other server", { signals: nodes({ id: "i-1" }) }, [
        {
            ...problem,
            kind: "not managed",
            since: NOW,
            sentence: "Systems Manager does not manage server0 (i-0), so no run reaches it.",
            cure: "Check its role (AmazonSSMManagedInstanceCore), its SSM Agent, and its way to the endpoints ssm, ssmmessages and ec2messages.",
        },
    ]);

    const unmanaged = (since: number): Finding => ({
        ...problem,
        kind: "not managed",
        since,
        sentence: "Systems Manager does not manage server0 (i-0), so no run reaches it.",
        cure: "Check its role (AmazonSSMManagedInstanceCore), its SSM Agent, and its way to the endpoints ssm, ssmmessages and ec2messages.",
    });

    it("is missing since its start if this is the first run of the watch", () => {
        assert.deepEqual(lookFirst({ signals: nodes() }).findings, [unmanaged(ACCOUNT.start)]);
    });

    finds("is missing since the first run that did not find it", { signals: nodes(), memory: { findings: [unmanaged(NOW - DAY)] } }, [
        unmanaged(NOW - DAY),
    ]);

    finds("may be missing while it is stopped", { signals: { ...nodes(), ...stopped } }, [STOPPED]);

    finds("may be missing while it starts", { signals: { ...nodes(), ...server({ state: "pending" }) } }, []);

    finds("is well while it is online", { signals: nodes({ lastPing: NOW - DAY }) }, []);
});

describe("The runs of a server", () => {
    const failing: Finding = {
        ...problem,
        kind: "failing",
        since: NOW - 2 * DAY - HOUR,
        sentence: "The last 3 runs on server0 (i-0) failed (Failed).",
        cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${RUNS}`,
    };
    const undelivered = (launchedAt: number) => ({
        signals: {
            ...invocations({ status: "Undeliverable" }, { status: "DeliveryTimedOut" }, { status: "Undeliverable" }),
            ...server({ launchedAt }),
        },
    });

    finds("do not count while it is stopped", { signals: { ...invocations({}, {}, {}), ...stopped } }, [STOPPED]);

    finds("do not count if they are those of another server", { signals: invocations({}, {}, { serverId: "i-1" }) }, []);

    finds("fail if they never reach it, although it runs", undelivered(NOW - 2 * DAY - HOUR), [
        { ...failing, sentence: failing.sentence.replace("(Failed)", "(Undeliverable)") },
    ]);

    finds("do not count if they missed it before it started", undelivered(NOW - 2 * DAY - HOUR + 1), []);

    finds("fail also if it was restarted since", { signals: { ...invocations({}, {}, {}), ...server({ launchedAt: NOW - 2 }) } }, [
        failing,
    ]);

    const unordered = [
        { requestedAt: NOW - 4 * DAY, status: "Success" },
        { requestedAt: NOW - 3 * DAY },
        {},
        { requestedAt: NOW - DAY, status: "TimedOut" },
    ];
    finds("are judged from the newest, in any order", { signals: invocations(...unordered.with(2, { requestedAt: NOW - 2 * DAY })) }, [
        { ...failing, since: NOW - 3 * DAY, sentence: failing.sentence.replace("(Failed)", "(TimedOut)") },
    ]);

    for (const status of ["Pending", "InProgress", "Delayed", "Cancelling"]) {
        finds(`do not count before they end: ${status}`, { signals: invocations({}, {}, { status }) }, []);
    }

    finds(
        "fail for the reason of the last line, without its indent",
        { signals: invocations({ output: "Started.\n  2005: too slow \n\n" }, {}, {}) },
        [{ ...failing, sentence: "The last 3 runs on server0 (i-0) failed (Failed): 2005: too slow" }],
    );

    finds("fail for a reason of 200 letters at most", { signals: invocations({ output: "x".repeat(201) }, {}, {}) }, [
        { ...failing, sentence: `The last 3 runs on server0 (i-0) failed (Failed): ${"x".repeat(200)}` },
    ]);
});

describe("Failed runs that Systems Manager no longer lists", () => {
    const failing: Finding = {
        ...problem,
        kind: "failing",
        since: NOW - 5 * DAY,
        sentence: "The last 3 runs on server0 (i-0) failed (Failed): 2005: too slow",
        cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${RUNS}`,
    };
    const memory = { findings: [failing] };
    const since = failing.since;

    finds("still count, since no run succeeded", { signals: invocations(), memory }, [failing]);

    finds("still count if some are listed", { signals: invocations({}, {}), memory }, [failing]);

    finds("still count if a run is in progress", { signals: invocations({ status: "InProgress" }), memory }, [failing]);

    finds("still count after an earlier success", { signals: invocations({ status: "Success", requestedAt: since }), memory }, [failing]);

    finds("do not count after a success", { signals: invocations({ status: "Success", requestedAt: since + 1 }), memory }, []);

    finds("do not count after a success and a failure", { signals: invocations({}, { status: "Success" }), memory }, []);

    finds(
        "do not count if they are those of another server",
        { signals: invocations(), memory: { findings: [{ ...failing, server: "i-1" }] } },
        [],
    );

    finds("do not count while it is stopped", { signals: { ...invocations(), ...stopped }, memory }, [STOPPED]);
});

describe("The VSS package of a server", () => {
    const output = "1003: AwsVssComponents is not installed";
    const missing: Finding = {
        ...problem,
        kind: "package missing",
        since: NOW - HOUR,
        sentence: "AwsVssComponents is not installed on server0 (i-0).",
        cure: 'aws ssm send-command --document-name AWS-ConfigureAWSPackage --instance-ids i-0 --parameters "action=Install,name=AwsVssComponents"',
    };
    const failed: Finding = {
        ...problem,
        kind: "package failed",
        since: NOW - 2 * HOUR,
        sentence: "AwsVssComponents could not be installed on server0 (i-0): Failed",
        cure: "aws ssm describe-instance-associations-status --instance-id i-0",
    };

    finds("is missing if a run says so, and nobody installed it", { signals: { ...invocations({ output }), ...packages() } }, [missing]);

    finds(
        "is missing if a run says so later than its installation",
        { signals: { ...invocations({ output }), ...packages({ time: NOW - HOUR - 1 }) } },
        [missing],
    );

    finds(
        "is there if it was installed when the run said so",
        { signals: { ...invocations({ output }), ...packages({ time: NOW - HOUR }) } },
        [],
    );

    finds("is there if the run succeeded", { signals: invocations({ output, status: "Success" }) }, []);

    finds("is not that of another server", { signals: packages({ serverId: "i-1", status: "Failed" }, {}) }, []);

    finds("has its own installation", { signals: packages({ serverId: "i-1" }, { status: "Failed" }) }, [failed]);

    for (const status of ["Failed", "TimedOut", "DeliveryTimedOut", "Undeliverable", "InvalidPlatform", "AccessDenied"]) {
        finds(`could not be installed: ${status}`, { signals: packages({ status }) }, [
            { ...failed, sentence: failed.sentence.replace("Failed", status) },
        ]);
    }

    for (const status of ["Success", "Pending", "InProgress"]) {
        finds(`is installed, or soon will be: ${status}`, { signals: packages({ status }) }, []);
    }

    const memory = { findings: [missing] };
    const none = invocations();

    finds("is still missing if Systems Manager no longer lists the run", { signals: { ...none, ...packages() }, memory }, [missing]);

    finds("is still missing if nobody installed it", { signals: { ...none, packages: { value: [] } }, memory }, [missing]);

    finds("is there if it was installed since", { signals: { ...none, ...packages({ time: missing.since }) }, memory }, []);

    finds("is there if a run succeeded since", { signals: { ...invocations({ status: "Success" }), ...packages() }, memory }, []);

    finds(
        "is there if a run succeeded after its installation failed",
        { signals: { ...invocations({}, { status: "Success", requestedAt: failed.since + 1 }), ...packages({ status: "Failed" }) } },
        [],
    );

    finds(
        "could not be installed, although a run succeeded before",
        { signals: { ...invocations({ status: "Success", requestedAt: failed.since }), ...packages({ status: "Failed" }) } },
        [failed],
    );

    finds("need not be installed while it is stopped", { signals: { ...none, ...packages({ status: "Failed" }), ...stopped } }, [STOPPED]);
});
