import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/janus';

/** Why Janus cannot be measured here; `undefined` when it can. */
export function whyNoJanus(): string | undefined {
  if (!existsSync(program)) return "Debian's package janus is not installed";
  // It does not take the loopback interface, so it gets a network of its own; see `openNetwork`.
  return process.getuid?.() === 0 ? undefined : 'the network namespace that it needs takes the superuser';
}

/**
 * Starts Janus with nothing but its VideoRoom and its WebSocket door, and with an event loop for each core: that costs
 * it half of what its default does, a thread for each handle. It ends with this process.
 *
 * @returns the address of its WebSocket.
 */
export async function startJanus(): Promise<string> {
  const [folder] = globSync('/usr/lib/*/janus');
  if (folder === undefined) throw new Error('Janus is there, but its plugins are not.');
  const home = mkdtempSync(join(tmpdir(), 'stoa-janus-'));
  const port = await freePort();
  for (const [kind, file] of [
    ['plugins', 'libjanus_videoroom.so'],
    ['transports', 'libjanus_websockets.so'],
  ] as const) {
    mkdirSync(join(home, kind));
    symlinkSync(join(folder, kind, file), join(home, kind, file));
  }
  writeFileSync(join(home, 'janus.jcfg'), mainConfig(home));
  writeFileSync(
    join(home, 'janus.transport.websockets.jcfg'),
    `general: { ws = true\n ws_port = ${port}\n ws_ip = "127.0.0.1"\n json = "compact" }\n`,
  );
  const args = ['--configs-folder', home, '--config', join(home, 'janus.jcfg'), '--debug-level', '2'];
  const janus = spawn(program, args, { stdio: 'ignore' });
  process.once('exit', () => {
    janus.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });
  return `ws://127.0.0.1:${port}`;
}

function mainConfig(home: string): string {
  return `
general: {
  plugins_folder = "${join(home, 'plugins')}"
  transports_folder = "${join(home, 'transports')}"
  event_loops = ${availableParallelism()}
  session_timeout = 0
}
nat: { ice_enforce_list = "bench0" }
`;
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
