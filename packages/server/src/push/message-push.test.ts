import { InProcessHub } from '@stoa/bus';
import {
  type JoinedNodes,
  ManualClock,
  PushService,
  SocketClient,
  startJoinedNodes,
  type TestNode,
  type TestUser,
} from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** Bob's device is known to a push service and not connected. Two nodes on one database could wake it. */
describe('messages to somebody who is away', { timeout: 60_000 }, () => {
  const clock = new ManualClock();
  let joined: JoinedNodes;
  let one: TestNode;
  let other: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let witness: TestUser;
  let phone: PushService;
  let watched: PushService;
  let users = 0;
  let ids = 0;

  async function start(env: Record<string, string> = {}): Promise<void> {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({
      buses: [hub.connect(), hub.connect()],
      clock,
      env: { STOA_PUSH_PRIVATE_ADDRESSES: 'yes', ...env },
    });
    [one, other] = joined.nodes as [TestNode, TestNode];
  }
  beforeEach(async () => {
    users += 1;
    alice = await one.addUser(`alice-${users}`);
    await one.backend('userset', { user: { uid: alice.uid, name: 'Alice' } });
    [bob, witness] = [await one.addUser(`bob-${users}`), await one.addUser(`witness-${users}`)];
    [phone, watched] = [await away(bob), await away(witness)];
  });
  afterEach(() => {
    for (const service of [phone, watched]) service.close();
  });

  async function away(user: TestUser): Promise<PushService> {
    const service = new PushService(clock.now);
    await service.open();
    await as(user, (device) => ask(device, 'push.register', { subscription: service.subscription }));
    return service;
  }
  async function as<T>(user: TestUser, work: (device: SocketClient) => Promise<T>, node = other): Promise<T> {
    const device = await SocketClient.open(node.url);
    await device.hello(user.token);
    await device.next('synced');
    const result = await work(device);
    await device.close();
    return result;
  }
  async function ask(device: SocketClient, op: string, body: object): Promise<Record<string, unknown>> {
    ids += 1;
    const id = ids;
    device.send({ t: 'request', id, op, body });
    return (await device.next('response', (response) => response.id === id)).body;
  }
  function send(from: TestUser, to: object, text: string, more: object = {}) {
    return as(from, (device) => {
      ids += 1;
      device.send({ t: 'send', id: ids, ...to, content: { text }, ...more });
      return device.next('sent');
    });
  }
  const toBob = () => ({ peer: bob.address });

  /** Lets a second after the other pass until so many notes have come to Bob. */
  async function notes(count: number): Promise<Record<string, unknown>[]> {
    await passing(() => phone.pushed.length >= count);
    return phone.pushed.map(({ data }) => data);
  }
  async function passing(isDone: () => boolean): Promise<void> {
    await expect
      .poll(
        () => {
          clock.advance(1_000);
          return isDone();
        },
        { timeout: 25_000, interval: 20 },
      )
      .toBe(true);
  }
  /** What there was to say before has been said: it has been said twice of what came later. */
  async function quiet(): Promise<Record<string, unknown>[]> {
    for (const text of ['first', 'second']) {
      const before = watched.pushed.length;
      await send(alice, { peer: witness.address }, text);
      await passing(() => watched.pushed.length > before);
    }
    return phone.pushed.map(({ data }) => data);
  }
  async function setValue(key: string, value: unknown): Promise<void> {
    await as(bob, (device) => ask(device, 'state.set', { values: [{ key, value }] }));
  }

  describe('with all that may be said', () => {
    beforeAll(() => start());
    afterAll(() => joined.close());

    it('wake it once, after a few seconds, with who says what and how much is not read', async () => {
      const { conv, seq } = await send(alice, toBob(), 'Hello');
      clock.advance(1_000);
      const [note] = await notes(1);
      expect(note).toEqual({
        type: 'message',
        tag: expect.stringMatching(/^[\w-]{32}$/),
        badge: 1,
        at: expect.any(Number),
        about: { from: alice.address, name: 'Alice', conv, seq, waiting: 1 },
        preview: { text: 'Hello' },
        ticket: expect.any(String),
      });
      expect(await quiet()).toEqual([note]);
    });

    it('take the place of each other, until a device has been there', async () => {
      await send(alice, toBob(), 'one');
      await notes(1);
      for (const text of ['two', 'three']) await send(alice, toBob(), text);
      const [first, second] = await notes(2);
      expect(second).toMatchObject({
        tag: first?.tag,
        badge: 3,
        about: { waiting: 3 },
        preview: { text: 'three' },
      });
      expect(phone.pushed[1]?.headers.topic).toBe(phone.pushed[0]?.headers.topic);
      const { conv, seq } = await send(alice, toBob(), 'four');
      await as(bob, async (device) => {
        device.send({ t: 'received', conv, seq }, { t: 'ping' });
        await device.next('pong');
      });
      await send(alice, toBob(), 'five');
      expect((await notes(3))[2]).toMatchObject({
        badge: 5,
        about: { waiting: 1 },
        preview: { text: 'five' },
      });
    });

    it('do not wake it when another device of his has them, nor for what he sends himself', async () => {
      await as(bob, async (desktop) => {
        const { conv, seq } = await send(alice, toBob(), 'Hello');
        desktop.send({ t: 'received', conv, seq }, { t: 'ping' });
        await desktop.next('pong');
      });
      await send(bob, { peer: alice.address }, 'Hello yourself');
      expect(await quiet()).toEqual([]);
    });

    it('do not wake it for a conversation that is muted, and again when that is over', async () => {
      const key = `muted:u:${alice.address}`;
      await setValue(key, { until: 0 });
      await send(alice, toBob(), 'one');
      expect(await quiet()).toEqual([]);
      await setValue(key, { until: clock.now() + 1_000 });
      await passing(() => true);
      await send(alice, toBob(), 'two');
      expect(await notes(1)).toMatchObject([{ about: { waiting: 2 } }]);
    });

    it('have a badge that leaves out what is muted, until that is over', async () => {
      const { group } = await as(alice, (device) =>
        ask(device, 'groups.create', { name: 'Choir', members: [bob.address] }),
      );
      const { gid } = group as { gid: number };
      await setValue(`muted:g:${gid}`, { until: 0 });
      const until = clock.now() + 3_600_000;
      await setValue(`muted:u:${witness.address}`, { until });
      await send(alice, { gid }, 'Tonight at eight');
      await send(witness, toBob(), 'Hello');
      await send(alice, toBob(), 'one');
      expect(await notes(1)).toMatchObject([{ badge: 1 }]);
      clock.advance(until - clock.now());
      await send(alice, toBob(), 'two');
      expect((await notes(2))[1]).toMatchObject({ badge: 3, about: { from: alice.address, waiting: 2 } });
    });

    it('say nothing of what is expired, recalled, read or of a user who was blocked since', async () => {
      await send(alice, toBob(), 'expired', { expiry: 1 });
      const { seq } = await send(alice, toBob(), 'recalled');
      await send(alice, toBob(), '', { event: 'recall', target: seq });
      expect(await quiet()).toEqual([]);
      const { conv, seq: read } = await send(alice, toBob(), 'read without being stored');
      await as(bob, async (device) => {
        device.send({ t: 'read', conv, seq: read, private: true }, { t: 'ping' });
        await device.next('pong');
      });
      await send(alice, toBob(), 'blocked');
      await setValue(`blocked:${alice.address}`, { messages: true });
      expect(await quiet()).toEqual([]);
    });

    it('wake members of a group, muted for themselves, with its name', async () => {
      const { group } = await as(alice, (device) =>
        ask(device, 'groups.create', { name: 'Choir', members: [bob.address, witness.address] }),
      );
      const { gid } = group as { gid: number };
      await send(alice, { gid }, 'Tonight at eight');
      const [note] = await notes(1);
      expect(note).toMatchObject({
        badge: 1,
        about: { from: alice.address, name: 'Alice', group: { gid, name: 'Choir' }, waiting: 1 },
        preview: { text: 'Tonight at eight' },
      });
      await setValue(`blocked:${alice.address}`, { messages: false, groups: true });
      await send(alice, { gid }, 'Is anybody coming?');
      expect(await quiet()).toEqual([note]);
      await setValue(`blocked:${alice.address}`, undefined);
      await setValue(`muted:g:${gid}`, { until: 0 });
      await send(alice, { gid }, 'Or at nine');
      expect(await quiet()).toEqual([note]);
    });

    it('are kept by the push service for as long as they last', async () => {
      await send(alice, toBob(), 'Hello', { expiry: 3600 });
      await notes(1);
      const seconds = Number(phone.pushed[0]?.headers.ttl);
      // It may be tried a while later, of a clock that goes on meanwhile.
      expect(seconds).toBeGreaterThan(2_000);
      expect(seconds).toBeLessThan(3_600);
    });

    it('are told of when the push service was busy, as late as it wants', async () => {
      phone.answers.push(429);
      phone.retryAfter = 20;
      await send(alice, toBob(), 'Hello');
      await notes(2);
      const [first, second] = phone.pushed.map(({ at }) => at);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(20_000);
    });

    async function act(ticket: unknown, action: object): Promise<unknown> {
      const response = await fetch(`${other.url}/push/actions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ticket, ...action }),
      });
      const { error } = (await response.json()) as { error?: { code: string } };
      return error?.code ?? 'done';
    }
    const reply = { action: 'reply', text: 'On my way' };

    it('are answered and marked as read with the ticket of the note, and nothing else is', async () => {
      const { seq } = await send(alice, toBob(), 'Where are you?');
      const [note] = await notes(1);
      // Not before: the clock has gone on, perhaps for longer than a session may be silent.
      const sender = await SocketClient.open(one.url);
      await sender.hello(alice.token);
      await sender.next('synced');
      expect(await act(note?.ticket, { action: 'read' })).toBe('done');
      await sender.next('receipt', ({ read }) => read === seq);
      expect(await act(note?.ticket, reply)).toBe('done');
      const answer = await sender.next('message', ({ from }) => from === bob.address);
      expect(answer.content).toEqual({ text: 'On my way' });
      // Sent again, because nobody heard that it was done.
      expect(await act(note?.ticket, reply)).toBe('done');
      expect(await joined.store.log.read(answer.conv, { after: answer.seq, limit: 1 })).toEqual([]);
      await sender.close();

      const [, dev, conv, ...rest] = String(note?.ticket).split('.');
      for (const forged of [
        [witness.uid, dev, conv],
        [bob.uid, dev, Number(conv) + 1],
      ]) {
        expect(await act([...forged, ...rest].join('.'), reply)).toBe('BAD_TOKEN');
      }
      expect(await act('', reply)).toBe('BAD_REQUEST');
      expect(await act(note?.ticket, { action: 'reply', text: '' })).toBe('BAD_REQUEST');
    });

    it('are answered in a group; not when the device is signed out, and not after a day', async () => {
      const { group } = await as(alice, (device) =>
        ask(device, 'groups.create', { name: 'Choir', members: [bob.address] }),
      );
      const { gid } = group as { gid: number };
      const { conv, seq } = await send(alice, { gid }, 'Tonight?');
      const [note] = await notes(1);
      let outcome: unknown;
      const acting = act(note?.ticket, reply).then((answer) => {
        outcome = answer;
      });
      await passing(() => outcome !== undefined);
      await acting;
      expect(outcome).toBe('done');
      const [answer] = await joined.store.log.read(conv, { after: seq, limit: 1 });
      expect(answer?.sender).toBe(bob.uid);

      const dev = Number(String(note?.ticket).split('.')[1]);
      await as(bob, (device) => ask(device, 'devices.signOut', { dev }));
      expect(await act(note?.ticket, reply)).toBe('SIGNED_OUT');
      clock.jump(24 * 3600 * 1_000);
      expect(await act(note?.ticket, reply)).toBe('TOKEN_EXPIRED');
    });

    it('are not told to a device whose token was revoked, and its ticket is void', async () => {
      await send(alice, toBob(), 'Where are you?');
      const [note] = await notes(1);
      await one.backend('deltoken', { user: { uid: bob.uid, token: bob.token } });
      expect(await act(note?.ticket, reply)).toBe('SIGNED_OUT');
      await send(alice, toBob(), 'a secret');
      expect(await quiet()).toEqual([note]);
    });

    it('are told of by the other node when the one that does it has stopped', async () => {
      await send(alice, toBob(), 'one');
      await notes(1);
      await one.node.close();
      await send(alice, toBob(), 'two');
      expect((await notes(2))[1]).toMatchObject({ preview: { text: 'two' } });
    });
  });

  describe.each([
    ['sender', { about: { waiting: 1 }, ticket: expect.any(String) }],
    ['none', {}],
  ])('with %s', (content, more) => {
    beforeAll(() => start({ STOA_PUSH_CONTENT: content }));
    afterAll(() => joined.close());

    it('say no more than that', async () => {
      await send(alice, toBob(), 'Hello');
      const [note] = await notes(1);
      expect(note).toMatchObject(more);
      expect(Object.keys(note ?? {})).toEqual(['type', 'tag', 'badge', 'at', ...Object.keys(more)]);
    });
  });
});
