import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findChromium } from './find-chromium.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-chromium-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const program = (name: string) => {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
  return path;
};

it('finds a browser on PATH, Chromium before Chrome', () => {
  const chrome = program('google-chrome');
  expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chrome);
  const chromium = program('chromium');
  expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chromium);
});

it('takes the one that CHROMIUM_PATH names, and no other when that is no program', () => {
  program('chromium');
  const other = program('other');
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: other })).toBe(other);
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: join(folder, 'gone') })).toBeUndefined();
});
