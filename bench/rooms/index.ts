/**
 * `npm run bench -- rooms`: the signalling of a webinar that everybody joins at the same time, without media. What who
 * comes last costs has to be what the first did.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addUsers, type Figures, type Metric, percentiles, reportTable } from '@stoa/cli/bench';
import { PeerProcess } from '../media/peer-process.ts';
import { startServerProcess } from '../peers/server-process.ts';
import { tempFolder } from '../peers/temp-folder.ts';
import type { Viewers } from './viewers.ts';

const help = `usage: npm run bench -- rooms [options]

  --viewers <n>   2000 by default
  --at-once <n>   who join at the same time; 50 by default`;

const metrics: readonly Metric[] = [
  { name: 'joins', title: 'joins/s', digits: 0 },
  { name: 'cpu', title: 'CPU ms per join', digits: 2 },
  { name: 'p50', title: 'p50 ms', digits: 1 },
  { name: 'p99', title: 'p99 ms', digits: 1 },
];

const appToken = 'bench-app-token-0123456789abcdef';
const parts = 4;
const countWithinMs = 60_000;

export async function roomsBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      viewers: { type: 'string', default: '2000' },
      'at-once': { type: 'string', default: '50' },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const [viewers, atOnce] = [Number(values.viewers), Number(values['at-once'])];
  const folder = tempFolder();
  const server = await startServerProcess({
    file: '../../packages/cli/src/stoa.ts',
    args: ['serve'],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      STOA_DATA_DIR: folder.path,
      STOA_APP_TOKEN: appToken,
      STOA_ADMIN_PASSWORD: 'bench-administrator',
      STOA_LOG_LEVEL: 'warn',
      STOA_ROOM_PARTICIPANTS: String(viewers + 1),
    },
  });
  const load = new PeerProcess<Viewers>('../rooms/viewers.ts');
  try {
    const api = { url: server.url, authorization: `Bearer ${appToken}` };
    const users = await addUsers(api, viewers + 1);
    const gid = await addWebinar(server.url, users[0]?.address ?? '');
    await load.ask.connect(server.url, users);
    // The first, its owner, has the media processes started.
    await load.ask.join(gid, 0, 1, 1);
    const results = new Map<string, Figures[]>();
    const begun = performance.now();
    for (let part = 0; part < parts; part += 1) {
      const first = Math.round((viewers * part) / parts);
      const count = Math.round((viewers * (part + 1)) / parts) - first;
      const before = await server.usage();
      const from = performance.now();
      const took = await load.ask.join(gid, 1 + first, count, atOnce);
      const seconds = (performance.now() - from) / 1000;
      const { cpuSeconds } = await server.usage();
      const { p50, p99 } = percentiles(took);
      const cpu = ((cpuSeconds - before.cpuSeconds) * 1000) / count;
      results.set(`${first + 1} to ${first + count}`, [{ joins: count / seconds, cpu, p50, p99 }]);
    }
    const seconds = (performance.now() - begun) / 1000;
    const told = await untilKnown(load, viewers + 1);
    console.log(['', ...reportTable(metrics, results)].join('\n'));
    console.log(
      `${viewers} joined within ${seconds.toFixed(1)} s, and all knew so ${told.toFixed(1)} s later`,
    );
  } finally {
    await load.stop();
    await server.stop();
    folder.remove();
  }
}

/** Seconds until everybody but the owner, who sees them all, has been told how many there are. */
async function untilKnown(load: PeerProcess<Viewers>, people: number): Promise<number> {
  const from = performance.now();
  while ((await load.ask.knowing(people)) < people - 1) {
    if (performance.now() > from + countWithinMs)
      throw new Error('Not everybody was told how many there are.');
    await wait(100);
  }
  return (performance.now() - from) / 1000;
}

async function addWebinar(url: string, owner: string): Promise<number> {
  const answer = await fetch(`${url}/v1/groups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${appToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Town hall', kind: 'openWebinar', owner }),
  });
  const { gid } = (await answer.json()) as { gid: number };
  return gid;
}
