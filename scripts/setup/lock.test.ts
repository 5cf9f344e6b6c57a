import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withLock } from './lock.mjs';

let root: string;
let lock: string;

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue();
  root = mkdtempSync(join(tmpdir(), 'stoa-lock-'));
  lock = join(root, '.setup.lock');
});

afterEach(() => rmSync(root, { recursive: true }));

it('lets one run at a time, and the next when it is done', async () => {
  const order: string[] = [];
  const { promise: firstMayEnd, resolve: endFirst } = Promise.withResolvers<void>();
  const first = withLock(root, async () => {
    order.push('first begins');
    await firstMayEnd;
    order.push('first ends');
  });
  const second = withLock(root, async () => {
    order.push('second');
  });
  endFirst();
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second']);
  expect(console.log).toHaveBeenCalledExactlyOnceWith('stoa: waiting for another setup in this folder');
  expect(existsSync(lock)).toBe(false);
});

it('frees the lock when the work fails', async () => {
  await expect(withLock(root, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

it('takes over the lock of a process that died', async () => {
  writeFileSync(lock, '');
  const aMinuteAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, aMinuteAgo, aMinuteAgo);
  let ran = false;
  await withLock(root, async () => {
    ran = true;
  });
  expect(ran).toBe(true);
});
