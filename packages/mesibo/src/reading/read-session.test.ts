import { Client } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { internal } from '../internal.ts';
import type { MesiboMessage } from '../messages/message.ts';
import { Chat, type Party, profileOf } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';
import { Heard } from '../testing/heard.ts';
import { MesiboReadSession } from './read-session.ts';

let chat: Chat;

beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

async function sendAll(from: Party, to: Party, texts: readonly string[]): Promise<void> {
  for (const text of texts) from.api.getProfile(to.address)?.sendMessage(0, text);
  await to.heard.message(texts.at(-1) ?? '');
}

const textsOf = (messages: readonly MesiboMessage[]) => messages.map((message) => message.message);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 1}`);

describe('reading a conversation', () => {
  it('delivers newest first in batches, marks the last of each, and null at the end of the database', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, numbers(5));
    const heard = new Heard();
    const session = profileOf(ben, ann).createReadSession(heard);
    expect(await session.read(3)).toBe(3);
    expect(
      heard.reports.map((entry) => entry && [entry.message.message, entry.isLast, entry.origin]),
    ).toEqual([
      ['m5', false, 1],
      ['m4', false, 1],
      ['m3', true, 1],
    ]);
    expect(await session.read(3)).toBe(2);
    expect(heard.reports.slice(3).map((entry) => entry && [entry.message.message, entry.isLast])).toEqual([
      ['m2', false],
      ['m1', true],
      null,
    ]);
    expect(await session.read(3)).toBe(0);
    expect(heard.reports.slice(6)).toEqual([null]);
    expect(textsOf(session.getMessages())).toEqual(numbers(5));
    expect(session.messages).toBe(session.getMessages());
  });

  it('counts nothing, says why, and rejects nothing when the database was taken away', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['one']);
    const session = profileOf(ben, ann).createReadSession(null);
    // As many as it reads by itself.
    expect(await session.read(null as never)).toBe(1);
    const lost = new StoaError('CONFLICT', 'The local store is gone.');
    const spies = (['conversation', 'conversations', 'messages'] as const).map((name) =>
      vi.spyOn(Client.prototype, name).mockRejectedValue(lost),
    );
    const told: number[] = [];
    session.getUnreadCount((count) => told.push(count));
    expect(await session.getMessageCount()).toBe(0);
    expect(await profileOf(ben, ann).getMessageCount()).toBe(0);
    expect(await ben.api.deleteMessage(4_711)).toBe(0x80);
    expect(await ben.api.deleteMessages(1)).toBe(0x80);
    for (const spy of spies) spy.mockRestore();
    expect([told, ben.heard.errors]).toEqual([[0], [lost, lost, lost]]);
  });

  it('reports the same objects as before', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['one']);
    const session = profileOf(ben, ann).createReadSession(null);
    await session.read(10);
    expect(session.getMessages()[0]).toBe(ben.heard.messages[0]);
    expect(session.getMessages()[0]?.isDbMessage()).toBe(true);
  });

  it('goes on live: what comes and goes is in the array, in order, and once', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['one']);
    const session = profileOf(ben, ann).createReadSession(ben.heard);
    const messages = session.getMessages();
    await session.read(10);
    await sendAll(ann, ben, ['two']);
    const own = profileOf(ben, ann).newMessage();
    own.message = 'three';
    own.send();
    await ben.heard.message('three');
    expect(textsOf(messages)).toEqual(['one', 'two', 'three']);
    expect(session.getMessages()).toBe(messages);
    await ben.heard.status(own, 2);
    expect(messages[2]).toBe(own);

    await own.delete();
    expect(textsOf(messages)).toEqual(['one', 'two']);
    session.stop();
    await sendAll(ann, ben, ['four']);
    expect(textsOf(messages)).toEqual(['one', 'two']);
  });

  it('never delivers a message twice to an object that is both listeners', async () => {
    const [ann, ben] = await chat.pair();
    const session = profileOf(ben, ann).createReadSession(ben.heard);
    session.start();
    await sendAll(ann, ben, ['live']);
    await session.read(10);
    expect(ben.heard.reports.map((entry) => entry?.message.message)).toEqual(['live', undefined]);
  });

  it('keeps real-time messages from the listener of a session that is not global', async () => {
    const [ann, ben] = await chat.pair();
    const own = new Heard();
    await profileOf(ben, ann).createReadSession(own).read(10);
    await sendAll(ann, ben, ['live']);
    expect(own.reports).toEqual([null]);
  });

  it('calls a function with the number and the session, and no listener with null', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['one', 'two']);
    const before = ben.heard.reports.length;
    const calls: [number, string[], number | undefined][] = [];
    const session = profileOf(ben, ann).createReadSession(function (this: MesiboReadSession, count: number) {
      calls.push([count, textsOf(this.getMessages()), this.readCount]);
    });
    session.readCount = 100;
    await session.read(100);
    await session.read(100);
    expect(calls).toEqual([
      [2, ['one', 'two'], 100],
      [0, ['one', 'two'], 100],
    ]);
    expect(ben.heard.reports.length).toBe(before);
  });

  it('spares v1 listeners the null', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['one']);
    const heard: unknown[] = [];
    const listener = {
      Mesibo_OnMessage: (m: MesiboMessage, data: Uint8Array) => heard.push([m.message, String(data)]),
    };
    await ben.api.readDbSession(ann.address, 0, null, listener).read(10);
    expect(heard).toEqual([['one', 'one']]);
  });

  it('reads oldest first when asked to', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, numbers(5));
    const heard = new Heard();
    const session = profileOf(ben, ann).createReadSession(heard);
    session.enableFifo(true);
    await session.read(3);
    expect(heard.texts).toEqual(['m1', 'm2', 'm3']);
    await session.read(3);
    expect(heard.texts).toEqual(numbers(5));
  });

  it('filters by text and by files', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['red apple', 'green pear', 'green Apple']);
    const apples = ben.api.readDbSession(ann.address, 0, 'apple');
    expect(await apples.read(10)).toBe(2);
    expect(textsOf(apples.getMessages())).toEqual(['red apple', 'green Apple']);
    const files = profileOf(ben, ann).createReadSession(null);
    files.enableFiles(true);
    expect(await files.read(10)).toBe(0);
  });

  it('reads the answers to one message, or everything but answers', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['question', 'aside']);
    const all = profileOf(ben, ann).createReadSession(null);
    await all.read(10);
    const question = all.getMessages()[0];
    for (const text of ['yes', 'no']) {
      const answer = profileOf(ben, ann).newMessage();
      answer.message = text;
      answer.setInReplyTo(question?.mid ?? 0);
      answer.send();
      await ann.heard.message(text);
    }
    const thread = profileOf(ben, ann).createReadSession(null);
    thread.setThreadId(question?.mid ?? 0);
    expect(await thread.read(10)).toBe(2);
    expect(textsOf(thread.getMessages())).toEqual(['yes', 'no']);
    const roots = profileOf(ben, ann).createReadSession(null);
    roots.enableThreads(true);
    await roots.read(10);
    expect(textsOf(roots.getMessages())).toEqual(['question', 'aside']);
  });

  it('counts', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, numbers(3));
    await sendAll(ben, ann, ['reply']);
    const session = profileOf(ben, ann).createReadSession(null);
    const counted = await new Promise((resolve) => session.getUnreadCount(resolve));
    expect(counted).toBe(3);
    expect(profileOf(ben, ann).unread()).toBe(3);
    expect(await session.getTotalMessageCount()).toBe(4);
    expect(await session.getReceivedMessageCount()).toBe(3);
    expect(await session.getSentMessageCount()).toBe(1);
    expect(await session.getFailedMessageCount()).toBe(0);
  });

  it('reads all conversations together, newest first', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['from ann']);
    const carol = await chat.signIn('carol');
    await sendAll(carol, ben, ['from carol']);
    await sendAll(ann, ben, ['ann again']);
    const heard = new Heard();
    await ben.api.readDbSession(null, 0, null, heard).read(10);
    expect(heard.texts).toEqual(['ann again', 'from carol', 'from ann']);
  });

  it('empties its array when the conversation is deleted', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['one', 'two']);
    const session = profileOf(ben, ann).createReadSession(null);
    await session.read(10);
    expect(await profileOf(ben, ann).deleteMessages()).toBe(0);
    expect(session.getMessages()).toEqual([]);
    expect(await profileOf(ben, ann).getMessageCount()).toBe(0);
  });
});

describe('receipts', () => {
  it('go out for what a session with receipts shows, stored and live', async () => {
    const [ann, ben] = await chat.pair();
    const first = profileOf(ann, ben).newMessage();
    first.message = 'stored';
    first.send();
    await ben.heard.message('stored');
    await ann.heard.status(first, 2);
    const session = profileOf(ben, ann).createReadSession(ben.heard);
    session.enableReadReceipt(true);
    await session.read(10);
    await ann.heard.status(first, 3);
    expect(first.isReadByPeer()).toBe(true);

    const second = profileOf(ann, ben).newMessage();
    second.message = 'live';
    second.send();
    await ann.heard.status(second, 3);
    expect((await ben.heard.message('live')).isReadByUs()).toBe(true);
    expect(await session.getUnreadCount()).toBe(0);
  });

  it('stay away without enableReadReceipt, and come when it is enabled', async () => {
    const [ann, ben] = await chat.pair();
    const m = profileOf(ann, ben).newMessage();
    m.message = 'secretly read';
    m.send();
    await ben.heard.message('secretly read');
    const session = profileOf(ben, ann).createReadSession(null);
    await session.read(10);
    await ann.heard.status(m, 2);
    expect(await session.getUnreadCount()).toBe(1);
    session.enableReadReceipt(true);
    await ann.heard.status(m, 3);
  });

  it('tell the sender when', async () => {
    const [ann, ben] = await chat.pair();
    const m = profileOf(ann, ben).newMessage();
    m.message = 'when?';
    m.send();
    await ann.heard.status(m, 2);
    const time = await new Promise<{ ts: number } | null>((resolve) => m.getDeliveryTimestamp(null, resolve));
    expect(Math.abs((time?.ts ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await new Promise((resolve) => m.getReadTimestamp(null, resolve))).toBe(null);
  });
});

describe('a summary', () => {
  async function summaryOf(party: Party): Promise<[MesiboReadSession, Heard]> {
    const heard = new Heard();
    party.api.setCredentials(party.token);
    const session = MesiboReadSession.createReadSummarySession(heard);
    await session.read(100);
    return [session, heard];
  }

  it('has the newest message of every conversation, newest first, and keeps itself up to date', async () => {
    const [ann, ben] = await chat.pair();
    const carol = await chat.signIn('carol');
    await sendAll(ann, ben, ['old', 'from ann']);
    await sendAll(carol, ben, ['from carol']);
    const [session, heard] = await summaryOf(ben);
    const messages = session.getMessages();
    expect(
      heard.reports.map((entry) => entry && [entry.message.message, entry.isLast, entry.origin]),
    ).toEqual([['from carol', false, 2], ['from ann', true, 2], null]);
    expect(textsOf(messages)).toEqual(['from carol', 'from ann']);

    let whenReported: string[] = [];
    Object.assign(ben.heard, {
      Mesibo_onMessage(m: MesiboMessage) {
        whenReported = textsOf(messages);
        Heard.prototype.Mesibo_onMessage.call(ben.heard, m);
      },
    });
    await sendAll(ann, ben, ['ann again']);
    expect(textsOf(messages)).toEqual(['ann again', 'from carol']);
    expect(whenReported).toEqual(['ann again', 'from carol']);
    expect(session.getMessages()).toBe(messages);
    expect(messages[0]?.profile).toBe(profileOf(ben, ann));
  });

  it('leaves out who is hidden, until he is not any more', async () => {
    const [alice, bob] = await chat.pair();
    profileOf(bob, alice).sendMessage(0, 'one');
    await alice.heard.message('one');
    const session = new MesiboReadSession(null, { context: alice.api[internal] });
    session.enableSummary(true);
    expect(await session.read(10)).toBe(1);
    const texts = () => session.getMessages().map(({ message }) => message);
    profileOf(alice, bob).setHidden(true);
    await eventually(() => texts().length === 0, 'nobody in the list');
    profileOf(bob, alice).sendMessage(0, 'two');
    await alice.heard.message('two');
    expect(texts()).toEqual([]);
    profileOf(alice, bob).setHidden(false);
    await eventually(() => texts().includes('two'), 'him in the list again');
    expect(texts()).toEqual(['two']);
  });

  it('loses an entry when its conversation is deleted', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['gone soon']);
    const [session] = await summaryOf(ben);
    await profileOf(ben, ann).deleteMessages();
    expect(session.getMessages()).toEqual([]);
  });

  it('says null at once when there is nothing, and finds conversations by sync', async () => {
    const [ann, ben] = await chat.pair();
    await sendAll(ann, ben, ['history']);
    const device = await chat.prepare(ben.address);
    const syncs: unknown[][] = [];
    const heard = new Heard();
    device.api.setCredentials(device.token);
    const session = new MesiboReadSession(
      Object.assign(heard, { Mesibo_onSync: (...args: unknown[]) => syncs.push(args) }),
    );
    session.enableSummary(true);
    await session.read(100);
    expect(heard.reports).toEqual([null]);
    const synced = session.sync(100);
    device.api.start();
    expect(await synced).toBe(1);
    expect(textsOf(session.getMessages())).toEqual(['history']);
    await Promise.resolve();
    expect(syncs).toEqual([[session, 1]]);
  });
});

describe('sync', () => {
  it('passes the count alone to a callback that declares one parameter', async () => {
    const [ann, ben] = await chat.pair();
    const counts: unknown[] = [];
    const listener = { Mesibo_onSync: (count: number) => counts.push(count) };
    const session = profileOf(ben, ann).createReadSession(listener);
    expect(await Reflect.apply(session.sync, session, [undefined])).toBe(0);
    await Promise.resolve();
    expect(counts).toEqual([0]);
  });

  it('calls a function with the session as this', async () => {
    const [ann, ben] = await chat.pair();
    const session = profileOf(ben, ann).createReadSession(null);
    const called = await new Promise((resolve) => {
      session.sync(10, function (this: MesiboReadSession, count: number) {
        resolve([this === session, count]);
      });
    });
    expect(called).toEqual([true, 0]);
  });
});

describe('a database', () => {
  it('keeps messages, and ids of the application, for the next start', async () => {
    const [, ben] = await chat.pair();
    const kept = await chat.signIn('keeper', 'messages');
    await sendAll(ben, kept, ['kept']);
    kept.api.sendMessage({ peer: ben.address }, 4711, 'own');
    await ben.heard.message('own');
    await kept.heard.status(await kept.heard.message('own'), 2);
    kept.api.stop();
    await kept.heard.until(() => kept.heard.connection.at(-1) === 5, 'stopped');

    const again = await chat.prepare('keeper', 'messages');
    expect(again.api.getSelfProfile().getAddress()).toBe('');
    const session = profileOf(again, ben).createReadSession(null);
    expect(await session.read(10)).toBe(2);
    expect(session.getMessages().map((m) => [m.message, m.isOutgoing(), m.mid === 4711])).toEqual([
      ['kept', false, false],
      ['own', true, true],
    ]);
    expect(again.api.getAddress()).toBe('keeper');
    expect(again.api.getSortedProfiles()).toEqual([profileOf(again, ben)]);
  });
});
