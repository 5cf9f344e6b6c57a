/** The browser that the tests drive: found, or installed where Debian's package manager can do it. */
import { hasApt, installWithApt } from './apt.mjs';
import { findChromium } from './find-chromium.mjs';
import { SetupProblem } from './problem.mjs';
import { run } from './run.mjs';

const REMEDY = 'install Chromium or Chrome, or name one in CHROMIUM_PATH';

export async function ensureChromium() {
  if (findChromium() !== undefined) return;
  if (process.env.CHROMIUM_PATH) {
    throw new SetupProblem(
      `CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which is no program`,
      'mend or unset it',
    );
  }
  if (!(await hasApt())) throw new SetupProblem('The tests need a browser, and none was found', REMEDY);
  console.log('stoa: installing Chromium for the tests with apt-get (about 400 MB)');
  await installWithApt('chromium', REMEDY);
  const chromium = findChromium();
  // Some systems' package of this name only points to another installer.
  if (chromium === undefined || (await run(chromium, ['--version'])).code !== 0) {
    throw new SetupProblem('The chromium package of this system is not a working browser', REMEDY);
  }
}
