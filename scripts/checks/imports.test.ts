import { expect, it } from 'vitest';
import { importsOf, targetOf } from './imports.ts';

const read = (source: string) => importsOf('a.ts', source);

it('finds every way to import, and where', () => {
  const source = [
    "import { a } from './a.ts';",
    "import './b.ts';",
    "export * from './c.ts';",
    "const d = await import('./d.ts');",
    "new Worker(new URL('./e.ts', import.meta.url));",
    "new URL('../dist/page.html', import.meta.url);",
    '// import "./comment.ts";',
  ].join('\n');
  expect(read(source)).toEqual([
    { specifier: './a.ts', typeOnly: false, line: 1 },
    { specifier: './b.ts', typeOnly: false, line: 2 },
    { specifier: './c.ts', typeOnly: false, line: 3 },
    { specifier: './d.ts', typeOnly: false, line: 4 },
    { specifier: './e.ts', typeOnly: false, line: 5 },
  ]);
});

it.each([
  ["import type { A } from './a.ts';", true],
  ["import { type A, type B } from './a.ts';", true],
  ["export type { A } from './a.ts';", true],
  ["import { type A, b } from './a.ts';", false],
  ["import './a.ts';", false],
])('knows whether only types are taken: %s', (source, typeOnly) => {
  expect(read(source)).toEqual([{ specifier: './a.ts', typeOnly, line: 1 }]);
});

it('tells the file that a relative import leads to', () => {
  expect(targetOf('packages/a/src/b/c.ts', '../d.ts')).toBe('packages/a/src/d.ts');
  expect(targetOf('packages/a/src/b/c.ts', '@stoa/protocol')).toBeUndefined();
});
