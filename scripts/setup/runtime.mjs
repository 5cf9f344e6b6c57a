/**
 * The Node that everything runs on: the one pinned in package-lock.json as a package for each platform, or, on a
 * platform without one, the Node on PATH if it is new enough. See docs/decisions/001-pinned-node.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SetupProblem } from './problem.mjs';

/** Oldest Node that runs Stoa: [major, minor]. */
const OLDEST = /** @type {const} */ ([24, 15]);

const WINDOWS = process.platform === 'win32';

/** Where the pinned Node is when it is installed. @param {string} root */
export function pinnedNode(root) {
  const name = `node-${WINDOWS ? 'win' : process.platform}-${process.arch}`;
  return join(root, 'node_modules', name, 'bin', WINDOWS ? 'node.exe' : 'node');
}

/** Whether this is a program that starts: a Node built for another C library exists, and does not. @param {string} node */
export function runs(node) {
  return (
    realPath(node) === process.execPath || spawnSync(node, ['--version'], { stdio: 'ignore' }).status === 0
  );
}

/**
 * Sees to it that `node` in npm's scripts is a Node that runs Stoa.
 * @param {string} root
 * @returns {string} its path
 */
export function ensureRuntime(root) {
  const pinned = pinnedNode(root);
  const link = join(root, 'node_modules', '.bin', 'node');
  if (runs(pinned)) {
    if (!WINDOWS && realPath(link) !== realPath(pinned)) relink(link, pinned);
    return pinned;
  }
  // A Node that does not start would hide the one on PATH.
  rmSync(link, { force: true });
  if (isRecent(process.versions.node)) return process.execPath;
  const remedy = `install Node ${OLDEST[0]} from nodejs.org or your system (here is ${process.versions.node})`;
  if (existsSync(pinned)) {
    throw new SetupProblem(
      `${pinned} does not start here`,
      `delete node_modules and try again, or ${remedy}`,
    );
  }
  const platform = `${process.platform}-${process.arch}`;
  throw new SetupProblem(
    `Stoa runs on Node ${OLDEST.join('.')} or newer, and npm has none for ${platform}`,
    remedy,
  );
}

/** @param {string} version */
export function isRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** @param {string} link @param {string} target */
function relink(link, target) {
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), target), link);
}

/** @param {string} path */
function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
