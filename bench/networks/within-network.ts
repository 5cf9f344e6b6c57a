import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openNetwork } from '../media/janus/own-network.ts';

const mark = 'STOA_BENCH_WITHIN_NETWORK';

/** Whether this process is one that `runWithinNetwork` has started. */
export function isWithinNetwork(): boolean {
  return process.env[mark] !== undefined;
}

/** Runs this program once more, in a network of its own where Janus takes an address: browsers, proxies and all. */
export async function runWithinNetwork(): Promise<void> {
  const network = await openNetwork();
  try {
    const args = [...process.execArgv, ...process.argv.slice(1)];
    const child = spawn('nsenter', [`--net=/proc/${network.pid}/ns/net`, process.execPath, ...args], {
      stdio: 'inherit',
      env: { ...process.env, [mark]: network.address },
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`The bench ended with code ${code} in the network of Janus.`);
  } finally {
    network.close();
  }
}
