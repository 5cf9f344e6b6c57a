import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A network of its own for some processes, with one address. */
export interface OwnNetwork {
  readonly address: string;
  /** Of the process that keeps it: others enter by it. */
  readonly pid: number;
  close(): void;
}

const address = '10.77.0.1';
/** A pair of interfaces, since Janus does not take the loopback one; what goes to their address stays in the kernel. */
const setUp = [
  'ip link set lo up',
  'ip link add bench0 type veth peer name bench1',
  `ip address add ${address}/24 dev bench0`,
  'ip link set bench0 up',
  'ip link set bench1 up',
  'echo ready',
  // Ends with its input, however the bench ends.
  'exec cat',
].join(' && ');

/** Makes a network namespace, which takes the superuser's rights. Throws what the system says when it does not. */
export async function openNetwork(): Promise<OwnNetwork> {
  const keeper = spawn('unshare', ['--net', 'sh', '-c', setUp], { stdio: 'pipe' });
  const failure = text(keeper.stderr);
  keeper.on('error', () => {});
  const started = await Promise.race([
    once(keeper.stdout, 'data').then(() => true),
    once(keeper.stdout, 'end').then(() => false),
  ]);
  if (!started) throw new Error(`No network could be made for Janus: ${(await failure).trim()}`);
  return { address, pid: keeper.pid ?? 0, close: () => keeper.stdin.end() };
}
