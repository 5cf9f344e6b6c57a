import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureRuntime, isRecent, pinnedNode } from './runtime.mjs';

let root: string;
let link: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stoa-runtime-'));
  link = join(root, 'node_modules/.bin/node');
  mkdirSync(dirname(link), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

function installPinnedNode(contents: string): void {
  mkdirSync(dirname(pinnedNode(root)), { recursive: true });
  writeFileSync(pinnedNode(root), contents, { mode: 0o755 });
}

it('puts the pinned Node back where npm scripts find it', () => {
  installPinnedNode('#!/bin/sh\n');
  expect(ensureRuntime(root)).toBe(pinnedNode(root));
  expect(realpathSync(link)).toBe(realpathSync(pinnedNode(root)));
});

it('leaves a right link alone, and replaces one that leads elsewhere', () => {
  installPinnedNode('#!/bin/sh\n');
  symlinkSync(process.execPath, link);
  ensureRuntime(root);
  const target = readlinkSync(link);
  ensureRuntime(root);
  expect(readlinkSync(link)).toBe(target);
  expect(realpathSync(link)).toBe(realpathSync(pinnedNode(root)));
});

it('uses the Node on PATH where the pinned one does not start, and takes that out of the way', () => {
  installPinnedNode('#!/no/such/interpreter\n');
  symlinkSync(pinnedNode(root), link);
  expect(ensureRuntime(root)).toBe(process.execPath);
  expect(() => readFileSync(link)).toThrow('ENOENT');
});

it('knows which Node is recent enough', () => {
  expect(['20.20.2', '22.22.0', '24.14.1', '24.15.0', '24.21.0', '26.0.0'].map(isRecent)).toEqual([
    ...[false, false, false],
    ...[true, true, true],
  ]);
});
