import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from './check.ts';
import { type Import, importsOf, targetOf } from './imports.ts';
import { isTestCode, isTypeScript, repositoryFiles } from './source-files.ts';

type Side = 'client' | 'server' | 'both';

/** From top to bottom. Code imports only what stands below it, and of the other side nothing. */
const LAYERS: readonly { readonly folder: string; readonly side: Side }[] = [
  { folder: 'apps', side: 'client' },
  { folder: 'packages/cli', side: 'server' },
  { folder: 'packages/react', side: 'client' },
  { folder: 'packages/mesibo', side: 'client' },
  { folder: 'packages/client', side: 'client' },
  { folder: 'packages/server', side: 'server' },
  { folder: 'packages/media', side: 'server' },
  { folder: 'packages/storage', side: 'server' },
  { folder: 'packages/bus', side: 'server' },
  { folder: 'packages/protocol', side: 'both' },
];

const TESTKIT = 'packages/testkit';

export const packageDirection: Check = {
  name: 'package direction',
  remedy: 'import only packages further down the list of docs/architecture.md, and through their names',
  async run(root) {
    const files = (await repositoryFiles(root)).filter(isTypeScript);
    const problems: string[] = [];
    for (const file of files) {
      for (const found of importsOf(file, await readFile(join(root, file), 'utf8'))) {
        const problem = problemWith(file, found);
        if (problem !== undefined) problems.push(`${file}:${found.line} ${problem}`);
      }
    }
    return problems;
  },
};

function problemWith(file: string, { specifier }: Import): string | undefined {
  const from = packageOf(file);
  const target = targetOf(file, specifier);
  const to = target === undefined ? packageNamed(specifier) : packageOf(target);
  if (to === undefined || to === from) return undefined;
  if (to.startsWith('apps/')) return 'imports an application: move what both need to a package';
  // What lies outside of packages (end-to-end tests, benchmarks), and the testkit, puts whole systems together.
  if (from === undefined || from === TESTKIT) return undefined;
  if (target !== undefined) return `reaches into ${to} by its path: import it by its name`;
  if (to === TESTKIT) return isTestCode(file) ? undefined : 'imports the testkit, which is for tests';
  const above = layerOf(from);
  const below = layerOf(to);
  if (above === undefined || below === undefined) {
    return `${above === undefined ? from : to} has no place among the layers of scripts/checks/package-direction.ts`;
  }
  if (LAYERS.indexOf(below) <= LAYERS.indexOf(above)) return `imports ${to}, which stands above ${from}`;
  if (below.side !== 'both' && below.side !== above.side) {
    return `imports ${to}: the ${above.side} side and the ${below.side} side meet in packages/protocol alone`;
  }
  return undefined;
}

/** The workspace that a path lies in, such as `packages/server`. */
function packageOf(path: string): string | undefined {
  return /^(?:packages|apps)\/[^/]+/.exec(path)?.[0];
}

/** The workspace that a package name stands for; applications are named alike, and nobody imports them. */
function packageNamed(specifier: string): string | undefined {
  const name = /^@stoa\/([^/]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  const isPackage = name === 'testkit' || LAYERS.some(({ folder }) => folder === `packages/${name}`);
  return isPackage ? `packages/${name}` : `apps/${name}`;
}

function layerOf(workspace: string) {
  return LAYERS.find(({ folder }) => workspace === folder || workspace.startsWith(`${folder}/`));
}
