/** On each thing that a restore makes: the id of the restore. Somebody may also put it on a server to which restores may attach volumes. */
export const RESTORE_TAG = "VssBackupRestore";

/** On each thing that a restore makes: the id of the step. Only things with this tag are ever removed, so nobody puts it on other things. */
export const STEP_TAG = "VssBackupRestoreStep";

/** On each volume that a restore took off its server: the id of the restore, the device and the server. */
export const REPLACED_TAGS = ["VssBackupReplacedBy", "VssBackupReplacedDevice", "VssBackupReplacedServer"] as const;
