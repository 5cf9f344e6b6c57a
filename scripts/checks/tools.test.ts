import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { repositoryWith } from './repository-fixture.ts';
import { toolChecks } from './tools.ts';

// Whole programs, each using all cores.
vi.setConfig({ testTimeout: 60_000 });

const here = join(import.meta.dirname, '../..');

const manifest = {
  name: 'fixture',
  type: 'module',
  scripts: { main: 'node scripts/main.ts' },
  knip: { project: 'scripts/*.ts' },
};

/** Runs a check on a small repository with our configuration and tools. */
async function run(name: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = repositoryWith({
    '.gitignore': 'node_modules\n',
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    ...files,
  });
  for (const file of ['biome.json', 'tsconfig.json', 'scripts/checks/house-rules.grit']) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(join(here, file), join(root, file));
  }
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  const check = toolChecks.find((candidate) => candidate.name === name);
  return check?.run(root) ?? ['no such check'];
}

const goodFiles = {
  'scripts/main.ts': "import { a } from './a.ts';\n\nconsole.log(a);\n",
  'scripts/a.ts': 'export const a = 1;\n',
};

it.each(['types', 'format and lint', 'unused code'])(
  '%s: is content with what keeps the rules',
  async (name) => {
    expect(await run(name, goodFiles)).toEqual([]);
  },
);

it('types: fails on an error of types and on syntax that cannot be stripped', async () => {
  expect(
    await run('types', {
      'scripts/a.ts': "export const a: number = '1';\n",
      'scripts/b.ts': 'export enum B {\n  C,\n}\n',
    }),
  ).toEqual([
    expect.stringMatching(/^scripts\/a\.ts\(1,14\): error TS2322/),
    expect.stringMatching(/^scripts\/b\.ts\(1,13\): error TS1294/),
  ]);
});

it('unused code: fails on an export that nobody imports and on a file that nobody loads', async () => {
  const found = await run('unused code', {
    ...goodFiles,
    'scripts/a.ts': 'export const a = 1;\nexport const b = 2;\n',
    'scripts/c.ts': 'export const c = 1;\n',
  });
  expect(found.join('\n')).toMatch(/Unused files \(1\)\nscripts\/c\.ts/);
  expect(found.join('\n')).toMatch(/Unused exports \(1\)\nb +scripts\/a\.ts:2/);
});

const vitest = "import { describe, it } from 'vitest';\n\ndescribe('x', () => {});\n";

it('format and lint: fails on all that the house rules forbid', async () => {
  const offences: readonly (readonly [file: string, source: string, rule: string])[] = [
    ['format.ts', 'export const a = "1"\n', 'format'],
    ['any.ts', 'export const a: any = 1;\n', 'noExplicitAny'],
    ['non-null.ts', 'export const a = (b: string | null) => b!.length;\n', 'noNonNullAssertion'],
    ['double.ts', 'export const a = {} as unknown as string;\n', 'plugin'],
    ['default.ts', 'export default 1;\n', 'noDefaultExport'],
    ['ignore.ts', "// @ts-ignore\nexport const a: number = '1';\n", 'noTsIgnore'],
    ['long.ts', 'console.log(1);\n'.repeat(401), 'noExcessiveLinesPerFile'],
    ['long.test.ts', 'console.log(1);\n'.repeat(601), 'noExcessiveLinesPerFile'],
    ['cycle.ts', "import { b } from './circle.ts';\n\nexport const a = () => b;\n", 'noImportCycles'],
    ['circle.ts', "import { a } from './cycle.ts';\n\nexport const b = () => a;\n", 'noImportCycles'],
    ['only.test.ts', `${vitest}it.only('y', () => {});\n`, 'noFocusedTests'],
    ['skip.test.ts', `${vitest}it.skip('y', () => {});\n`, 'noSkippedTests'],
    ['skip-if.test.ts', `${vitest}it.skipIf(true)('y', () => {});\n`, 'plugin'],
    ['run-if.test.ts', `${vitest}it.runIf(true)('y', () => {});\n`, 'plugin'],
    ['todo.test.ts', `${vitest}it.todo('y');\n`, 'plugin'],
  ];
  const files = Object.fromEntries(offences.map(([file, source]) => [`scripts/${file}`, source]));
  const found = await run('format and lint', files);
  for (const [file, , rule] of offences) {
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^scripts/${file}:.*${rule}\\)$`)));
  }
});

it('format and lint: lets tests be longer than other files', async () => {
  expect(await run('format and lint', { 'scripts/long.test.ts': 'console.log(1);\n'.repeat(600) })).toEqual(
    [],
  );
});
