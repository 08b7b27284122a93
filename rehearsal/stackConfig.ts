import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";

/**
 * Reads the config of a stack as Pulumi passes it to a program. Values of the stack replace defaults of the project.
 *
 * @param folder the folder with `Pulumi.yaml`
 * @throws Error that names the file, the line and the cure
 */
export function readStackConfig(folder: string, stack: string): Record<string, string> {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    if (!existsSync(file)) {
        const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
        throw new Error(`There is no Pulumi.${stack}.yaml in ${folder}; its stacks are: ${stacks.join(", ") || "none"}.`);
    }
    if (!existsSync(join(folder, "Pulumi.yaml"))) {
        throw new Error(`There is no Pulumi.yaml in ${folder}.`);
    }
    const project = readYaml(join(folder, "Pulumi.yaml"));
    const name = project.top?.get("name");
    if (typeof name !== "string") {
        throw project.fault(project.top, "the project has no name. Write one, such as name: vss-backup");
    }
    const given = entriesOf(readYaml(file), name);
    return Object.fromEntries([...defaultsOf(entriesOf(project, name)), ...given.map(({ key, value }) => [key, textOf(value)] as const)]);
}

interface YamlFile {
    /** Undefined if the file is empty. */
    readonly top: YAMLMap | undefined;
    readonly document: Document;
    /** Makes the error for a fault at a place of the file. */
    fault(place: Node | null | undefined, message: string): Error;
}

interface Entry {
    readonly key: string;
    readonly value: unknown;
}

function readYaml(path: string): YamlFile {
    const lines = new LineCounter();
    const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines, prettyErrors: false, merge: true });
    const faultAt = (offset: number, message: string) => new Error(`${path}, line ${lines.linePos(offset).line || 1}: ${message}.`);
    const fault: YamlFile["fault"] = (place, message) => faultAt(place?.range?.[0] ?? 0, message);
    const [error] = document.errors;
    if (error) {
        throw faultAt(error.pos[0], `this is no valid YAML: ${error.message}`);
    }
    const { contents } = document;
    if (!isEmpty(contents) && !isMap(contents)) {
        throw fault(contents, `the file must hold keys and values, such as config:, and holds ${kindOf(contents)}`);
    }
    return { top: isMap(contents) ? contents : undefined, document, fault };
}

/** Reads the entries of a file under `config`. */
function entriesOf(file: YamlFile, project: string): Entry[] {
    const config = file.top?.get("config", true) as Node | undefined;
    if (isEmpty(config)) {
        return [];
    }
    if (!isMap(config)) {
        throw file.fault(config, `config must hold keys and values, such as aws:region: eu-central-1, and is ${kindOf(config)}`);
    }
    return config.items.map(({ key, value }) => ({
        key: fullKey(file, key as Node, project),
        value: readValue(file, key as Node, value as Node | null),
    }));
}

/** Completes a key. Without a namespace, it is a key of the project. `namespace:config:name` is an old form of `namespace:name`. */
function fullKey(file: YamlFile, node: Node, project: string): string {
    const key = isScalar(node) ? node.value : undefined;
    if (typeof key !== "string") {
        throw file.fault(node, `a key of config must be text, and is ${kindOf(node)}`);
    }
    const parts = key.split(":");
    if (parts.length === 3 && parts[1] === "config") {
        return `${parts[0]}:${parts[2]}`;
    }
    if (parts.length > 2) {
        throw file.fault(node, `${key} is no key of Pulumi. Write it as namespace:name`);
    }
    return parts.length === 2 ? key : `${project}:${key}`;
}

function readValue(file: YamlFile, key: Node, node: Node | null): unknown {
    let value: unknown;
    try {
        value = node?.toJS(file.document) ?? null;
    } catch (error) {
        // The library finds an alias without its anchor only here.
        throw file.fault(node, (error as Error).message);
    }
    if (isEncrypted(value)) {
        throw file.fault(key, `${key} is encrypted, and the rehearsal has no key for it. Write it in plain text for the rehearsal`);
    }
    return value;
}

/** Reads the defaults like Pulumi. A declaration that is no map is the value itself. A null default does not count. */
function defaultsOf(declared: readonly Entry[]): [string, string][] {
    return declared.flatMap(({ key, value }) => {
        const { default: byDefault, value: fixed } = (isPlainObject(value) ? value : { default: value }) as Record<string, unknown>;
        const chosen = byDefault ?? fixed;
        return chosen === null || chosen === undefined ? [] : [[key, textOf(chosen)]];
    });
}

/**
 * Makes text of a value like Pulumi. Null becomes empty text, but stays null inside lists and maps. Maps are in the order of their keys.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/loaders.go
 */
function textOf(value: unknown): string {
    if (value === null) {
        return "";
    }
    return typeof value === "string" ? value : JSON.stringify(value, inOrder);
}

function inOrder(_: string, value: unknown): unknown {
    return isPlainObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

/** Finds encrypted text. Pulumi writes it as a map with the one key `secure`. */
function isEncrypted(value: unknown): boolean {
    if (typeof value !== "object" || value === null) {
        return false;
    }
    const entries = Object.entries(value);
    return (
        (entries.length === 1 && entries[0]?.[0] === "secure" && typeof entries[0][1] === "string") ||
        entries.some(([, entry]) => isEncrypted(entry))
    );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(node: Node | null | undefined): node is null | undefined {
    return !node || (isScalar(node) && node.value === null);
}

function kindOf(node: Node | null | undefined): string {
    if (isCollection(node)) {
        return isMap(node) ? "a map" : "a list";
    }
    return isScalar(node) ? JSON.stringify(node.value) : "an alias";
}
