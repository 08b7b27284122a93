import { counted, utc } from "../retention/wording";
import type { Memory } from "./memory";
import type { Server, TestedServer } from "./signals";
import { type Draft, label, type Situation } from "./situation";

const DAY = 86_400_000;

/** Days after which a server that was tested before should be tested again, if the policy says nothing. */
const USUAL_DAYS = 90;

/** Finds what would be missing in a restore: records of servers, and tests. */
export function restoreFindings(situation: Situation, firstSeen: Memory["firstSeen"]): Draft[] {
    const { readings, watched } = situation;
    const tests = new Map(readings.restoreTests?.map((test) => [test.serverId, test]));
    return [
        ...unrecorded(situation),
        ...(readings.restoreTests
            ? watched.flatMap((server) => {
                  const test = tests.get(server.id);
                  return [...failedTest(server, test, situation), ...untested(server, test, situation, firstSeen)];
              })
            : []),
    ];
}

/** Finds servers whose settings no restore would know, if they were gone now. */
function unrecorded({ readings: { recording } }: Situation): Draft[] {
    const [first] = recording?.failed ?? [];
    if (!recording || (!first && recording.remaining === 0)) {
        return [];
    }
    const left = counted(recording.failed.length + recording.remaining, "server");
    return [
        {
            kind: "not recorded",
            severity: first ? "problem" : "note",
            sentence: first
                ? `The watch could not record ${left} for a restore, such as ${first.server}: ${first.why}`
                : `The watch has still to record ${left} for a restore. The next run goes on.`,
            cure: first
                ? "If a permission is missing, run pulumi up --refresh. Otherwise wait for the next run."
                : "Wait for the next run.",
        },
    ];
}

function failedTest(server: Server, test: TestedServer | undefined, situation: Situation): Draft[] {
    return !test || test.isPassed
        ? []
        : [
              {
                  kind: "restore test failed",
                  severity: "problem",
                  server: server.id,
                  since: test.time,
                  sentence: `The last restore test of ${label(server)} failed at ${utc(test.time)}.`,
                  cure: testCommand(server, situation),
              },
          ];
}

/**
 * Finds servers without a recent test. If the policy sets the days, each server owes one. Otherwise only those owe one that were tested
 * before, and the finding is a note: nobody asked for tests.
 */
function untested(server: Server, test: TestedServer | undefined, situation: Situation, firstSeen: Memory["firstSeen"]): Draft[] {
    const { now, settings } = situation;
    const begin = test?.time ?? (settings.restoreTestDays === undefined ? undefined : (firstSeen[server.id] ?? now));
    const days = settings.restoreTestDays ?? USUAL_DAYS;
    if (begin === undefined || now - begin <= days * DAY) {
        return [];
    }
    return [
        {
            kind: "not tested",
            severity: settings.restoreTestDays === undefined ? "note" : "problem",
            server: server.id,
            since: begin + days * DAY,
            sentence: `No restore of ${label(server)} was tested for ${counted(days, "day")}. ${test ? `The last test was at ${utc(test.time)}.` : "It was never tested."}`,
            cure: testCommand(server, situation),
        },
    ];
}

function testCommand({ id }: Server, { settings: { name } }: Situation): string {
    return `vss-backup restore test ${id} --policy ${name}`;
}
