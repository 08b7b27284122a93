import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./documents";

const IMPORT = 'import { VssBackupPolicy } from "pulumi-vss-backup";\n';

/** Compiles programs that are not on the disk, with the settings of this project. Returns the compiler's errors. */
export function findCompilerErrors(programs: readonly string[]): string[] {
    const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT);
    const texts = new Map(programs.map((text, i) => [join(ROOT, `document-${i}.ts`), withImport(text)]));
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (file) => texts.has(file) || fileExists(file);
    host.readFile = (file) => texts.get(file) ?? readFile(file);
    host.getSourceFile = (file, version, ...rest) => {
        const text = texts.get(file);
        return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version);
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** Runs a program without deploying. Returns the arguments that it gives to its policies. */
export function readPolicyArguments(program: string): object[] {
    const given: object[] = [];
    class VssBackupPolicy {
        public constructor(_name: string, args: object) {
            given.push(args);
        }
    }
    const { outputText } = ts.transpileModule(withImport(program), { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    new Function("require", "exports", outputText)(() => ({ VssBackupPolicy }), {});
    return given;
}

/** Adds the import that short examples leave out. */
function withImport(program: string): string {
    return program.includes("import ") ? program : IMPORT + program;
}
