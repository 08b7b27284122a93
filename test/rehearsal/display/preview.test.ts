import assert from "node:assert/strict";
import { drawPreview } from "../../../rehearsal/display/preview";
import { DEPLOYMENT, makeResource, splitLines } from "./sample";

describe("The preview of a deployment", () => {
    it("shows the deployment as a tree, as pulumi preview does", () => {
        assert.deepEqual(splitLines(drawPreview(DEPLOYMENT)), [
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
            makeResource("vss-backup:index:VssBackupPolicy", "dev"),
            makeResource("aws:sns/topicSubscription:TopicSubscription", "dev-email-windows-server-administrators@berlin.example.com"),
            makeResource("aws:networkmanager/transitGatewayConnectPeerAssociation:TransitGatewayConnectPeerAssociation", "dev-peer"),
        ];
        assert.deepEqual(splitLines(drawPreview({ ...DEPLOYMENT, resources })).slice(3, -2), [
            " +     ├─ aws:sns:TopicSubscription           dev-email-windows-server-administr",
            "                                              ators@berlin.example.com",
            " +     └─ aws:networkmanager:TransitGatewayC  dev-peer",
            "    onnectPeerAssociation",
        ]);
    });
});
