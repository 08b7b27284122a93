import { didYouMean } from "../components/suggestions";
import { isTypeName, slugFaults, typeNameFaults } from "../components/typeNames";
import { BUSY_SECONDS, overlapFaults } from "../components/windowOverlap";
import { parseSchedule } from "../lambda/retention/schedules";
import { slug } from "../lambda/watch/runComment";
import { EXIT } from "./exitCodes";
import { Failure } from "./failure";

/** The schedule that drops a snapshot type, as in the component. */
const NEVER = "never";

/** Other values for some snapshot types. */
export interface Change {
    readonly retention: Readonly<Record<string, number>>;
    /** AWS's expression, or `never`. */
    readonly schedules: Readonly<Record<string, string>>;
}

/** The part of a policy that a change concerns. */
interface Changeable {
    readonly retention: Readonly<Record<string, number>>;
    readonly schedules: Readonly<Record<string, string>>;
    readonly timezone: string;
}

/**
 * Applies a change to a policy, as a deployment would. Pure.
 *
 * @throws Failure for values that the component would refuse, too
 */
export function changedPolicy<T extends Changeable>(policy: T, { retention, schedules }: Change, now: number): T {
    const dropped = Object.keys(schedules).filter((type) => schedules[type] === NEVER);
    const isStaying = ([type]: readonly [string, unknown]) => !dropped.includes(type);
    const changed = {
        ...policy,
        retention: Object.fromEntries(Object.entries({ ...policy.retention, ...retention }).filter(isStaying)),
        schedules: Object.fromEntries(Object.entries({ ...policy.schedules, ...schedules }).filter(isStaying)),
    };
    const faults = [...typeFaults(policy, changed, dropped, retention), ...scheduleFaults(changed, now)];
    if (faults.length > 0) {
        throw new Failure(
            `The component would refuse this change: ${faults.map(sentence).join(" ")}`,
            "Run vss-backup plan --help.",
            EXIT.usage,
        );
    }
    return changed;
}

/** Ends a fault as a sentence. One with a suggestion is a question. */
function sentence(fault: string): string {
    return fault.endsWith("?") ? fault : `${fault}.`;
}

function typeFaults(policy: Changeable, changed: Changeable, dropped: readonly string[], retention: Change["retention"]): string[] {
    const types = [...new Set([...Object.keys(changed.retention), ...Object.keys(changed.schedules)])];
    const known = Object.keys(policy.retention);
    const given = types.filter((type) => !known.includes(type));
    const lacking = (values: object) => given.filter((type) => isTypeName(type) && !Object.hasOwn(values, type));
    const isNew = (type: string, option: string) =>
        `${type} is new and needs a ${option}; the policy has ${known.join(", ")}${didYouMean(type, known)}`;
    return [
        ...dropped
            .filter((type) => !known.includes(type))
            .map((type) => `${type} is no snapshot type of the policy, which has ${known.join(", ")}${didYouMean(type, known)}`),
        ...dropped.filter((type) => Object.hasOwn(retention, type)).map((type) => `${type} has both a retention and the schedule ${NEVER}`),
        ...given.flatMap(typeNameFaults),
        ...lacking(changed.schedules).map((type) => isNew(type, "--schedule")),
        ...lacking(changed.retention).map((type) => isNew(type, "--retention")),
        ...slugFaults(Object.keys(changed.schedules).filter(isTypeName)),
        ...(types.length === 0 ? ["it drops every snapshot type"] : []),
    ];
}

function scheduleFaults({ retention, schedules, timezone }: Changeable, now: number): string[] {
    const faults = Object.entries(schedules).flatMap(([type, expression]) => {
        try {
            parseSchedule(expression, "seconds allowed");
            return [];
        } catch (error) {
            return [`schedules.${type} is ${expression}; ${(error as Error).message}`];
        }
    });
    const types = Object.entries(schedules).map(([name, schedule]) => ({
        name,
        slug: slug(name),
        schedule,
        retention: retention[name] ?? 1,
    }));
    return faults.length > 0 ? faults : overlapFaults(types, timezone, BUSY_SECONDS, now);
}
