import * as aws from "@pulumi/aws";
import { VssBackupPolicy } from "../../../components";

const government = new aws.Provider("government", { region: "us-gov-west-1" });
const ireland = new aws.Provider("ireland", { region: "eu-west-1" });

new VssBackupPolicy("gov", {}, { provider: government });
new VssBackupPolicy("irish", {}, { providers: [ireland] });
