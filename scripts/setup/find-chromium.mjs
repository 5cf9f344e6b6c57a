import { findProgram, isProgram } from './find-program.mjs';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const MAC_APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The browser for the tests: CHROMIUM_PATH, or else a Chromium or Chrome on PATH or among the Mac's applications.
 * @param {Record<string, string | undefined>} [env]
 * @returns {string | undefined} path of the program
 */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) return isProgram(env.CHROMIUM_PATH) ? env.CHROMIUM_PATH : undefined;
  return findProgram(COMMANDS, env.PATH, MAC_APPLICATIONS);
}
