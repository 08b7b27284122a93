import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { anchorsOf, PAGES, proseOf, ROOT } from "../support/documents";

/** Targets of the links and pictures of a page. */
function linksOf(page: string): string[] {
    return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
}

function relativeLinksOf(page: string): string[] {
    return linksOf(page).filter((target) => !target.startsWith("https://"));
}

/** A link's file, from the root, and its anchor. */
function resolveLink(page: string, target: string): { readonly file: string; readonly anchor: string | undefined } {
    const [path, anchor] = target.split("#") as [string, string?];
    return { file: path === "" ? page : normalize(join(dirname(page), path)), anchor };
}

function isBroken(page: string, target: string): boolean {
    const { file, anchor } = resolveLink(page, target);
    return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
}

describe("The documents' links", () => {
    for (const page of PAGES) {
        it(`${page} links to files and headings that exist`, () => {
            assert.deepEqual(
                relativeLinksOf(page).filter((target) => isBroken(page, target)),
                [],
            );
        });

        it(`${page} names files and folders that exist`, () => {
            const named = [...proseOf(page).matchAll(/`((?:components|lambda|rehearsal|test|bench|build|docs|examples)\/[\w./]*)`/g)].map(
                ([, path]) => path as string,
            );
            assert.deepEqual(
                named.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, `${path}.ts`))),
                [],
            );
        });
    }

    it("lead from the README only to files of the package, as the registry's page needs", () => {
        const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: string[] };
        const packed = [...files, "LICENSE"];
        assert.deepEqual(
            relativeLinksOf("README.md").filter((target) => {
                const { file } = resolveLink("README.md", target);
                return !packed.some((entry) => file === entry || file.startsWith(`${entry}/`));
            }),
            [],
        );
    });

    it("lead from the README to every page of docs", () => {
        const linked = linksOf("README.md").map((target) => resolveLink("README.md", target).file);
        assert.deepEqual(
            PAGES.filter((page) => page.startsWith("docs/") && !linked.includes(page)),
            [],
        );
    });
});
