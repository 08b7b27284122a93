/** A version of AwsVssComponents: its first three numbers. */
export type ComponentsVersion = readonly [major: number, minor: number, patch: number];

/** The oldest version that AWS's policy `AWSEC2VssSnapshotPolicy` allows. */
export const OLDEST_VERSION: ComponentsVersion = [2, 3, 1];

/** The oldest version with the document's parameter `SaveVssMetadata`. */
export const METADATA_VERSION: ComponentsVersion = [2, 4, 0];

/**
 * Whether a text is a version that is not older than another. Versions of the package have three or four numbers.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/vss-comps-history.html
 */
export function isVersionSince(version: string, [major, minor, patch]: ComponentsVersion): boolean {
    const numbers = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})(?:\.(?:0|[1-9]\d{0,3}))?$/
        .exec(version)
        ?.slice(1, 4)
        .map(Number);
    if (!numbers || version.length > 16) {
        return false;
    }
    const [ofMajor, ofMinor, ofPatch] = numbers as [number, number, number];
    return ofMajor > major || (ofMajor === major && (ofMinor > minor || (ofMinor === minor && ofPatch >= patch)));
}
