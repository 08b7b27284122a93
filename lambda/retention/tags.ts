/** Tag with the policy's name, on every snapshot that the policy takes. The cleaner lists and deletes only snapshots with it. */
export const POLICY_TAG = "VssBackupPolicy";

/** Tag with the snapshot type (`Day`, `Week`, `Month` or a type of the user), on every snapshot that the policy takes. */
export const TYPE_TAG = "SnapshotType";

/**
 * Tag that the VSS agent writes when a set is application-consistent. AWS documents `true`. Older agents write `True`, and `False` on
 * failure. So its value counts, in any letter case, and never its presence.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/application-consistent-snapshots.html
 */
export const CONSISTENT_TAG = "AppConsistent";

/** Tag that AwsVssComponents 2.3.1 and later put on each snapshot of a run; its value holds the snapshot set id. */
export const SET_TAG = "AwsVssConfig";

/** Tag with the EC2 device name; the restore scripts of AWS attach volumes by it. */
export const DEVICE_TAG = "Device";
