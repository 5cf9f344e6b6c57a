import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectNatsBus } from '@stoa/bus';
import { type Call, Client, type LocalMessage, memoryStore } from '@stoa/client';
import { FakePlatform } from '@stoa/client/testing';
import { type JoinedNodes, startJoinedNodes, type TestNode, until } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

let nats: TestNats;
let joined: JoinedNodes;
beforeAll(async () => {
  nats = await startNats();
  const join = (name: string): Promise<Bus> => connectNatsBus({ url: nats.url, prefix: 'crossing', name });
  joined = await startJoinedNodes({ buses: [await join('one'), await join('two')] });
}, 60_000);
afterAll(async () => {
  await joined?.close();
  await nats?.close();
});

/** Somebody with a browser that the test plays, and what he has learned. */
interface Side {
  readonly client: Client;
  readonly platform: FakePlatform;
  readonly calls: Call[];
  readonly records: LocalMessage[];
  /** What the calls of this side have gone through. */
  readonly phases: Set<string>;
  /** Reasons for which the server has said that a call is over. */
  readonly endings: Set<string>;
}

async function side(address: string, node: TestNode | undefined): Promise<Side> {
  if (node === undefined) throw new Error('There is no such node.');
  const { token } = await node.addUser(address);
  const platform = new FakePlatform();
  const client = new Client({ url: node.url, token, store: memoryStore(), calls: { platform } });
  const calls: Call[] = [];
  const records: LocalMessage[] = [];
  const [phases, endings] = [new Set<string>(), new Set<string>()];
  client.on('call', (call) => {
    calls.push(call);
    call.on('status', ({ phase }) => phases.add(phase));
  });
  client.on('callSignal', ({ event }) => {
    if (event.type === 'ended') endings.add(event.reason);
  });
  client.on('message', (message) => {
    if (message.content?.call !== undefined) records.push(message);
  });
  await client.start();
  await becomes(client, () => client.status.state === 'online', `${address} to be online`);
  return { client, platform, calls, records, phases, endings };
}

/** Resolves when it is so, which is looked at whenever the client tells of something. */
function becomes(client: Client, condition: () => boolean, what: string): Promise<void> {
  const again = (look: () => void): (() => void) => {
    const stops = [client.on('status', look), client.on('message', look), client.on('call', look)];
    const timer = setInterval(look, 2);
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  };
  return until(condition, again, what);
}

const phaseOf = ({ calls }: Side): string | undefined => calls.at(-1)?.status.phase;

/** Milliseconds: about as long as what a call is made of takes here. */
const moment = fc.integer({ min: 0, max: 25 });

it.each([
  ['one node', 0],
  ['two nodes', 1],
])(
  'whoever calls each other at about the same time on %s is in one call, which leaves one message',
  async (_, other) => {
    const names = [`alice-${other}`, `bob-${other}`] as const;
    const [alice, bob] = [await side(names[0], joined.nodes[0]), await side(names[1], joined.nodes[other])];
    const sides = [alice, bob];
    try {
      await fc.assert(
        fc.asyncProperty(moment, moment, moment, moment, async (startA, startB, askedA, askedB) => {
          for (const each of sides) {
            each.calls.length = each.records.length = 0;
            each.phases.clear();
            each.endings.clear();
          }
          const begin = async (each: Side, peer: string, start: number, asked: number): Promise<void> => {
            await delay(start);
            // He has been called already: who takes the telephone does not dial.
            if (each.calls.length > 0) return each.calls[0]?.answer();
            const allow = each.platform.holdMicrophone();
            each.client.calls.call(peer);
            await delay(asked);
            allow();
          };
          await Promise.all([begin(alice, names[1], startA, askedA), begin(bob, names[0], startB, askedB)]);
          for (const each of sides) {
            await becomes(each.client, () => phaseOf(each) === 'connecting', 'both to be in the call');
            each.platform.peers.at(-1)?.becomes('connected');
          }
          // Nobody hangs up before the call that was given up is settled.
          if (sides.every(({ phases }) => phases.has('calling'))) {
            await becomes(
              alice.client,
              () => sides.some(({ endings }) => endings.has('merged')),
              'one of the two calls to be given up',
            );
          }
          expect(alice.calls.map(({ id }) => id)).toEqual(bob.calls.map(({ id }) => id));
          expect(alice.calls).toHaveLength(1);
          alice.client.calls.all[0]?.hangup();
          for (const each of sides) {
            await becomes(each.client, () => each.records.length > 0, 'the record of the call');
            await becomes(
              each.client,
              () => phaseOf(each) === 'ended' && each.calls.every((call) => call.isOver),
              'the end',
            );
            expect(each.client.calls.all).toEqual([]);
          }
          const [record, other] = sides.map(({ records }) =>
            records.map(({ mid, content }) => ({ mid, call: content?.call })),
          );
          expect(record).toEqual(other);
          expect(record).toEqual([
            expect.objectContaining({ call: expect.objectContaining({ outcome: 'answered' }) }),
          ]);
        }),
        { numRuns: 40 },
      );
    } finally {
      await Promise.all(sides.map(({ client }) => client.stop()));
    }
  },
  60_000,
);
