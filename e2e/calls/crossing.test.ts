import { setTimeout as delay } from 'node:timers/promises';
import { type Call, Client, type LocalMessage, memoryStore } from '@stoa/client';
import { FakePlatform } from '@stoa/client/testing';
import { startTestNode, type TestNode, until } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

let server: TestNode;
beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.close());

/** Somebody with a browser that the test plays, and what he has learned. */
interface Side {
  readonly client: Client;
  readonly platform: FakePlatform;
  readonly calls: Call[];
  readonly records: LocalMessage[];
}

async function side(address: string): Promise<Side> {
  const { token } = await server.addUser(address);
  const platform = new FakePlatform();
  const client = new Client({ url: server.url, token, store: memoryStore(), calls: { platform } });
  const calls: Call[] = [];
  const records: LocalMessage[] = [];
  client.on('call', (call) => calls.push(call));
  client.on('message', (message) => {
    if (message.content?.call !== undefined) records.push(message);
  });
  await client.start();
  await becomes(client, () => client.status.state === 'online', `${address} to be online`);
  return { client, platform, calls, records };
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

it('whoever calls each other at about the same time is in one call, which leaves one message', async () => {
  const [alice, bob] = [await side('alice'), await side('bob')];
  const sides = [alice, bob];
  try {
    await fc.assert(
      fc.asyncProperty(moment, moment, moment, moment, async (startA, startB, askedA, askedB) => {
        for (const each of sides) each.calls.length = each.records.length = 0;
        const begin = async (each: Side, peer: string, start: number, asked: number): Promise<void> => {
          await delay(start);
          // He has been called already: who takes the telephone does not dial.
          if (each.calls.length > 0) return each.calls[0]?.answer();
          const allow = each.platform.holdMicrophone();
          each.client.calls.call(peer);
          await delay(asked);
          allow();
        };
        await Promise.all([begin(alice, 'bob', startA, askedA), begin(bob, 'alice', startB, askedB)]);
        for (const each of sides) {
          await becomes(each.client, () => phaseOf(each) === 'connecting', 'both to be in the call');
          each.platform.peers.at(-1)?.becomes('connected');
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
      { numRuns: 60 },
    );
  } finally {
    await Promise.all(sides.map(({ client }) => client.stop()));
  }
}, 60_000);
