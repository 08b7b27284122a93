import assert from "node:assert/strict";
import { chatMessage } from "../../../lambda/watch/chat";
import { healthOfAccount, SETTINGS } from "./account";
import { arbitraryHealth, finding, findings, health, law } from "./sample";

describe("The chat message", () => {
    it("has the schema of Amazon Q Developer, the problems and the next steps", () => {
        assert.deepEqual(chatMessage(healthOfAccount(), SETTINGS), {
            version: "1.0",
            source: "custom",
            content: {
                textType: "client-markdown",
                title: "[prod-eu] 1 overdue, 1 not covered, 1 offline, 1 recovered, 2 of 4 servers OK",
                description: [
                    "• overdue: app01 (i-0a1b2c3d4e5f00003) has no Day restore point of the run that was due at 2027-03-05 00:00 UTC. The newest is of 2027-03-04 00:01 UTC.",
                    "• volume not covered: The volume vol-0a1b2c3d4e5f2000d (xvdd) of sql01 (i-0a1b2c3d4e5f00002) is not in the newest restore point of 2027-03-05 00:01 UTC.",
                    "• agent offline: The SSM Agent of app01 (i-0a1b2c3d4e5f00003) does not respond (ConnectionLost).",
                    "• subscription unconfirmed until now: windows-admins@example.com has not confirmed its email subscription, so it gets no message.",
                ].join("\n"),
                nextSteps: [
                    'aws ssm list-command-invocations --instance-id i-0a1b2c3d4e5f00003 --filters "key=DocumentName,value=AWSEC2-CreateVssSnapshot" --details --max-items 1',
                    "Give the disk a drive letter in Windows' Disk Management, or detach it. VSS sees only disks that Windows has mounted.",
                    "On the server, run: Restart-Service AmazonSSMAgent",
                ],
            },
        });
    });

    it("says that there are no problems, and has no next steps then", () => {
        assert.deepEqual(chatMessage(health({ findings: [finding("stopped", { severity: "note" })] }), SETTINGS).content, {
            textType: "client-markdown",
            title: "[prod-eu] 44 of 44 servers OK",
            description: "No problems.",
        });
    });

    it("has each next step once, five at most, and none that is cut", () => {
        const cures = ["a", "a", "b".repeat(250), "c".repeat(251), "d", "e", "f", "g"];
        const problems = cures.map((cure) => finding("failing", { cure }));
        assert.deepEqual(chatMessage(health({ findings: problems }), SETTINGS).content.nextSteps, ["a", "b".repeat(250), "d", "e", "f"]);
    });

    it("calls nobody, and makes no link", () => {
        const problem = finding("failing", { sentence: "<!channel> & <@U1>\u0007 \ud800failed.", cure: "<https://example.com|click>" });
        const { description, nextSteps } = chatMessage(health({ findings: [problem] }), SETTINGS).content;
        assert.deepEqual(
            [description, nextSteps],
            ["• failing: &lt;!channel&gt; &amp; &lt;@U1&gt; failed.", ["&lt;https://example.com|click&gt;"]],
        );
    });

    it("shows as many problems as fit, and counts the others", () => {
        const described = (count: number) =>
            chatMessage(health({ findings: findings(count, "failing", { sentence: "s".repeat(600) }) }), SETTINGS).content.description;
        const line = `• failing: ${"s".repeat(600)}`;
        assert.deepEqual(
            [described(12), described(13), described(1_000)],
            [
                Array(12).fill(line).join("\n"),
                [...Array(12).fill(line), "… and 1 more; the log has all"].join("\n"),
                [...Array(12).fill(line), "… and 988 more; the log has all"].join("\n"),
            ],
        );
    });

    it("uses its room to the last character", () => {
        const described = (count: number, length: number) =>
            chatMessage(health({ findings: findings(count, "failing", { sentence: "s".repeat(length) }) }), SETTINGS).content.description;
        const line = (length: number) => `• failing: ${"s".repeat(length)}`;
        assert.deepEqual(
            [described(20, 383), described(20, 384)],
            [Array(20).fill(line(383)).join("\n"), [...Array(19).fill(line(384)), "… and 1 more; the log has all"].join("\n")],
        );
    });

    it("cuts a sentence after 600 characters", () => {
        const problem = finding("failing", { sentence: "s".repeat(601) });
        assert.equal(chatMessage(health({ findings: [problem] }), SETTINGS).content.description, `• failing: ${"s".repeat(599)}…`);
    });

    law("keeps the limits of Amazon Q Developer", arbitraryHealth, (one) => {
        const { title, description, nextSteps = [] } = chatMessage(one, SETTINGS).content;
        const sizes = [title, description, ...nextSteps].map((text) => text.length);
        assert.deepEqual(
            sizes.filter((size, i) => size < 1 || size > ([250, 8_000][i] ?? 250)),
            [],
        );
        assert.equal(nextSteps.length <= 5, true);
    });
});
