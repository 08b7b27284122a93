import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackConfig } from "../../rehearsal/stackConfig";

/** Makes a folder with these files, and deletes it after use. */
function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), "program-"));
    try {
        for (const [name, text] of Object.entries(files)) {
            writeFileSync(join(folder, name), text);
        }
        return use(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const PROJECT = `
name: shop
config:
    shop:colour: { type: string, default: red }
    size: { type: integer, default: 5 }
    shop:loud: { type: boolean, default: false }
    shop:names: { type: array, items: { type: string }, default: [] }
    shop:none: { type: string }
`;

const PROJECT_FILE = "Pulumi.yaml";
const STACK = "Pulumi.dev.yaml";
const FLOW = "this is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]";

function encrypted(key: string): string {
    return `${key} is encrypted, and the rehearsal has no key for it. Write it in plain text for the rehearsal`;
}

const DEFAULTS = { "shop:colour": "red", "shop:size": "5", "shop:loud": "false", "shop:names": "[]" };

function configOf(stackFile: string, project = PROJECT): Record<string, string> {
    return inFolder({ "Pulumi.yaml": project, "Pulumi.dev.yaml": stackFile }, (folder) => readStackConfig(folder, "dev"));
}

describe("The config of a stack", () => {
    it("has the stack's values before the project's defaults, each as text", () => {
        const file = "config:\n    aws:region: eu-west-1\n    shop:colour: blue\n    shop:map: { a: 1, b: null }\n    shop:port: 80\n";
        assert.deepEqual(configOf(file), {
            ...DEFAULTS,
            "aws:region": "eu-west-1",
            "shop:colour": "blue",
            "shop:map": '{"a":1,"b":null}',
            "shop:port": "80",
        });
    });

    it("has only the project's defaults if the stack's file has no config", () => {
        const files = ["", "# nothing\n", "encryptionsalt: v1:x\n", "config:\n"];
        assert.deepEqual(
            files.map((file) => configOf(file)),
            Array(4).fill(DEFAULTS),
        );
    });

    it("has only the stack's values if the project declares no config", () => {
        assert.deepEqual(configOf("config:\n    shop:colour: blue\n", "name: shop\n"), { "shop:colour": "blue" });
    });

    it("refuses a stack without a file, and names the stacks with files", () => {
        const files = { "Pulumi.yaml": PROJECT, "Pulumi.prod.yaml": "", "Pulumi.test.eu.yaml": "" };
        inFolder(files, (folder) => {
            assert.throws(() => readStackConfig(folder, "dev"), {
                message: `There is no Pulumi.dev.yaml in ${folder}; its stacks are: prod, test.eu.`,
            });
        });
        inFolder({ "Pulumi.yaml": PROJECT }, (folder) => {
            assert.throws(() => readStackConfig(folder, "dev"), {
                message: `There is no Pulumi.dev.yaml in ${folder}; its stacks are: none.`,
            });
        });
    });

    it("has empty text for null, and keeps null inside maps and lists", () => {
        const file = "config:\n    shop:colour:\n    shop:size: ~\n    shop:loud: null\n    shop:map: { a: ~ }\n    shop:list: [null]\n";
        assert.deepEqual(configOf(file), {
            ...DEFAULTS,
            "shop:colour": "",
            "shop:size": "",
            "shop:loud": "",
            "shop:map": '{"a":null}',
            "shop:list": "[null]",
        });
    });

    it("has maps in the order of their keys, as Pulumi writes JSON", () => {
        assert.deepEqual(configOf("config:\n    shop:map: { b: { d: 1, c: 2 }, a: [{ f: 1, e: 2 }] }\n"), {
            ...DEFAULTS,
            "shop:map": '{"a":[{"e":2,"f":1}],"b":{"c":2,"d":1}}',
        });
    });

    it("has keys without a namespace and keys of the old form under their full names", () => {
        assert.deepEqual(configOf("config:\n    colour: blue\n    aws:config:region: eu-west-1\n"), {
            ...DEFAULTS,
            "shop:colour": "blue",
            "aws:region": "eu-west-1",
        });
    });

    it("reads values and short declarations of the project, and ignores a null default", () => {
        const project =
            "name: shop\nconfig:\n    aws:region: { value: eu-west-1 }\n    colour: red\n    list: [1]\n    size: { default: null }\n";
        assert.deepEqual(configOf("", project), { "aws:region": "eu-west-1", "shop:colour": "red", "shop:list": "[1]" });
    });

    it("reads a map with more keys than secure as plain text", () => {
        const file = 'config:\n    shop:map: { secure: yes, fast: no }\n    shop:text: \'{"secure":"x"}\'\n';
        assert.deepEqual(configOf(file), { ...DEFAULTS, "shop:map": '{"fast":"no","secure":"yes"}', "shop:text": '{"secure":"x"}' });
    });

    it("refuses a folder without a project", () => {
        inFolder({ "Pulumi.dev.yaml": "" }, (folder) => {
            assert.throws(() => readStackConfig(folder, "dev"), { message: `There is no Pulumi.yaml in ${folder}.` });
        });
    });

    for (const [title, name, text, line, message] of [
        [
            "YAML that does not parse",
            STACK,
            "config:\n  a: b: c\n",
            2,
            "this is no valid YAML: Nested mappings are not allowed in compact mappings",
        ],
        ["a tab as indentation", STACK, "config:\n\ta: 1\n", 2, "this is no valid YAML: Tabs are not allowed as indentation"],
        ["a key that comes twice", STACK, "config:\n  a: 1\n  a: 2\n", 3, "this is no valid YAML: Map keys must be unique"],
        [
            "an alias without its anchor",
            STACK,
            "config:\n  a: 1\n  b: *c\n",
            3,
            "Unresolved alias (the anchor must be set before the alias): c",
        ],
        [
            "a list instead of keys",
            STACK,
            "# stack\n- config\n",
            2,
            "the file must hold keys and values, such as config:, and holds a list",
        ],
        [
            "a config that is a list",
            STACK,
            "config:\n  - shop:colour\n",
            2,
            "config must hold keys and values, such as aws:region: eu-central-1, and is a list",
        ],
        [
            "a config that is a text",
            STACK,
            "encryptionsalt: v1\nconfig: aws:region=eu-west-1\n",
            2,
            'config must hold keys and values, such as aws:region: eu-central-1, and is "aws:region=eu-west-1"',
        ],
        ["a key that is a number", STACK, "config:\n  1: red\n", 2, "a key of config must be text, and is 1"],
        ["a key that is a list", STACK, "config:\n  ? [a]\n  : red\n", 2, "a key of config must be text, and is a list"],
        ["a key with too many parts", STACK, "config:\n  a: 1\n  b:c:d: 1\n", 3, "b:c:d is no key of Pulumi. Write it as namespace:name"],
        ["an encrypted value", STACK, "config:\n  shop:colour:\n    secure: AA==\n", 2, encrypted("shop:colour")],
        ["a value with an encrypted part", STACK, "config:\n  shop:map:\n    a:\n      - secure: AA==\n", 2, encrypted("shop:map")],
        ["a project that does not parse", PROJECT_FILE, "name: shop\nconfig: [\n", 3, FLOW],
        ["a project that is a text", PROJECT_FILE, "shop\n", 1, 'the file must hold keys and values, such as config:, and holds "shop"'],
        ["a project without a name", PROJECT_FILE, "runtime: nodejs\n", 1, "the project has no name. Write one, such as name: vss-backup"],
        [
            "a project whose config is a number",
            PROJECT_FILE,
            "name: shop\nconfig: 3\n",
            2,
            "config must hold keys and values, such as aws:region: eu-central-1, and is 3",
        ],
    ] as const) {
        it(`refuses ${title}, and names the file and the line`, () => {
            inFolder({ "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": "", [name]: text }, (folder) => {
                assert.throws(() => readStackConfig(folder, "dev"), { message: `${join(folder, name)}, line ${line}: ${message}.` });
            });
        });
    }
});
