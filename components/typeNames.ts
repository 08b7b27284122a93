import { slug } from "../lambda/watch/runComment";
import { typeName } from "./textSchemas";

/** Whether the component accepts a name of a snapshot type. */
export function isTypeName(type: string): boolean {
    return typeName.safeParse(type).success;
}

/** Finds the faults of a name of a snapshot type, one sentence each. */
export function typeNameFaults(type: string): string[] {
    return (typeName.safeParse(type).error?.issues ?? []).map(({ message }) =>
        keyFault("snapshot type", type, "retention and schedules", message),
    );
}

/** Finds snapshot types whose resources would have the same names. */
export function slugFaults(types: readonly string[]): string[] {
    const same = types.filter((type) => types.some((other) => other !== type && slug(other) === slug(type)));
    return same.length > 0 ? [`schedules has ${same.join(" and ")}, and their resources would have the same names; rename one`] : [];
}

/** Says that a key of a map cannot be used. */
export function keyFault(keyName: string, key: unknown, owners: string, why: string): string {
    return `the ${keyName} ${JSON.stringify(key)} in ${owners} can't be used; ${why}`;
}
