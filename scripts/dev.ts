/**
 * `npm run dev`: the server, started again when its sources change, and the web parts, built again when theirs do.
 * Arguments after `--` go to `stoa serve`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endOnSignals } from './setup/run.mjs';
import { buildWebPart, staleWebParts, workspaceClosure } from './setup/web-parts.mjs';

/** Editors save in several steps; one restart is enough for all. */
const SETTLE_MS = 100;
/** How long the server may take to close its sessions before it is killed. */
const STOP_MS = 5_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const serverFolders = [...workspaceClosure(root, 'packages/cli')];
const serve = [join(root, 'packages/cli/src/stoa.ts'), 'serve', ...process.argv.slice(2)];

let work = Promise.resolve();
let changedServer = false;
let settling: NodeJS.Timeout | undefined;
let ending = false;

for (const folder of ['packages', 'apps']) {
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (file !== null) onChange(`${folder}/${file.replaceAll('\\', '/')}`);
  });
}
// After the watchers: what changes while it starts is not to be missed.
let server = startServer();
endOnSignals();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

function onChange(file: string): void {
  if (/\/(dist|node_modules)\/|\.test\.tsx?$/.test(file)) return;
  changedServer ||= serverFolders.some((folder) => file.startsWith(`${folder}/`));
  clearTimeout(settling);
  settling = setTimeout(() => {
    work = work.then(update);
  }, SETTLE_MS);
}

async function update(): Promise<void> {
  if (changedServer) {
    changedServer = false;
    await server.stop();
    if (ending) return;
    server = startServer();
  }
  try {
    for (const part of staleWebParts(root)) await buildWebPart(root, part, process.execPath);
  } catch (error) {
    if (!ending) console.error(`stoa: ${error instanceof Error ? error.message : error}`);
  }
}

function startServer(): { stop(): Promise<void> } {
  const child = spawn(process.execPath, serve, { cwd: root, stdio: 'inherit' });
  const exited = once(child, 'exit');
  let stopping = false;
  exited.then(([code]) => {
    if (!stopping) console.error(`stoa: the server ended (${code}); it starts again when a source changes`);
  });
  return {
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function end(): Promise<void> {
  ending = true;
  await server.stop();
  await work;
  process.exit();
}
