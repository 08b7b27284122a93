import { RECORDS_PATH } from "./deployedPolicy";

/** The last `vss-backup restore test` of a server. The command writes it into a parameter of Systems Manager, and the watch reads it. */
export interface RestoreTest {
    readonly version: 1;
    /** When the test ended: ISO 8601, UTC. */
    readonly time: string;
    readonly result: "passed" | "failed";
    /** The id of the restore that the test was. */
    readonly restore: string;
}

/** The path of the parameters with the tests of a policy's servers. */
export function testsPath(policy: string): string {
    return `${RECORDS_PATH}/${policy}/restore-tests`;
}

/** The name of the parameter with the last test of a server. */
export function testName(policy: string, serverId: string): string {
    return `${testsPath(policy)}/${serverId}`;
}

/** Reads the value of a test's parameter; undefined if it is something else, or of another version. */
export function restoreTestOf(value: string): RestoreTest | undefined {
    try {
        const test: unknown = JSON.parse(value);
        return isTest(test) ? test : undefined;
    } catch {
        return undefined;
    }
}

function isTest(value: unknown): value is RestoreTest {
    const { version, time, result, restore } = (value ?? {}) as Readonly<Record<string, unknown>>;
    return (
        version === 1 &&
        typeof time === "string" &&
        !Number.isNaN(Date.parse(time)) &&
        (result === "passed" || result === "failed") &&
        typeof restore === "string"
    );
}
