import { array, assert, asyncProperty, boolean, constantFrom, nat, record } from 'fast-check';
import { expect, it } from 'vitest';
import type { Client } from './index.ts';
import { SimulatedChat, type SimulatedDevice } from './testing/simulated-chat.ts';
import { TestClient } from './testing/test-client.ts';

/** A turn of the event loop. */
const turn = () => new Promise<void>((done) => setImmediate(done));

interface Party {
  readonly device: SimulatedDevice;
  readonly test: TestClient;
  readonly client: Client;
  readonly peer: string;
}

const step = record({
  who: nat(3),
  what: constantFrom(
    'send',
    'send',
    'edit',
    'edit',
    'recall',
    'react',
    'react',
    'pin',
    'vote',
    'read',
    'draft',
    'delete',
    'clear',
    'process',
    'process',
    'deliver',
    'deliver',
    'cut',
    'wait',
  ),
  which: nat(5),
  settles: boolean(),
});

function party(chat: SimulatedChat, user: string, peer: string): Party {
  const device = chat.device(user);
  const { openWebSocket: webSocket } = device;
  const test = new TestClient({ url: 'http://localhost', random: () => 0.5, webSocket });
  test.client.on('problem', () => {});
  return { device, test, client: test.client, peer };
}

async function act({ client, device, test, peer }: Party, what: string, which: number, count: number) {
  const target = { peer };
  const messages = await client.messages(target, { limit: 6 });
  const message = messages[which % Math.max(1, messages.length)];
  const isMarkable = message !== undefined && message.seq > 0 && message.gone === undefined;
  const isChangeable = message?.outgoing && message.gone === undefined;
  if (what === 'send') client.send(target, { content: { text: `${device.dev}: ${count}` } });
  else if (what === 'edit' && isChangeable) client.edit(message, { text: `${device.dev}: edit ${count}` });
  else if (what === 'recall' && isChangeable) client.recall(message);
  else if (what === 'react' && isMarkable) client.react(message, emoji[count % 2] ?? '', count % 3 > 0);
  else if (what === 'pin' && isMarkable) client.pin(message, count % 3 > 0);
  else if (what === 'vote' && isMarkable) client.vote(message, count % 3 > 0 ? [count % 2] : []);
  else if (what === 'read') await client.markRead(target);
  else if (what === 'draft') await client.setDraft(target, { text: which === 0 ? '' : `draft ${count}` });
  else if (what === 'delete' && message !== undefined) await client.deleteMessages(target, [message.order]);
  else if (what === 'clear' && which === 0 && message !== undefined) {
    await client.clearConversation(target, message.seq);
  } else if (what === 'process') device.process(which + 1);
  else if (what === 'deliver') device.deliver(which + 1);
  else if (what === 'cut') device.cut();
  else if (what === 'wait') test.clock.advance(500);
}

/** Moves frames until nothing is on its way. */
async function settle(parties: readonly Party[]): Promise<void> {
  for (let quiet = 0, round = 0; quiet < 4 && round < 200; round++) {
    for (let turns = 0; turns < 4; turns++) await turn();
    const waiting = parties.reduce((sum, { device }) => sum + device.waiting, 0);
    quiet = waiting === 0 ? quiet + 1 : 0;
    for (const { test, device } of parties) {
      test.clock.advance(400);
      device.process(1_000);
      device.deliver(1_000);
    }
  }
}

const emoji = ['👍', '🎉'];

/** All that a device shows of the conversation, once it has its whole history. */
async function shown(parties: readonly Party[], { client, peer }: Party) {
  const target = { peer };
  const fetching = client.fetchOlder(target, 1_000);
  await settle(parties);
  await fetching;
  const messages = await client.messages(target, { limit: 1_000 });
  const conversation = await client.conversation(target);
  return {
    messages: messages.map(({ content, seq, mid, gone, edited, status, changing, ...marks }) => {
      const { reactions, votes, pinned } = marks;
      return { seq, text: content?.text, mid, gone, edited, status, changing, reactions, votes, pinned };
    }),
    unread: conversation?.unread ?? 0,
    draft: conversation?.draft,
    latest: conversation?.latest?.seq,
  };
}

it('shows the same on all devices at last, whatever they did apart', async () => {
  await assert(
    asyncProperty(array(step, { maxLength: 70, size: 'max' }), async (steps) => {
      const chat = new SimulatedChat(['alice', 'bob']);
      const alices = [0, 1, 2].map(() => party(chat, 'alice', 'bob'));
      const bob = party(chat, 'bob', 'alice');
      const parties = [...alices, bob];
      for (const { client } of parties) await client.start();
      await settle(parties);
      for (const [count, { who, what, which, settles }] of steps.entries()) {
        const one = parties[who];
        if (one !== undefined) await act(one, what, which, count);
        if (settles) for (let turns = 0; turns < 3; turns++) await turn();
      }
      // Then all is well again, and everything comes to rest.
      for (const { device } of parties) device.cut();
      await settle(parties);
      for (const { client, device } of parties) {
        expect(client.status.state).toBe('online');
        expect(device.waiting).toBe(0);
      }

      const views = [];
      for (const alice of alices) views.push(await shown(parties, alice));
      expect(views[1]).toEqual(views[0]);
      expect(views[2]).toEqual(views[0]);

      // What every device shows is what the log says.
      const cleared = chat.value('alice', 'cleared:peer/bob') as { seq: number } | undefined;
      const isDeleted = (seq: number): boolean =>
        seq <= (cleared?.seq ?? 0) || chat.value('alice', `deleted:peer/bob/${seq}`) !== undefined;
      const log = chat.log.filter(({ seq, event }) => event === undefined && !isDeleted(seq));
      expect(views[0]?.messages.toReversed().map(({ seq, text, gone }) => ({ seq, text, gone }))).toEqual(
        log.map(({ seq, content, gone }) => ({ seq, text: content?.text, gone })),
      );
      for (const { seq, reactions = [], votes = [], pinned } of views[0]?.messages ?? []) {
        const onIt = chat.marks.of(seq);
        expect(new Set(reactions)).toEqual(new Set(onIt?.reactions ?? []));
        expect(new Set(votes)).toEqual(new Set(onIt?.votes ?? []));
        expect(pinned).toEqual(onIt?.pinned);
      }
      const { read } = chat.cursor('alice');
      const unread = log.filter(({ seq, from, gone }) => from === 'bob' && gone === undefined && seq > read);
      expect(views[0]?.unread).toBe(unread.length);
      expect(views[0]?.messages.every(({ changing }) => changing === undefined)).toBe(true);
      expect(views[0]?.draft).toEqual(chat.value('alice', 'draft:peer/bob'));

      for (const { client } of parties) await client.stop();
    }),
    { numRuns: 200 },
  );
}, 60_000);
