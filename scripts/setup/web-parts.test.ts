import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { buildWebPart, staleWebParts, webParts, workspaceClosure } from './web-parts.mjs';

let root: string;

const write = (file: string, contents: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), contents);
};

const stale = () => staleWebParts(root).map((part) => part.folder);
const buildAll = async () => {
  for (const part of webParts) await buildWebPart(root, part, process.execPath);
};

/** A repository whose builds only write their output. */
beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue();
  root = mkdtempSync(join(tmpdir(), 'stoa-web-parts-'));
  const build = (output: string) => `
    import { mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync('dist', { recursive: true });
    writeFileSync('dist/${output}', '');`;
  write('package-lock.json', '{}');
  write('packages/protocol/package.json', '{}');
  write('packages/protocol/src/frames.ts', '1');
  write('packages/client/package.json', '{"dependencies": {"@stoa/protocol": "0.1.0", "idb": "8.0.4"}}');
  write('packages/client/src/client.ts', '1');
  write('packages/mesibo/package.json', '{"type": "module", "dependencies": {"@stoa/client": "0.1.0"}}');
  write('packages/mesibo/build.ts', build('mesibo.js'));
  write('apps/messenger/package.json', '{"dependencies": {"@stoa/protocol": "0.1.0"}}');
  write('node_modules/vite/package.json', '{"type": "module"}');
  write('node_modules/vite/bin/vite.js', build('index.html'));
});

afterEach(() => rmSync(root, { recursive: true }));

it('builds what was never built, and then finds it up to date', async () => {
  expect(stale()).toEqual(['packages/mesibo', 'apps/messenger']);
  await buildAll();
  expect(stale()).toEqual([]);
});

it('follows the sources of a part through the packages that it depends on', async () => {
  expect([...workspaceClosure(root, 'packages/mesibo')]).toEqual([
    'packages/mesibo',
    'packages/client',
    'packages/protocol',
  ]);
  await buildAll();
  write('packages/client/src/client.ts', '2');
  expect(stale()).toEqual(['packages/mesibo']);
  write('packages/protocol/src/new.ts', '');
  expect(stale()).toEqual(['packages/mesibo', 'apps/messenger']);
});

it('builds again for another lockfile or when the output is gone, and not for a test', async () => {
  await buildAll();
  write('packages/client/src/client.test.ts', '');
  expect(stale()).toEqual([]);
  rmSync(join(root, 'packages/mesibo/dist'), { recursive: true });
  expect(stale()).toEqual(['packages/mesibo']);
  write('package-lock.json', '{"lockfileVersion": 3}');
  expect(stale()).toEqual(['packages/mesibo', 'apps/messenger']);
});

it('stays stale after a build that failed, even when the sources are again what was built before', async () => {
  await buildAll();
  write('packages/client/src/client.ts', 'export const broken = ');
  const failing = {
    folder: 'packages/mesibo',
    build: ['-e', 'throw new Error("broken")'],
    output: 'dist/mesibo.js',
  };
  await expect(buildWebPart(root, failing, process.execPath)).rejects.toThrow(
    /broken(.|\n)*packages\/mesibo cannot be built/,
  );
  write('packages/client/src/client.ts', '1');
  expect(stale()).toEqual(['packages/mesibo']);
});
