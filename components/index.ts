export { NotificationEvent, type ServerTag, type VssBackupPolicyArgs, VssDocument } from "./arguments";
export { VssBackupPolicy } from "./vssBackupPolicy";
