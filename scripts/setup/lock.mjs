/**
 * One setup at a time in a folder: `npm start` and `npm test` begun together must not install over each other.
 * The lock is a file whose owner touches it every second; one that nobody touches belongs to a process that died.
 */
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SetupProblem } from './problem.mjs';
import { throwIfInterrupted } from './run.mjs';

const TOUCH_MS = 1_000;
const ABANDONED_MS = 10_000;
const RETRY_MS = 200;

/**
 * Waits until no other process holds the lock of this folder, and runs the work.
 * @param {string} root
 * @param {() => Promise<void>} work
 */
export async function withLock(root, work) {
  const file = join(root, '.setup.lock');
  for (let tries = 0; !take(file); tries++) {
    if (tries === 0) console.log('stoa: waiting for another setup in this folder');
    await wait(RETRY_MS);
    throwIfInterrupted();
  }
  const touching = setInterval(() => touch(file), TOUCH_MS);
  const free = () => rmSync(file, { force: true });
  process.once('exit', free);
  try {
    await work();
  } finally {
    process.off('exit', free);
    clearInterval(touching);
    free();
  }
}

/** @param {string} file */
function take(file) {
  if (Date.now() - lastTouched(file) > ABANDONED_MS) rmSync(file, { force: true });
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return false;
    throw new SetupProblem(
      `This folder cannot be written (${code})`,
      'give yourself the right to, or move the clone',
    );
  }
}

/** @param {string} file */
function lastTouched(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Somebody removed the file by hand; the work goes on.
  }
}
