export { NotificationEvent, ReportMode, type ServerTag, type VssBackupPolicyArgs, VssDocument } from "./arguments";
export { VssBackupPolicy } from "./vssBackupPolicy";
