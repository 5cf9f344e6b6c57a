import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ApiOptions } from '../api.ts';
import {
  addUsers,
  type Figures,
  fullSizes,
  processTreeUsage,
  removeUsers,
  reportTable,
  runScenario,
  type Sizes,
  scenarios,
  serverMetricsUsage,
  stoaWire,
  usersNeeded,
} from '../bench/index.ts';
import { apiOptions, serverUrl } from '../options.ts';
import { say } from '../output.ts';

interface BenchOptions {
  readonly url: string;
  readonly appToken?: string;
  readonly scenarios: readonly string[];
  readonly rounds: number;
  readonly loadProcesses: number;
  readonly pid?: number;
  readonly json?: string;
}

/** `stoa bench`: load on a running server, from processes of its own. */
export function benchCommand(): Command {
  const names = scenarios.map(({ name }) => name);
  const command = new Command('bench')
    .description(
      'Load a running server with made-up users, who are removed afterwards, and say what it costs.',
    )
    .addOption(serverUrl())
    .addOption(
      new Option('--token, --app-token <token>', 'App token, printed by the first start.').env(
        'STOA_APP_TOKEN',
      ),
    )
    .option('--scenarios <list>', `Of ${names.join(', ')}.`, listOf(names), ['pairs'])
    .option('--rounds <n>', 'How often; the medians are shown.', positive, 1)
    .option('--load-processes <n>', 'Processes that make load.', positive, 1)
    .option('--pid <pid>', "The server's process, when it runs here; else it is asked at /metrics.", positive)
    .option('--json <file>', 'Write all figures of all rounds.');
  for (const { flag, name, description } of sizeOptions) {
    command.option(`--${flag} <n>`, description, positive, defaultSizes[name]);
  }
  return command
    .option('--connections <list>', 'Numbers of idle connections.', numbers, defaultSizes.connections)
    .action((options: BenchOptions & Sizes) => bench(options));
}

async function bench(options: BenchOptions & Sizes): Promise<void> {
  const api = apiOptions({ url: options.url, token: options.appToken ?? '' }, 'app');
  const chosen = scenarios.filter(({ name }) => options.scenarios.includes(name));
  const usage = options.pid === undefined ? serverMetricsUsage(api.url) : processTreeUsage([options.pid]);
  await usage();
  const collectGarbage = () => delay(Math.min(settleSeconds, options.idleSeconds) * 1000);
  const all: Record<string, Figures[]> = {};
  for (const scenario of chosen) {
    const rounds: Figures[] = [];
    all[scenario.name] = rounds;
    for (let round = 1; round <= options.rounds; round += 1) {
      progress(`${scenario.name}, round ${round} of ${options.rounds} …`);
      await withUsers(api, usersNeeded([scenario], options), async (users) => {
        const target = { url: api.url, wire: stoaWire, users, usage, collectGarbage };
        rounds.push(await runScenario(scenario, target, { ...options, sizes: options }));
      });
    }
    say(scenario.title(options));
    for (const line of reportTable(scenario.metrics(options), new Map([[api.url, rounds]]))) say(line);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
}

/** New users for every run, so that nothing is left over from an earlier one. */
async function withUsers(
  api: ApiOptions,
  count: number,
  use: (users: Awaited<ReturnType<typeof addUsers>>) => Promise<void>,
): Promise<void> {
  const users = await addUsers(api, count, `bench-${randomBytes(4).toString('hex')}`);
  try {
    await use(users);
  } finally {
    await removeUsers(api, users);
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function positive(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a whole number above zero.');
}

function numbers(value: string): number[] {
  return value.split(',').map(positive);
}

function listOf(known: readonly string[]) {
  return (value: string): string[] => {
    const wanted = value.split(',');
    const unknown = wanted.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`There is no "${unknown}".`);
    return wanted;
  };
}

/** Smaller than those of the comparison: every user is made and removed over HTTP. */
const defaultSizes: Sizes = {
  ...fullSizes,
  connections: [1_000],
  pairs: 50,
  offlineUsers: 200,
  reconnects: 1_000,
};

type SizeName = Exclude<keyof Sizes, 'connections'>;
const sizeOptions: readonly { flag: string; name: SizeName; description: string }[] = [
  { flag: 'pairs', name: 'pairs', description: 'Pairs of users who write.' },
  { flag: 'messages', name: 'messages', description: 'Messages of each pair.' },
  { flag: 'window', name: 'window', description: 'Messages of one sender on their way at a time.' },
  { flag: 'offline-users', name: 'offlineUsers', description: 'Users who are not there.' },
  { flag: 'offline-messages', name: 'offlineMessages', description: 'Messages for each of them.' },
  { flag: 'reconnects', name: 'reconnects', description: 'Clients that reconnect.' },
  { flag: 'idle-seconds', name: 'idleSeconds', description: 'How long idle connections are watched.' },
];

/** For a server that cannot be told to collect its garbage. */
const settleSeconds = 3;
