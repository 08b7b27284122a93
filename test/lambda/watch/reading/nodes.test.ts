import assert from "node:assert/strict";
import { answering, HOUR, NOW, readRegion, serverOf } from "../../../support/watchedRegion";

describe("Listing managed instances", () => {
    it("gives those with the server tag, with the state of their agents", async () => {
        const servers = [
            serverOf("i-1"),
            serverOf("i-2", { agent: "ConnectionLost", lastPing: NOW - HOUR, platform: "Linux" }),
            serverOf("i-3", { tags: new Map([["VssBackup", "prod-2"]]) }),
            serverOf("i-4", { agent: "none" }),
            serverOf("i-5", { state: "stopped" }),
        ];
        assert.deepEqual((await readRegion({ servers })).signals.nodes, {
            value: [
                { id: "i-1", ping: "Online", lastPing: NOW, platform: "Windows" },
                { id: "i-2", ping: "ConnectionLost", lastPing: NOW - HOUR, platform: "Linux" },
            ],
        });
    });

    it("leaves out computers outside AWS, and takes missing fields for unknown and missing times for long ago", async () => {
        const intercept = answering("DescribeInstanceInformation", {
            InstanceInformationList: [{ InstanceId: "mi-1" }, { InstanceId: "i-1" }],
        });
        assert.deepEqual((await readRegion({}, { intercept })).signals.nodes, {
            value: [{ id: "i-1", ping: "", lastPing: 0, platform: "" }],
        });
    });

    it("fails if Systems Manager lists an instance without an id", async () => {
        const intercept = answering("DescribeInstanceInformation", { InstanceInformationList: [{ PingStatus: "Online" }] });
        assert.deepEqual((await readRegion({}, { intercept })).signals.nodes, {
            unread: "ssm:DescribeInstanceInformation broke off: Error: Systems Manager listed an instance without an id",
        });
    });
});
