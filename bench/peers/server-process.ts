import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processTreeUsage, type Target } from '@stoa/cli/bench';

/** A server in a process of its own, whose CPU time and memory the operating system counts. */
export interface ServerProcess extends Pick<Target, 'url' | 'usage' | 'collectGarbage'> {
  /** By default at once. */
  stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/**
 * Starts a script of this repository that says `ready at http://…` when it is.
 *
 * @param also Processes that belong to the server too, such as its database.
 */
export async function startServerProcess(
  script: {
    readonly file: string;
    readonly nodeArgs?: readonly string[];
    readonly args?: readonly string[];
    readonly env: Record<string, string>;
  },
  also: readonly number[] = [],
): Promise<ServerProcess> {
  const preload = new URL('./collect-garbage.ts', import.meta.url).href;
  const file = fileURLToPath(new URL(script.file, import.meta.url));
  const child = spawn(
    process.execPath,
    [...(script.nodeArgs ?? []), '--import', preload, file, ...(script.args ?? [])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...script.env },
    },
  );
  // What it prints, as events: the address when it is ready, and each collection of garbage.
  const lines = new EventEmitter();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const port = /ready at https?:\/\/[^/\s]+?:(\d+)/i.exec(line)?.[1];
    if (port !== undefined) lines.emit('ready', `http://127.0.0.1:${port}`);
    else if (line === 'garbage collected') lines.emit('collected');
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.on('exit', kill);
  child.once('exit', (code) => {
    process.off('exit', kill);
    lines.emit('error', new Error(`A server under test ended with code ${code}.`));
  });
  lines.on('error', () => {});
  const [url] = (await once(lines, 'ready')) as [string];
  const usage = processTreeUsage([child.pid ?? 0, ...also]);
  return {
    url,
    usage,
    async collectGarbage() {
      const collected = once(lines, 'collected');
      child.kill('SIGUSR2');
      await collected;
    },
    async stop(signal = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}
