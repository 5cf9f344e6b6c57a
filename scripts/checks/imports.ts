import { posix } from 'node:path';
import { parseSync } from 'rolldown/utils';

/** One import or re-export of a source file. */
export interface Import {
  /** As written: a package name or a relative path. */
  readonly specifier: string;
  /** Only types are taken, so that nothing is loaded at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Every import of the file: static, dynamic, re-exports, and the scripts of workers (`new URL('./x.ts', …)`). */
export function importsOf(file: string, source: string): Import[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, source).module;
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const imports: Import[] = staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    line: lineAt(start),
  }));
  for (const { start, entries } of staticExports) {
    const specifier = entries[0]?.moduleRequest?.value;
    if (specifier === undefined) continue;
    imports.push({ specifier, typeOnly: entries.every((entry) => entry.isType), line: lineAt(start) });
  }
  for (const { moduleRequest, start } of dynamicImports) {
    const literal = /^['"`](.*)['"`]$/.exec(source.slice(moduleRequest.start, moduleRequest.end))?.[1];
    if (literal !== undefined) imports.push({ specifier: literal, typeOnly: false, line: lineAt(start) });
  }
  for (const match of source.matchAll(/new URL\(\s*'(\.[^']+\.tsx?)',\s*import\.meta\.url/g)) {
    imports.push({ specifier: match[1] ?? '', typeOnly: false, line: lineAt(match.index) });
  }
  return imports;
}

/** The file that a relative import leads to, relative to the root as `file` is; undefined for a package. */
export function targetOf(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
}
