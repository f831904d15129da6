import { join } from 'node:path';
import ts from 'typescript';

/** Says what the compiler has against files of a folder, as they are by then: '' where nothing. Knows what it has read. */
export function compiler(folder: string): (files: readonly string[]) => string {
  const config = join(folder, 'tsconfig.json');
  const read = ts.readConfigFile(config, (path) => ts.sys.readFile(path));
  const { options, fileNames } = ts.parseJsonConfigFileContent(read.config, ts.sys, folder);
  const plain = ts.createCompilerHost(options);
  const known = new Map<string, { text: string; file: ts.SourceFile }>();
  const host: ts.CompilerHost = {
    ...plain,
    getSourceFile(path, version) {
      const text = plain.readFile(path);
      if (text === undefined) return undefined;
      const before = known.get(path);
      if (before?.text === text) return before.file;
      const file = ts.createSourceFile(path, text, version);
      known.set(path, { text, file });
      return file;
    },
  };
  let program: ts.Program | undefined;
  return (files) => {
    program = ts.createProgram({
      rootNames: fileNames,
      options,
      host,
      ...(program && { oldProgram: program }),
    });
    const found = files.flatMap((path) => {
      const file = program?.getSourceFile(join(folder, path));
      return file && program
        ? [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
        : [];
    });
    return ts.formatDiagnostics(found, { ...host, getCurrentDirectory: () => folder }).trim();
  };
}
