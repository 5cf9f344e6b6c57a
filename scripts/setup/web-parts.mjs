/**
 * What browsers load and a build makes: the classic script mesibo.js and the web applications. A part is up to date
 * while the contents of its own folder, of the packages that it depends on, and of the lockfile are what they were
 * when it was last built.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupProblem } from './problem.mjs';
import { run } from './run.mjs';

/**
 * @typedef {object} WebPart
 * @property {string} folder its workspace, where the build runs
 * @property {string[]} build arguments of Node
 * @property {string} output a file that the build makes last
 */

/** @type {readonly WebPart[]} */
export const webParts = [
  { folder: 'packages/mesibo', build: ['build.ts'], output: 'dist/mesibo.js' },
  {
    folder: 'apps/messenger',
    build: ['../../node_modules/vite/bin/vite.js', 'build'],
    output: 'dist/index.html',
  },
];

/** @param {string} root */
export function staleWebParts(root) {
  return webParts.filter((part) => {
    if (!existsSync(join(root, part.folder, part.output))) return true;
    const stamp = stampOf(root, part);
    return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint(root, part);
  });
}

/**
 * @param {string} root
 * @param {WebPart} part
 * @param {string} node
 */
export async function buildWebPart(root, part, node) {
  console.log(`stoa: building ${part.folder}`);
  const stamp = stampOf(root, part);
  const built = fingerprint(root, part);
  // Without its stamp, a build that is cut short is done again even if the sources go back to what they were.
  rmSync(stamp, { force: true });
  const { code, output } = await run(node, part.build, { cwd: join(root, part.folder) });
  if (code !== 0 || !existsSync(join(root, part.folder, part.output))) {
    throw new SetupProblem(
      `${output.trim()}\nstoa: ${part.folder} cannot be built`,
      'mend what is said above',
    );
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, built);
}

/**
 * The workspace itself and all those that it depends on.
 * @param {string} root
 * @param {string} folder
 * @returns {Set<string>} folders, relative to the root
 */
export function workspaceClosure(root, folder, closure = new Set()) {
  closure.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const dependency = `packages/${name.replace('@stoa/', '')}`;
    if (name.startsWith('@stoa/') && !closure.has(dependency)) workspaceClosure(root, dependency, closure);
  }
  return closure;
}

/** @param {string} root @param {WebPart} part */
function stampOf(root, part) {
  return join(root, 'node_modules', '.stoa', `${part.folder.replace('/', '-')}.sha256`);
}

/** @param {string} root @param {WebPart} part */
function fingerprint(root, part) {
  const files = [...workspaceClosure(root, part.folder)].flatMap((folder) => sources(root, folder));
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...files.sort()]) {
    const contents = readFileSync(join(root, file));
    hash.update(`${file} ${contents.length}\n`).update(contents);
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} folder @returns {string[]} */
function sources(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return isGenerated(entry.name) ? [] : sources(root, path);
    return entry.isFile() && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string} folder */
function isGenerated(folder) {
  return folder === 'node_modules' || folder === 'dist';
}
