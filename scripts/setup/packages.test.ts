import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { missingPackages } from './packages.mjs';

const plain = { version: '1.0.0', integrity: 'sha512-a' };
const native = { ...plain, optional: true, os: [process.platform], cpu: [process.arch] };
const foreign = { ...plain, optional: true, os: ['plan9'], cpu: [process.arch] };

const locked = {
  '': { name: 'app' },
  'packages/own': { name: 'own' },
  'node_modules/own': { resolved: 'packages/own', link: true },
  'node_modules/plain': plain,
  'node_modules/native': native,
  'node_modules/foreign': foreign,
  'node_modules/needed-by-foreign': { ...plain, optional: true },
};
const installed = {
  'node_modules/own': { resolved: 'packages/own', link: true },
  'node_modules/plain': plain,
  'node_modules/native': native,
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stoa-packages-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
});

afterEach(() => rmSync(root, { recursive: true }));

function install(packages: Record<string, object>): void {
  for (const path of Object.keys(packages)) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, 'package.json'), '{}');
  }
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
}

it('misses everything that this machine needs before the first install', () => {
  expect(missingPackages(root)).toEqual(Object.keys(installed));
});

it('misses nothing after an install', () => {
  install(installed);
  expect(missingPackages(root)).toEqual([]);
});

it('misses everything after an install that was cut short', () => {
  install(installed);
  rmSync(join(root, 'node_modules/.package-lock.json'));
  expect(missingPackages(root)).toEqual(Object.keys(installed));
});

it('misses a package whose version or checksum the lockfile has changed', () => {
  install({ ...installed, 'node_modules/plain': { ...plain, version: '0.9.0' } });
  expect(missingPackages(root)).toEqual(['node_modules/plain']);
  install({ ...installed, 'node_modules/plain': { ...plain, integrity: 'sha512-b' } });
  expect(missingPackages(root)).toEqual(['node_modules/plain']);
});

it('misses a package whose folder is gone', () => {
  install(installed);
  rmSync(join(root, 'node_modules/plain'), { recursive: true });
  expect(missingPackages(root)).toEqual(['node_modules/plain']);
});

it('misses native code for this machine that npm left out, and none for others', () => {
  const { 'node_modules/native': _leftOut, ...rest } = installed;
  install(rest);
  expect(missingPackages(root)).toEqual(['node_modules/native']);
});
