import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { slowest } from './slowest-first.ts';

it('the files that begin first are there', () => {
  const root = new URL('../../', import.meta.url);
  expect(slowest.filter((file) => !existsSync(fileURLToPath(new URL(file, root))))).toEqual([]);
});
