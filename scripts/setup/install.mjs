/** Installs exactly what package-lock.json names, and shows how far it got. */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { explainNpmFailure } from './npm-failure.mjs';
import { missingPackages, wantedPackages } from './packages.mjs';
import { SetupProblem } from './problem.mjs';
import { showProgress } from './progress.mjs';
import { run } from './run.mjs';
import { pinnedNode, runs } from './runtime.mjs';

/** Older ones do not tell the C libraries of native packages apart, and leave out what is needed. */
const OLDEST_NPM = 10;

const CI_ARGUMENTS = [
  'ci',
  // No package of ours needs an install script.
  '--ignore-scripts',
  // The tools that build the web parts are development dependencies, and native code is optional ones:
  // neither NODE_ENV=production nor a setting of the user's may leave them out.
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=warn',
  // Four tries in 15 seconds, where npm's own defaults take more than a minute to report a dead network.
  '--fetch-retries=4',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-factor=2',
];

/** @param {string} root */
export async function installPackages(root) {
  const npm = findNpm();
  await checkNpm(npm);
  await npmCi(root, npm);
  if (missingPackages(root).length > 0 && runs(pinnedNode(root))) {
    // npm leaves out native packages whose `engines` exclude the Node that it runs on; the pinned one suits them all.
    await npmCi(root, { ...npm, node: pinnedNode(root) });
  }
  const [first, ...others] = missingPackages(root);
  if (first !== undefined) {
    throw new SetupProblem(`npm left out ${first} and ${others.length} more`, 'run the same command again');
  }
}

/**
 * Which npm to run, on which Node.
 * @typedef {{ cli: string | undefined, node: string }} Npm `cli` is the script of the npm that runs us; else PATH decides
 */

/** @returns {Npm} */
function findNpm() {
  const { npm_execpath, npm_node_execpath, npm_config_user_agent } = process.env;
  const isNpm = npm_config_user_agent?.startsWith('npm/') && npm_execpath && existsSync(npm_execpath);
  return { cli: isNpm ? npm_execpath : undefined, node: npm_node_execpath ?? process.execPath };
}

/** @param {Npm} npm @param {string[]} args @param {import('./run.mjs').RunOptions} [options] */
function runNpm({ cli, node }, args, options) {
  if (cli !== undefined) return run(node, [cli, ...args], options);
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
  return run('npm', args, { ...options, env: { ...process.env, PATH } });
}

/** @param {Npm} npm */
async function checkNpm(npm) {
  const { code, output } = await runNpm(npm, ['--version']);
  if (code === 127) throw new SetupProblem('npm was not found', 'install Node 24 with npm from nodejs.org');
  const version = output.trim().split('\n').at(-1) ?? '';
  if (Number.parseInt(version, 10) < OLDEST_NPM) {
    throw new SetupProblem(
      `npm ${version} is too old`,
      `update it with "npm install --global npm@${OLDEST_NPM}"`,
    );
  }
}

/** @param {string} root @param {Npm} npm */
async function npmCi(root, npm) {
  const wanted = wantedPackages(root).map(([path]) => join(root, path, 'package.json'));
  const installed = () => wanted.filter(existsSync).length;
  const stopProgress = showProgress('installing packages', wanted.length, installed);
  try {
    // Asked to end, npm would first install to the end and then undo it. What a kill leaves is not taken for complete.
    const { code, output } = await runNpm(npm, CI_ARGUMENTS, { cwd: root, killSignal: 'SIGKILL' });
    // With a full disk npm warns of every file that it cannot write, and ends as if all were well.
    if (code !== 0 || output.includes('ENOSPC')) throw explainNpmFailure(output);
  } finally {
    stopProgress();
  }
}
