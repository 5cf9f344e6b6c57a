import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@stoa/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { ReplacedJson } from './replaced-json.ts';

it('holds the version that was written last, also after one could not be written', async () => {
  const folder = tempFolder();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'file.json');
  const file = new ReplacedJson(path);
  await Promise.all([1, 2, 3].map((version) => file.write({ version })));
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 3 });

  mkdirSync(`${path}.new`);
  await expect(file.write({ version: 4 })).rejects.toThrow('EISDIR');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 3 });
  rmdirSync(`${path}.new`);
  await file.write({ version: 5 });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 5 });
});
