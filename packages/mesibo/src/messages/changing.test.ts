import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chat, type Party, profileOf } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';
import type { MesiboMessage } from './message.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

const deleted = 0x21;
const wiped = 0x22;
const ok = 0;
const badRequest = 0x85;
const modify = 0x40000;

/** A message of one party as both have it. */
async function delivered(from: Party, to: Party, text: string): Promise<[MesiboMessage, MesiboMessage]> {
  const m = profileOf(from, to).newMessage();
  m.message = text;
  m.send();
  await from.heard.status(m, 2);
  return [m, await to.heard.message(text)];
}

const updated = ({ heard }: Party, fits: (m: MesiboMessage) => boolean): Promise<void> =>
  heard.until(() => heard.updates.some(fits), 'an update of the message');

describe('changing a message', () => {
  it('shows what it says now on both sides, on the same objects', async () => {
    const [alice, bob] = await chat.pair();
    const [m, received] = await delivered(alice, bob, 'Helo');
    const { mid } = m;
    m.message = 'Hello';
    m.title = 'Greeting';
    expect(m.sendUpdate()).toBe(ok);
    await updated(bob, (one) => one === received && one.message === 'Hello');
    expect(received).toMatchObject({ message: 'Hello', title: 'Greeting' });
    expect(received.isModified() && received.isModifiedByPeer() && received.isUnread()).toBe(true);
    await updated(alice, (one) => one === m);
    expect(m.isModified() && !m.isModifiedByPeer()).toBe(true);
    expect(m.mid).toBe(mid);
    // Nothing is reported a second time.
    expect(bob.heard.texts).toEqual(['Hello']);
  });

  it('changes the message that a new one names by its id, in the old way', async () => {
    const [alice, bob] = await chat.pair();
    const [m, received] = await delivered(alice, bob, 'old');
    expect(alice.api.sendMessage({ peer: bob.address, flag: 3 | modify }, m.id, 'new')).toBe(ok);
    await updated(bob, (one) => one === received && one.message === 'new');
    expect(alice.heard.messages).toEqual([m]);
  });

  it('shows the message as before when it is not to be changed', async () => {
    const [alice, bob] = await chat.pair();
    const [m, received] = await delivered(alice, bob, 'mine');
    received.message = 'yours';
    expect(received.sendUpdate()).not.toBe(ok);
    expect(received.message).toBe('mine');
    expect(bob.heard.errors).toMatchObject([{ code: 'PERMISSION_DENIED' }]);
    expect(profileOf(alice, bob).newMessage().sendUpdate()).toBe(badRequest);
    expect(m.isModified()).toBe(false);
  });

  it('is not accepted from others where the policy says so', async () => {
    const [alice, bob] = await chat.pair();
    bob.api.setRemoteRetractionPolicy(0);
    const [m, received] = await delivered(alice, bob, 'first');
    m.message = 'second';
    m.sendUpdate();
    await updated(alice, (one) => one.message === 'second');
    const [, last] = await delivered(alice, bob, 'last');
    expect([received.message, last.message]).toEqual(['first', 'last']);
  });
});

describe('taking a message back', () => {
  it('leaves a mark of it on both sides', async () => {
    const [alice, bob] = await chat.pair();
    const [m, received] = await delivered(alice, bob, 'Oops');
    expect(m.mayBeRetracted() && !received.mayBeRetracted()).toBe(true);
    expect(await m.recall()).toBe(ok);
    await updated(bob, (one) => one === received);
    for (const one of [m, received]) {
      expect([one.message, one.status, one.isDeleted()]).toEqual(['', deleted, true]);
    }
    expect(m.mayBeRetracted()).toBe(false);
    const session = profileOf(bob, alice).createReadSession(null);
    await session.read(10);
    expect(session.getMessages()).toEqual([received]);
    expect(await session.getUnreadCount()).toBe(0);
  });

  it('is refused beyond the interval, by the policy, and for messages of others', async () => {
    const [alice, bob] = await chat.pair();
    const [m, received] = await delivered(alice, bob, 'stays');
    alice.api.setMessageRetractionPolicy(1);
    expect([m.mayBeRetracted(), await m.recall()]).toEqual([false, badRequest]);
    alice.api.setMessageRetractionPolicy(4);
    alice.api.setMessageRetractionInterval(0);
    await eventually(() => !m.mayBeRetracted(), 'the end of the interval');
    expect(await received.wipeAndRecall()).toBe(badRequest);
    alice.api.setMessageRetractionInterval(60);
    expect(await alice.api.wipeAndRecallMessage(m.mid)).toBe(ok);
    await updated(bob, (one) => one.isDeleted());
  });

  it('wipes on this device alone, and remembers it', async () => {
    const [alice, bob] = await chat.pair();
    const [m, received] = await delivered(alice, bob, 'secret');
    expect(await bob.api.wipeMessage(received.mid)).toBe(ok);
    expect([received.message, received.status, received.isWiped()]).toEqual(['', wiped, true]);
    expect(bob.heard.updates).toEqual([received]);
    const session = profileOf(bob, alice).createReadSession(null);
    await session.read(10);
    expect(session.getMessages()[0]?.isWiped()).toBe(true);
    expect(m.message).toBe('secret');
  });
});

describe('deleting messages', () => {
  it('deletes them on all devices of the user, and nobody else', async () => {
    const [alice, bob] = await chat.pair();
    const other = await chat.signIn(bob.address);
    const [m, received] = await delivered(alice, bob, 'one');
    await delivered(alice, bob, 'two');
    const there = await other.heard.message('one');
    await other.heard.message('two');
    const session = profileOf(other, alice).createReadSession(null);
    await session.read(10);
    expect(session.getMessages()).toHaveLength(2);
    expect(await bob.api.deleteMessages([received.mid])).toBe(ok);
    await eventually(() => !session.getMessages().includes(there), 'the message to go');
    expect(await profileOf(bob, alice).deleteMessages()).toBe(ok);
    const mine = profileOf(alice, bob).createReadSession(null);
    await mine.read(10);
    expect(mine.getMessages()).toContain(m);
    expect(mine.getMessages()).toHaveLength(2);
  });
});

describe('what else a message can do', () => {
  it('disappears when its age is over', async () => {
    const [alice, bob] = await chat.pair();
    const session = profileOf(bob, alice).createReadSession(null);
    session.start();
    const m = profileOf(alice, bob).newMessage();
    m.message = 'for a moment';
    m.setAgeAfterRead(9);
    // On a slow machine it is to be there for a moment.
    m.setAge(3);
    m.send();
    const received = await bob.heard.message('for a moment');
    expect([received.getAge(), received.getAgeAfterRead(), received.getAgeAfterDelivered()]).toEqual([
      3, 0, 0,
    ]);
    expect(session.getMessages()).toEqual([received]);
    await eventually(() => session.getMessages().length === 0, 'the message to disappear');
  });

  it('tells when it was delivered and read, as the server knows it', async () => {
    const [alice, bob] = await chat.pair();
    const [m] = await delivered(alice, bob, 'one');
    const [second] = await delivered(alice, bob, 'two');
    profileOf(bob, alice).markRead();
    await alice.heard.status(second, 3);
    const times = await Promise.all([
      new Promise((tell) => m.getDeliveryTimestamp(null, tell)),
      new Promise((tell) => m.getReadTimestamp(bob.address, tell)),
    ]);
    for (const time of times) expect(Math.abs((time as { ts: number }).ts - Date.now())).toBeLessThan(60_000);
  });

  it('finds the answered message that was not loaded', async () => {
    const [alice, bob] = await chat.pair();
    const [, question] = await delivered(alice, bob, 'How are you?');
    const reply = question.reply();
    reply.message = 'Fine';
    reply.send();
    await alice.heard.message('Fine');
    const other = await chat.signIn(alice.address);
    const answer = await other.heard.message('Fine');
    if (answer.getRepliedToMessage() === null) await updated(other, (one) => one === answer);
    expect(answer.getRepliedToMessage()?.message).toBe('How are you?');
  });
});
