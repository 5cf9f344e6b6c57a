import { findProgram, isProgram } from './find-program.mjs';

/** Where packages put it, if PATH does not lead there. */
const PLACES = ['/usr/bin/turnserver', '/usr/local/bin/turnserver', '/opt/homebrew/bin/turnserver'];

/**
 * coturn's turnserver for the tests: TURN_SERVER_PATH, or else the one on PATH or where packages put it.
 * @param {Record<string, string | undefined>} [env]
 * @param {readonly string[]} [places]
 * @returns {string | undefined} path of the program
 */
export function findTurnServer(env = process.env, places = PLACES) {
  if (env.TURN_SERVER_PATH) return isProgram(env.TURN_SERVER_PATH) ? env.TURN_SERVER_PATH : undefined;
  return findProgram(['turnserver'], env.PATH, places);
}
