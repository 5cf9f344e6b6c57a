import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Check } from './check.ts';
import { importsOf, targetOf } from './imports.ts';
import { isTestCode, isTypeScript, repositoryFiles } from './source-files.ts';

/** Where folders are domains, each with one door: its index.ts. */
const HOUSES = /^packages\/(?:server|client)\/src\//;

/** The node: its domains know nothing of each other but types; the doors and the files beside them connect them. */
const SERVER = 'packages/server/src';
const DOORS = ['http', 'socket'];

export const folderBorders: Check = {
  name: 'folder borders',
  remedy: 'enter a folder by its index.ts; give a domain what it needs of another as an argument',
  async run(root) {
    const files = (await repositoryFiles(root)).filter((file) => isTypeScript(file) && HOUSES.test(file));
    const known = new Set(files);
    const problems: string[] = [];
    for (const file of files) {
      for (const { specifier, typeOnly, line } of importsOf(file, await readFile(join(root, file), 'utf8'))) {
        const target = targetOf(file, specifier);
        if (target === undefined) continue;
        const problem = sideEntrance(file, target, known) ?? domainToDomain(file, target, typeOnly);
        if (problem !== undefined) problems.push(`${file}:${line} ${problem}`);
      }
    }
    return problems;
  },
};

/** A folder with an index.ts shows the outside what is in there, and nothing else. */
function sideEntrance(file: string, target: string, known: ReadonlySet<string>): string | undefined {
  const entered = foldersOf(target).find(
    (folder) => !file.startsWith(`${folder}/`) && known.has(`${folder}/index.ts`),
  );
  if (entered === undefined || target === `${entered}/index.ts`) return undefined;
  return `reaches past ${entered}/index.ts to ${posix.basename(target)}`;
}

/** A domain folder of the server takes from another domain, and from the composition root, nothing but types. */
function domainToDomain(file: string, target: string, typeOnly: boolean): string | undefined {
  const from = domainOf(file);
  if (from === undefined || typeOnly || isTestCode(file)) return undefined;
  if (target === `${SERVER}/node.ts`) return 'imports the composition root, which imports it';
  const to = domainOf(target) ?? doorOf(target);
  return to === undefined || to === from
    ? undefined
    : `${from}/ imports code of ${to}/: only types may cross`;
}

function domainOf(path: string): string | undefined {
  const folder = serverFolder(path);
  return folder === undefined || DOORS.includes(folder) ? undefined : folder;
}

function doorOf(path: string): string | undefined {
  return DOORS.find((door) => door === serverFolder(path));
}

function serverFolder(path: string): string | undefined {
  if (!path.startsWith(`${SERVER}/`)) return undefined;
  const [folder, ...rest] = path.slice(SERVER.length + 1).split('/');
  return rest.length === 0 ? undefined : folder;
}

/** The folders of a path below its `src`, from the outermost. */
function foldersOf(path: string): string[] {
  const source = HOUSES.exec(path)?.[0];
  if (source === undefined) return [];
  const names = path.slice(source.length).split('/').slice(0, -1);
  return names.map((_, index) => source + names.slice(0, index + 1).join('/'));
}
