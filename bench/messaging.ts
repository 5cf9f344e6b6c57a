/**
 * `npm run bench -- messaging`: Stoa beside a bare `ws` relay on the same machine in the same run. Load comes from a
 * process of its own; figures are medians over the rounds, the ratios are what to quote.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LoadUser, PairsResult, PairsTask } from './load/pairs.ts';
import { benchAppToken, type PeerName, startServer } from './server-under-test.ts';

interface Round extends PairsResult {
  readonly serverCpuSeconds: number;
}

export async function messagingBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string', default: '200' },
      messages: { type: 'string', default: '250' },
      window: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
    },
  });
  const size = {
    pairs: Number(values.pairs),
    messages: Number(values.messages),
    window: Number(values.window),
  };
  const rounds: Record<PeerName, Round[]> = { relay: [], stoa: [] };
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const peer of ['relay', 'stoa'] as const) {
      process.stderr.write(`round ${round} of ${values.rounds}: ${peer} …\n`);
      rounds[peer].push(await runRound(peer, size));
    }
  }
  report(rounds, size, values.json);
}

async function runRound(
  peer: PeerName,
  { pairs, messages, window }: { pairs: number; messages: number; window: number },
): Promise<Round> {
  const server = await startServer(peer);
  const user = async (address: string): Promise<LoadUser> => ({
    address,
    token: peer === 'stoa' ? await addUser(server.url, address) : '',
  });
  const users: PairsTask['pairs'][number][] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    users.push({ sender: await user(`sender-${pair}`), receiver: await user(`receiver-${pair}`) });
  }
  const load = fork(fileURLToPath(new URL('./load/pairs.ts', import.meta.url)));
  const task: PairsTask = {
    peer,
    url: server.url,
    pairs: users,
    window,
    warmUp: Math.ceil(messages / 5),
    messages,
  };
  load.send(task);
  await once(load, 'message');
  const before = server.cpuSeconds();
  const answer = once(load, 'message');
  load.send('go');
  const [result] = (await answer) as [PairsResult];
  const serverCpuSeconds = server.cpuSeconds() - before;
  await server.stop();
  return { ...result, serverCpuSeconds };
}

async function addUser(url: string, address: string): Promise<string> {
  const response = await fetch(`${url}/backend`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ op: 'useradd', token: benchAppToken, user: { address, token: { v2: true } } }),
  });
  const answer = (await response.json()) as { user?: { token: string } };
  if (answer.user === undefined) throw new Error(`useradd failed: ${JSON.stringify(answer)}`);
  return answer.user.token;
}

function report(
  rounds: Record<PeerName, Round[]>,
  size: { pairs: number; messages: number; window: number },
  json: boolean,
): void {
  const rows = Object.entries(rounds).map(([peer, all]) => ({
    peer,
    'messages/s': Math.round(median(all.map(({ messages, seconds }) => messages / seconds))),
    'server CPU-s per 100k': rounded(
      median(all.map((one) => (one.serverCpuSeconds / one.messages) * 100_000)),
    ),
    'client CPU-s per 100k': rounded(
      median(all.map((one) => (one.clientCpuSeconds / one.messages) * 100_000)),
    ),
    'p50 ms': rounded(median(all.map(({ latency }) => latency.p50))),
    'p99 ms': rounded(median(all.map(({ latency }) => latency.p99))),
  }));
  const ratios = rounds.stoa.map((stoa, index) => {
    const relay = rounds.relay[index] ?? stoa;
    return {
      cpu: stoa.serverCpuSeconds / stoa.messages / (relay.serverCpuSeconds / relay.messages),
      p99: stoa.latency.p99 / relay.latency.p99,
    };
  });
  const ratio = {
    cpu: rounded(median(ratios.map(({ cpu }) => cpu))),
    p99: rounded(median(ratios.map(({ p99 }) => p99))),
  };
  if (json) {
    console.log(JSON.stringify({ scenario: 'pairs', ...size, rows, ratio, rounds }));
    return;
  }
  console.log(
    `${size.pairs} pairs, 100-byte texts, window ${size.window}; acknowledged (Stoa: synced to disk) and received`,
  );
  console.table(rows);
  console.log(`Stoa / relay: CPU per message ${ratio.cpu}, p99 ${ratio.p99}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
