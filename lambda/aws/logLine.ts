/**
 * Most bytes of one line in the log. Lambda's runtime has been seen to cut a longer line at 64 KiB, which breaks the JSON.
 * The limit of CloudWatch is higher.
 */
export const LINE_BYTES = 48 * 1024 - 1;

/** The bytes that a value takes in a line. */
export function bytesOf(value: unknown): number {
    return Buffer.byteLength(JSON.stringify(value));
}
