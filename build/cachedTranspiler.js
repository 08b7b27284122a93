// Compiles TypeScript for ts-node, and caches the output under node_modules/.cache. Without the cache, the compiler takes most of the
// time of a preview. This file is JavaScript, since it runs before ts-node can read TypeScript.
// See https://typestrong.org/ts-node/docs/transpilers#writing-your-own-integration

const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const ts = require("typescript");

const CACHE = join(__dirname, "..", "node_modules", ".cache", "pulumi-vss-backup", "compiled");

/** @param {{ service: { config: { options: import("typescript").CompilerOptions } } }} created */
exports.create = ({ service }) => {
    // All files of this package are CommonJS modules.
    const compilerOptions = { ...service.config.options, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 };
    return {
        /** @param {string} source @param {{ fileName: string }} options */
        transpile(source, { fileName }) {
            const inputs = JSON.stringify([ts.version, compilerOptions, fileName, source]);
            const file = join(CACHE, `${createHash("sha256").update(inputs).digest("hex")}.json`);
            return read(file) ?? write(file, ts.transpileModule(source, { fileName, compilerOptions, reportDiagnostics: true }));
        },
    };
};

function read(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        // The file is missing or incomplete.
        return undefined;
    }
}

function write(file, { outputText, sourceMapText, diagnostics = [] }) {
    const compiled = { outputText, sourceMapText, diagnostics };
    try {
        mkdirSync(CACHE, { recursive: true });
        // The rename is atomic: another process never reads half a file.
        const draft = `${file}.${randomUUID()}`;
        writeFileSync(draft, JSON.stringify(compiled));
        renameSync(draft, file);
    } catch {
        // The cache is only faster. JSON can't hold diagnostics, since they refer to the whole program. The folder may be read-only.
    }
    return compiled;
}
