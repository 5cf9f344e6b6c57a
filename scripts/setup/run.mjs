/** Child processes that end with us: a signal stops them first, and only then this process. */
import { spawn } from 'node:child_process';

/** Thrown by run() when a signal told this process to end. */
export class Interrupted extends Error {}

/** The running children, and how each is told to end. @type {Map<import('node:child_process').ChildProcess, NodeJS.Signals>} */
const running = new Map();
let interrupted = false;

/** From now on a signal ends the running children, so that run() rejects with Interrupted; a second one exits at once. */
export function endOnSignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (interrupted) process.exit(130);
      interrupted = true;
      for (const [child, killSignal] of running) child.kill(killSignal);
    });
  }
}

/** Throws if a signal told this process to end. */
export function throwIfInterrupted() {
  if (interrupted) throw new Interrupted();
}

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, killSignal?: NodeJS.Signals }} RunOptions */

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} the exit code (127 if the command does not exist) and all that
 *   it printed
 */
export function run(command, args, { killSignal = 'SIGTERM', ...options } = {}) {
  throwIfInterrupted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    running.set(child, killSignal);
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      running.delete(child);
      if ('code' in error && error.code === 'ENOENT') resolve({ code: 127, output: `${command}: not found` });
      else reject(error);
    });
    child.on('close', (code) => {
      running.delete(child);
      if (interrupted) reject(new Interrupted());
      else resolve({ code: code ?? 1, output });
    });
  });
}
