/** On each thing that a restore makes: the id of the restore. Somebody may also put it on a server to which restores may attach volumes. */
export const RESTORE_TAG = "VssBackupRestore";

/**
 * On each thing that a restore makes: the id of the step. The permissions of a restore allow to write it only while a thing is made, and to
 * delete only things that have it.
 */
export const STEP_TAG = "VssBackupRestoreStep";

/** On each volume that a restore took off its server: the id of the restore, the device and the server. */
export const REPLACED_BY_TAG = "VssBackupReplacedBy";
export const REPLACED_DEVICE_TAG = "VssBackupReplacedDevice";
export const REPLACED_SERVER_TAG = "VssBackupReplacedServer";
