import type { Kind } from "../../lambda/watch/finding";
import { type DeployedSchedule, schedulesOf, startsWatch } from "../deployed";
import { findStartTimes } from "../functions";
import type { Begun, Incident, Scene } from "./incident";

const HOUR = 3_600_000;

/** What stays true of the last run while there is no other. */
const OF_LAST_RUN: readonly Kind[] = ["cleaner failed", "cleaner held back"];

/** Incidents of the cleaner, of the watch itself, and of the topic. */
export const FUNCTION_INCIDENTS: readonly Incident[] = [
    {
        name: "the cleaner may not list snapshots",
        kinds: ["cleaner failed"],
        alarms: ["cleaner-errors"],
        hours: 50,
        begin: (scene) => ofCleaner(scene, 1, ({ started }) => takePermission(scene, started.role, "ec2:DescribeSnapshots")),
    },
    {
        name: "the cleaner crashes",
        kinds: ["cleaner late"],
        sideEffects: OF_LAST_RUN,
        alarms: ["cleaner-errors"],
        hours: 60,
        begin: (scene) => ofCleaner(scene, 1, ({ started }) => put(scene.account.mistakes.brokenFunctions, started.arn)),
    },
    {
        name: "the cleaner is never started",
        kinds: ["cleaner late"],
        sideEffects: OF_LAST_RUN,
        hours: 60,
        begin: (scene) => ofCleaner(scene, 1, ({ arn }) => put(scene.account.mistakes.stoppedSchedules, arn)),
    },
    {
        name: "the schedule may not start the cleaner",
        kinds: ["cleaner late"],
        sideEffects: OF_LAST_RUN,
        alarms: ["dead-letters"],
        hours: 60,
        begin: (scene) => ofCleaner(scene, 1, ({ role }) => takePermission(scene, role, "lambda:InvokeFunction")),
    },
    {
        name: "EC2 refuses each deletion",
        kinds: ["cleaner held back"],
        sideEffects: ["cleaner failed"],
        alarms: ["cleaner-errors"],
        hours: 120,
        begin: (scene) => ofCleaner(scene, 3, ({ started }) => takePermission(scene, started.role, "ec2:DeleteSnapshot")),
    },
    {
        name: "an address never confirms",
        kinds: ["subscription unconfirmed"],
        hours: 60,
        begin({ account }) {
            const [subscriptions] = account.aws.topics.values();
            subscriptions?.push({ protocol: "email", endpoint: "new@example.com", isConfirmed: false });
            return subscriptions && { repair: () => subscriptions.pop() };
        },
    },
    {
        name: "the watch may not list commands",
        kinds: ["unread"],
        hours: 40,
        begin: (scene) => ofWatch(scene, ([schedule]) => takePermission(scene, schedule.started.role, "ssm:ListCommandInvocations")),
    },
    {
        name: "the watch crashes",
        kinds: [],
        alarms: ["heartbeat"],
        hours: 40,
        begin: (scene) => ofWatch(scene, ([schedule]) => put(scene.account.mistakes.brokenFunctions, schedule.started.arn)),
    },
    {
        name: "the watch is never started",
        kinds: [],
        alarms: ["heartbeat"],
        hours: 40,
        begin: (scene) =>
            ofWatch(scene, (schedules) => {
                const repairs = schedules.map(({ arn }) => put(scene.account.mistakes.stoppedSchedules, arn));
                return () => {
                    for (const repair of repairs) {
                        repair();
                    }
                };
            }),
    },
];

type Repair = () => void;

/**
 * Breaks the cleaner.
 *
 * @param runs how many runs of the cleaner the watch must see before it can know
 */
function ofCleaner(scene: Scene, runs: number, breakIt: (schedule: DeployedSchedule) => Repair): Begun | undefined {
    const { account } = scene;
    const schedule = schedulesOf(account.deployment).find((candidate) => !startsWatch(candidate));
    if (!schedule) {
        return undefined;
    }
    const times = [...findStartTimes(schedule, account)].filter((time) => time > account.timeline.now);
    const last = times[runs - 1];
    const repair = breakIt(schedule);
    return {
        // The watch waits for two hours for the report of a run.
        ...(last !== undefined && { knowable: last + 2 * HOUR }),
        repair() {
            repair();
            account.deadLetters.clear();
        },
    };
}

function ofWatch({ account }: Scene, breakIt: (schedules: [DeployedSchedule, ...DeployedSchedule[]]) => Repair): Begun | undefined {
    const [first, ...others] = schedulesOf(account.deployment).filter(startsWatch);
    return first && { repair: breakIt([first, ...others]) };
}

function takePermission({ account: { mistakes } }: Scene, role: string, action: string): Repair {
    const taken = { role, action };
    mistakes.takenPermissions.add(taken);
    return () => mistakes.takenPermissions.delete(taken);
}

function put(set: Set<string>, value: string): Repair {
    set.add(value);
    return () => set.delete(value);
}
