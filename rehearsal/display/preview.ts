import pc from "picocolors";
import type { Deployment } from "../program";

/** What would be deployed, as `pulumi preview` shows it. */
export function preview({ project, stack, resources }: Deployment): string {
    const [component, ...unordered] = resources.map(({ type, name }) => ({ type: shortType(type), name }));
    // The order in which resources are registered means nothing; by name, the parts of the policy stand together.
    const children = unordered.sort((a, b) => (a.name < b.name ? -1 : 1));
    const rows = [
        { type: "pulumi:pulumi:Stack", name: `${project}-${stack}` },
        { type: `└─ ${component?.type}`, name: component?.name ?? "" },
        ...children.map(({ type, name }, i) => ({ type: `   ${i === children.length - 1 ? "└─" : "├─"} ${type}`, name })),
    ];
    const [typeWidth, nameWidth] = [widest(rows.map(({ type }) => type)), widest(rows.map(({ name }) => name))];
    return [
        pc.bold(`     ${"Type".padEnd(typeWidth)}  ${"Name".padEnd(nameWidth)}  Plan`),
        ...rows.map(({ type, name }) => `${pc.green(" +  ")} ${type.padEnd(typeWidth)}  ${name.padEnd(nameWidth)}  ${pc.green("create")}`),
        "",
        `Resources: ${pc.green(`+ ${rows.length} to create`)}`,
    ].join("\n");
}

function widest(texts: readonly string[]): number {
    return Math.max(...texts.map(({ length }) => length));
}

/** `aws:sns/topic:Topic` is shown as `aws:sns:Topic`. */
function shortType(type: string): string {
    return type.replace(/^([^:]+):([^/:]+)\/[^:]+:/, "$1:$2:");
}
