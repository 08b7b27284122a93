import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Registration } from "./engine";
import type { ProgramRun } from "./runProgram";
import { plain } from "./wire";

/** Registrations in order of their URNs: they come in any order. */
export function inOrder({ registrations }: Pick<ProgramRun, "registrations">): Registration[] {
    return [...registrations].sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Registrations without that of the stack, which Pulumi itself makes. */
export function ownOf(run: Pick<ProgramRun, "registrations">): Registration[] {
    return inOrder(run).filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** Inputs by name, with what is unknown in words. */
export function inputsByName(run: Pick<ProgramRun, "registrations">): Record<string, JavaScriptValue> {
    return Object.fromEntries(ownOf(run).map(({ name, inputs }) => [name, plain(inputs)]));
}

/** What only one of two runs registers, and what both register with other inputs. */
export function changes(before: Pick<ProgramRun, "registrations">, after: Pick<ProgramRun, "registrations">) {
    const [old, recent] = [before, after].map((run) => new Map(ownOf(run).map(({ urn, ...rest }) => [urn, rest])));
    const named = (urns: readonly string[]) => urns.map((urn) => urn.split("::").at(-1) as string).sort();
    const [olds, recents] = [[...(old?.keys() ?? [])], [...(recent?.keys() ?? [])]];
    return {
        added: named(recents.filter((urn) => !old?.has(urn))),
        dropped: named(olds.filter((urn) => !recent?.has(urn))),
        changed: named(olds.filter((urn) => recent?.has(urn) && JSON.stringify(old?.get(urn)) !== JSON.stringify(recent.get(urn)))),
    };
}

/** Warnings and errors: the messages that a user sees. */
export function shown({ messages }: Pick<ProgramRun, "messages">): string[] {
    return messages.filter(({ severity }) => severity !== "debug").map(({ severity, text }) => `${severity}: ${text}`);
}
