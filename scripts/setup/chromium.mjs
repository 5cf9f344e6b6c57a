/** The browser that the tests drive: found, or installed where Debian's package manager can do it. */
import { findChromium } from './find-chromium.mjs';
import { SetupProblem } from './problem.mjs';
import { run } from './run.mjs';

const REMEDY = 'install Chromium or Chrome, or name one in CHROMIUM_PATH';

const APT_OPTIONS = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];

export async function ensureChromium() {
  if (findChromium() !== undefined) return;
  if (process.env.CHROMIUM_PATH) {
    throw new SetupProblem(
      `CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which is no program`,
      'mend or unset it',
    );
  }
  if (process.getuid?.() !== 0 || (await run('apt-get', ['--version'])).code !== 0) {
    throw new SetupProblem('The tests need a browser, and none was found', REMEDY);
  }
  console.log('stoa: installing Chromium for the tests with apt-get (about 400 MB)');
  await apt('update');
  await apt('install', '--no-install-recommends', 'chromium');
  const chromium = findChromium();
  // Some systems' package of this name only points to another installer.
  if (chromium === undefined || (await run(chromium, ['--version'])).code !== 0) {
    throw new SetupProblem('The chromium package of this system is not a working browser', REMEDY);
  }
}

/** @param {...string} args */
async function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output } = await run('apt-get', [...APT_OPTIONS, ...args], { env });
  if (code === 0) return;
  const reason = output.split('\n').find((line) => line.startsWith('E: ')) ?? `exit code ${code}`;
  throw new SetupProblem(`apt-get ${args[0]} failed (${reason})`, REMEDY);
}
