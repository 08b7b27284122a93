import type * as pulumi from "@pulumi/pulumi";
import type { Placement } from "./placement";

/** What every part of a policy needs from it. */
export interface Part {
    /** The policy's name; children are named `${name}-…`. */
    readonly name: string;
    readonly parent: pulumi.Resource;
    readonly placement: Placement;
    /** For every resource that can bear tags. */
    readonly tags: pulumi.Output<Record<string, string>>;
}
