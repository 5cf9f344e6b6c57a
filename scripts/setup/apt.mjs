/** Debian's package manager, for programs that the tests need and npm does not have. */
import { SetupProblem } from './problem.mjs';
import { run } from './run.mjs';

const OPTIONS = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];

/** Whether this process may install packages here. */
export async function hasApt() {
  return process.getuid?.() === 0 && (await run('apt-get', ['--version'])).code === 0;
}

/**
 * @param {string} name of the package
 * @param {string} remedy what to do when it cannot be installed
 */
export async function installWithApt(name, remedy) {
  await apt(remedy, 'update');
  await apt(remedy, 'install', '--no-install-recommends', name);
}

/** @param {string} remedy @param {...string} args */
async function apt(remedy, ...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output } = await run('apt-get', [...OPTIONS, ...args], { env });
  if (code === 0) return;
  const reason = output.split('\n').find((line) => line.startsWith('E: ')) ?? `exit code ${code}`;
  throw new SetupProblem(`apt-get ${args[0]} failed (${reason})`, remedy);
}
