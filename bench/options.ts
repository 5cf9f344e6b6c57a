import { parseArgs } from 'node:util';
import { fullSizes, groups, quickSizes, type Scenario, type Sizes, scenarios } from '@stoa/cli/bench';
import { peerNames } from './peers/index.ts';

/** What is compared: users who write to each other, or one who writes to many. */
export type BenchKind = 'messaging' | 'groups';

export interface MessagingOptions {
  readonly peers: readonly string[];
  readonly scenarios: readonly Scenario[];
  readonly sizes: Sizes;
  readonly rounds: number;
  readonly loadProcesses: number;
  /** File to write all figures to. */
  readonly json: string | undefined;
}

const help = `usage: npm run bench -- messaging|groups [options]

  --scenarios <list>        of messaging: ${scenarios.map(({ name }) => name).join(', ')}; all by default
  --peers <list>            of ${peerNames.join(', ')}; by default all but the PostgreSQL ones;
                            of groups, relay and Stoa
  --store <list>            sqlite and/or postgres: on what Stoa runs; sqlite by default
  --rounds <n>              5 by default; peers take turns in each
  --quick                   sizes for a first look, one round; not for quoting
  --json <file>             write all figures of all rounds
  --load-processes <n>      processes that make load; 2 by default

  --connections <list>      idle connections            ${fullSizes.connections}
  --idle-seconds <n>        how long they are watched   ${fullSizes.idleSeconds}
  --pairs <n>                                           ${fullSizes.pairs}
  --messages <n>            of each pair                ${fullSizes.messages}
  --window <n>              on their way at a time      ${fullSizes.window}
  --offline-users <n>                                   ${fullSizes.offlineUsers}
  --offline-messages <n>    for each                    ${fullSizes.offlineMessages}
  --reconnects <n>                                      ${fullSizes.reconnects}
  --members <list>          of groups                   ${fullSizes.groupMembers}
  --deliveries <n>          in each group, about        ${fullSizes.groupDeliveries}
  --group-window <n>        messages on their way       ${fullSizes.groupWindow}`;

/** Undefined when help was asked for and printed. @throws Error that names a wrong option. */
export function parseOptions(args: readonly string[], kind: BenchKind): MessagingOptions | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: flag,
      quick: flag,
      scenarios: text,
      peers: text,
      store: text,
      rounds: text,
      json: text,
      'load-processes': text,
      connections: text,
      'idle-seconds': text,
      pairs: text,
      messages: text,
      window: text,
      'offline-users': text,
      'offline-messages': text,
      reconnects: text,
      members: text,
      deliveries: text,
      'group-window': text,
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  const base = values.quick ? quickSizes : fullSizes;
  const known = kind === 'groups' ? [groups] : scenarios;
  return {
    peers: peersOf(values.peers, values.store).filter((name) => kind === 'messaging' || name !== 'socket.io'),
    scenarios: listOf(
      values.scenarios,
      known.map(({ name }) => name),
      'scenario',
    ).flatMap((wanted) => known.filter(({ name }) => name === wanted)),
    sizes: {
      connections:
        values.connections?.split(',').map((count) => positive(count, 'connections')) ?? base.connections,
      idleSeconds: positive(values['idle-seconds'] ?? base.idleSeconds, 'idle-seconds'),
      pairs: positive(values.pairs ?? base.pairs, 'pairs'),
      messages: positive(values.messages ?? base.messages, 'messages'),
      window: positive(values.window ?? base.window, 'window'),
      offlineUsers: positive(values['offline-users'] ?? base.offlineUsers, 'offline-users'),
      offlineMessages: positive(values['offline-messages'] ?? base.offlineMessages, 'offline-messages'),
      reconnects: positive(values.reconnects ?? base.reconnects, 'reconnects'),
      groupMembers:
        values.members?.split(',').map((count) => positive(count, 'members')) ?? base.groupMembers,
      groupDeliveries: positive(values.deliveries ?? base.groupDeliveries, 'deliveries'),
      groupWindow: positive(values['group-window'] ?? base.groupWindow, 'group-window'),
    },
    rounds: positive(values.rounds ?? (values.quick ? 1 : 5), 'rounds'),
    loadProcesses: positive(values['load-processes'] ?? 2, 'load-processes'),
    json: values.json,
  };
}

function peersOf(peers: string | undefined, store: string | undefined): string[] {
  if (peers !== undefined) return listOf(peers, peerNames, 'peer');
  const stores = listOf(store ?? 'sqlite', ['sqlite', 'postgres'], 'store');
  return peerNames.filter((name) => {
    if (name === 'stoa') return stores.includes('sqlite');
    return name === 'stoa-postgres' ? stores.includes('postgres') : true;
  });
}

function listOf(value: string | undefined, known: readonly string[], what: string): string[] {
  const wanted = value?.split(',').map((name) => name.trim()) ?? [...known];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return wanted;
  throw new Error(`There is no ${what} "${unknown}". There are ${known.join(', ')}.`);
}

function positive(value: string | number, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} is "${value}", but must be a whole number above zero.`);
}
