import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type PeerName = 'stoa' | 'relay';

/** App token of the Stoa server under test. */
export const benchAppToken = 'bench-app-token-0123456789abcdef';

const scripts: Record<PeerName, { file: string; args: readonly string[] }> = {
  stoa: { file: '../packages/cli/src/stoa.ts', args: ['serve'] },
  relay: { file: './peers/relay.ts', args: [] },
};

/** A server in a process of its own, whose CPU time and memory the operating system counts. */
export interface ServerUnderTest {
  readonly url: string;
  /** CPU seconds (user and system, all threads) that the process has used. */
  cpuSeconds(): number;
  /** Resident memory in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

export async function startServer(name: PeerName): Promise<ServerUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-bench-'));
  const { file, args } = scripts[name];
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      STOA_DATA_DIR: folder,
      STOA_APP_TOKEN: benchAppToken,
      STOA_ADMIN_PASSWORD: 'bench-administrator',
      STOA_LOG_LEVEL: 'warn',
    },
  });
  const url = await readyAddress(child);
  const pid = child.pid ?? 0;
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(pid),
    memory: () => memoryOf(pid),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readyAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /ready at http:\/\/[^/\s]+?:(\d+)/i.exec(line)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
}

/** Fields 14 and 15 of /proc/<pid>/stat, in clock ticks of 10 ms (proc(5)). */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
