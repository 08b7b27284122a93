/** The ids of restore tests begin so. Only things whose tag has such an id are ever removed without a question. */
export const TEST_PREFIX = "test-";

/** Whether a restore is only a test. */
export function isTest(restore: string): boolean {
    return restore.startsWith(TEST_PREFIX);
}

/** What to do about a restore that is not finished. */
export function unfinishedCure(restore: string): string {
    return isTest(restore)
        ? "Wait for the test. If it has crashed: vss-backup restore test --clean-up --take-over"
        : `See it: vss-backup restore status ${restore}`;
}

/** A test that takes longer than six hours ends with an error. */
export const MOST_TEST_MS = 6 * 3_600_000;

/** The ways to test a restore. */
export const TEST_MODES = ["volumes", "server"] as const;

export type TestMode = (typeof TEST_MODES)[number];
