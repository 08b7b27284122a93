import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { VssBackupPolicyArgs } from "../../components";
import { resolvePolicy } from "../../components/resolvePolicy";

export const NOW = Date.UTC(2027, 0, 1);

/** The error that the check of arguments throws, if any. */
export function thrownBy(name: string, args: unknown): Error[] {
    try {
        resolvePolicy(name, args as VssBackupPolicyArgs, NOW);
        return [];
    } catch (error) {
        assert.ok(pulumi.RunError.isInstance(error), String(error));
        return [error as Error];
    }
}

/** The faults without the component's name. The list is empty if the arguments are valid. */
export function faultsOf(args: unknown, name = "prod"): string[] {
    const lines = thrownBy(name, args).flatMap(({ message }) => message.split("\n"));
    return lines.map((line) => line.replace(`VssBackupPolicy "${name}": `, ""));
}
