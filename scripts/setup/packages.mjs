/** What package-lock.json asks for on this machine, and what of it is on disk. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An entry of the lockfile's `packages`.
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [link] a workspace of this repository
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */

/**
 * The packages that this machine needs, each with its path (`node_modules/…`). Optional ones are native code, one
 * package for each kind of machine, and what only those of another kind need.
 * @param {string} root
 */
export function wantedPackages(root) {
  return Object.entries(readLock(join(root, 'package-lock.json')) ?? {}).filter(
    ([path, entry]) => path.includes('node_modules/') && (!entry.optional || isMadeForThisMachine(entry)),
  );
}

/**
 * Paths of the packages that are not installed, or not in the version of the lockfile. npm writes its own record,
 * node_modules/.package-lock.json, when an install is complete: without it, everything is missing.
 * @param {string} root
 */
export function missingPackages(root) {
  const installed = readLock(join(root, 'node_modules/.package-lock.json')) ?? {};
  return wantedPackages(root)
    .filter(([path, wanted]) => {
      const found = installed[path];
      if (found === undefined || found.version !== wanted.version || found.integrity !== wanted.integrity)
        return true;
      return !existsSync(join(root, path, 'package.json'));
    })
    .map(([path]) => path);
}

/** @param {string} file @returns {Record<string, LockedPackage> | undefined} */
function readLock(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** @param {LockedPackage} entry */
function isMadeForThisMachine(entry) {
  if (entry.os === undefined && entry.cpu === undefined) return false;
  return (
    (entry.os ?? [process.platform]).includes(process.platform) &&
    (entry.cpu ?? [process.arch]).includes(process.arch) &&
    (entry.libc === undefined || entry.libc.includes(libc()))
  );
}

/** @type {string | undefined} */
let knownLibc;

function libc() {
  if (knownLibc === undefined) {
    const report = process.report.getReport();
    const header = typeof report === 'object' && 'header' in report ? report.header : {};
    knownLibc =
      typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header ? 'glibc' : 'musl';
  }
  return knownLibc;
}
