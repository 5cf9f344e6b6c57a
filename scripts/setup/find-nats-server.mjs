import { findProgram, isProgram } from './find-program.mjs';

/** Debian puts it where only root's PATH leads to; others unpack it by hand. */
const PLACES = ['/usr/sbin/nats-server', '/usr/local/bin/nats-server', '/opt/homebrew/bin/nats-server'];

/**
 * The nats-server for the tests: NATS_SERVER_PATH, or else the one on PATH or where packages put it.
 * @param {Record<string, string | undefined>} [env]
 * @param {readonly string[]} [places]
 * @returns {string | undefined} path of the program
 */
export function findNatsServer(env = process.env, places = PLACES) {
  if (env.NATS_SERVER_PATH) return isProgram(env.NATS_SERVER_PATH) ? env.NATS_SERVER_PATH : undefined;
  return findProgram(['nats-server'], env.PATH, places);
}
