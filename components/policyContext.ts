import type * as pulumi from "@pulumi/pulumi";
import { type Placement, placement } from "./placement";
import type { ResolvedPolicy } from "./resolvePolicy";

/** The values that every part of the component needs. */
export interface PolicyContext {
    /** The policy's name. Children are named `${name}-…`. */
    readonly name: string;
    readonly parent: pulumi.Resource;
    readonly placement: Placement;
    /** Tags for every resource that supports tags. */
    readonly tags: pulumi.Output<Record<string, string>>;
}

export function policyContext(parent: pulumi.Resource, { name, tags }: ResolvedPolicy): PolicyContext {
    return { name, parent, placement: placement(parent), tags };
}
