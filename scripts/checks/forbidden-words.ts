import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from './check.ts';
import { repositoryFiles } from './source-files.ts';

/** What only makes sense on one machine or network, and so has no place in a repository for everybody. */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a folder of one machine', pattern: /(?<![\w.$}*-])\/(?:work|home|root|Users|tmp)\/[\w.-]+/ },
  { what: 'the host of a package registry', pattern: /\bregistry\.[\w-]+\.\w+|\bdeb\.\w+\.org\b/ },
];

export const forbiddenWords: Check = {
  name: 'forbidden words',
  remedy:
    'take a temporary folder from os.tmpdir(), other paths from the repository, and name no hosts of registries',
  async run(root) {
    const problems: string[] = [];
    for (const file of await repositoryFiles(root)) {
      const contents = await readFile(join(root, file), 'utf8');
      if (contents.includes('\0')) continue;
      for (const [index, line] of contents.split('\n').entries()) {
        for (const { what, pattern } of FORBIDDEN) {
          const word = pattern.exec(line)?.[0];
          if (word !== undefined) problems.push(`${file}:${index + 1} names ${what}: ${word}`);
        }
      }
    }
    return problems;
  },
};
