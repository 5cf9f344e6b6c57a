/**
 * Stands between a test and the server that it starts, as a process of its own: when the test ends, however it ends,
 * the guard ends the server and removes its folder. Started by `guard-folder.ts`, which it talks to over IPC.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

export interface GuardedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** User and group to run as; absent: those of the test. */
  readonly uid?: number;
  readonly gid?: number;
}

export type ToGuard =
  | { readonly type: 'run'; readonly command: GuardedCommand }
  | { readonly type: 'kill'; readonly signal: NodeJS.Signals };

export type FromGuard =
  | { readonly type: 'output'; readonly text: string }
  | { readonly type: 'exit'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly type: 'failed'; readonly message: string };

/** How long a server may take to end by itself, when nobody needs it any more. */
const patienceMs = 15_000;

const [folder = ''] = process.argv.slice(2);
let child: ChildProcess | undefined;

process.on('message', (message: ToGuard) => {
  if (message.type === 'kill') child?.kill(message.signal);
  else run(message.command);
});

process.on('disconnect', () => {
  const last = child;
  if (last === undefined) {
    finish();
    return;
  }
  last.once('exit', finish);
  last.kill('SIGQUIT');
  setTimeout(() => last.kill('SIGKILL'), patienceMs);
});

function run({ file, args, env, uid, gid }: GuardedCommand): void {
  const started = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  });
  child = started;
  for (const stream of [started.stdout, started.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => send({ type: 'output', text }));
  }
  started.once('error', (error) => {
    child = undefined;
    send({ type: 'failed', message: error.message });
  });
  // `close` comes after the last output.
  started.once('close', (code, signal) => {
    child = undefined;
    send({ type: 'exit', code, signal });
  });
}

function send(message: FromGuard): void {
  if (process.connected) process.send?.(message);
}

function finish(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}
