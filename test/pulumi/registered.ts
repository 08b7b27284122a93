import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Registration } from "./engine";
import type { ProgramRun } from "./runProgram";
import { removeSecretMarks } from "./wire";

/** Sorts registrations by their URNs, since they arrive in any order. */
export function sortRegistrations({ registrations }: Pick<ProgramRun, "registrations">): Registration[] {
    return [...registrations].sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Leaves out the stack, which Pulumi itself registers. */
export function listResources(run: Pick<ProgramRun, "registrations">): Registration[] {
    return sortRegistrations(run).filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** Returns the inputs of each resource by its name, with `[unknown]` for unknown values. */
export function inputsByName(run: Pick<ProgramRun, "registrations">): Record<string, JavaScriptValue> {
    return Object.fromEntries(listResources(run).map(({ name, inputs }) => [name, removeSecretMarks(inputs)]));
}

/** Compares two runs: the resources of only one run, and the resources with changed inputs. */
export function findChanges(before: Pick<ProgramRun, "registrations">, after: Pick<ProgramRun, "registrations">) {
    const [old, recent] = [before, after].map((run) => new Map(listResources(run).map(({ urn, ...rest }) => [urn, rest])));
    const named = (urns: readonly string[]) => urns.map((urn) => urn.split("::").at(-1) as string).sort();
    const [olds, recents] = [[...(old?.keys() ?? [])], [...(recent?.keys() ?? [])]];
    return {
        added: named(recents.filter((urn) => !old?.has(urn))),
        dropped: named(olds.filter((urn) => !recent?.has(urn))),
        changed: named(olds.filter((urn) => recent?.has(urn) && JSON.stringify(old?.get(urn)) !== JSON.stringify(recent.get(urn)))),
    };
}

/** Returns the messages that a user sees: all but those for debugging. */
export function listMessages({ messages }: Pick<ProgramRun, "messages">): string[] {
    return messages.filter(({ severity }) => severity !== "debug").map(({ severity, text }) => `${severity}: ${text}`);
}
