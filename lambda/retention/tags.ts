/** Tag with the policy's name, on every snapshot that the policy takes. It bounds what the cleaner may list and delete. */
export const POLICY_TAG = "VssBackupPolicy";

/** Tag with the snapshot type (`Day`, `Week`, `Month` or the user's own), on every snapshot that the policy takes. */
export const TYPE_TAG = "SnapshotType";

/**
 * Tag that the VSS agent writes when a set is application-consistent. Documented as `true`; older agents write `True`, and `False`
 * on failure, so its value counts, in any letter case, and never its presence.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/application-consistent-snapshots.html
 */
export const CONSISTENT_TAG = "AppConsistent";

/** Tag that AwsVssComponents 2.3.1 and later put on each snapshot of a run; its value holds the snapshot set id. */
export const SET_TAG = "AwsVssConfig";

/** Tag with the EC2 device name; the restore scripts of AWS attach volumes by it. */
export const DEVICE_TAG = "Device";
