export type { NotificationEvent, VssBackupPolicyArgs } from "./arguments";
export type { VssDocument } from "./ssmDocuments";
export { VssBackupPolicy } from "./vssBackupPolicy";
