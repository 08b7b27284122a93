import type * as pulumi from "@pulumi/pulumi";
import { type Placement, placement } from "./placement";
import type { ResolvedPolicy } from "./resolvePolicy";

/** What every part of a component needs from it. */
export interface PolicyContext {
    /** The policy's name. Children are named `${name}-…`. */
    readonly name: string;
    readonly parent: pulumi.Resource;
    readonly placement: Placement;
    /** For every resource that takes tags. */
    readonly tags: pulumi.Output<Record<string, string>>;
}

export function policyContext(parent: pulumi.Resource, { name, tags }: ResolvedPolicy): PolicyContext {
    return { name, parent, placement: placement(parent), tags };
}
