import type { MessageFrame } from '@stoa/protocol';
import { startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GroupClient } from './testing/group-client.ts';

describe('an edited message of a group', () => {
  let node: TestNode;
  const clients: GroupClient[] = [];

  beforeAll(async () => {
    node = await startTestNode();
  });
  afterAll(() => node.close());
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(({ socket }) => socket.close()));
  });

  async function open(...user: Parameters<TestNode['addUser']>): Promise<GroupClient> {
    const client = await GroupClient.open(node, await node.addUser(...user));
    clients.push(client);
    return client;
  }

  const edits = (frame: MessageFrame): boolean => frame.event === 'edit';

  it('says nothing to members who were none when it was sent, live and in the history', async () => {
    const [alice, bob, carol] = [await open('alice'), await open('bob'), await open('carol')];
    const { group } = await alice.ask('groups.create', { name: 'Band', members: [bob.address] });
    const { gid } = group;
    await bob.told('joined');
    await alice.say(gid, 'before carol');
    await alice.ask('groups.members.add', { gid, users: [carol.address] });
    await carol.told('joined');
    await alice.say(gid, 'for carol');
    await carol.heard('for carol');
    const change = (target: number, text: string) => alice.say(gid, text, { event: 'edit', target });
    await change(1, 'a secret');
    await change(2, 'for carol, too');
    expect(await bob.heard('a secret')).toMatchObject({ event: 'edit', target: 1 });
    expect(await carol.socket.next('message', edits)).toMatchObject({ seq: 3, target: 1, gone: 'erased' });
    expect(await carol.socket.next('message', edits)).toMatchObject({
      seq: 4,
      target: 2,
      content: { text: 'for carol, too' },
    });
    const other = await GroupClient.open(node, carol.user);
    clients.push(other);
    for (const { socket } of [carol, other]) socket.send({ t: 'history', id: 1, gid, limit: 10 });
    for (const { socket } of [carol, other]) {
      const { messages } = await socket.next('page');
      expect(messages.map(({ seq, gone, content }) => [seq, gone ?? content?.text])).toEqual([
        [2, 'for carol, too'],
        [3, 'erased'],
        [4, 'for carol, too'],
      ]);
    }
  });

  it('is as it is now for who had it and comes back, on all his devices, without what was said meanwhile', async () => {
    const [alice, bob, user] = [await open('alice-3'), await open('bob-3'), await node.addUser('carol-3')];
    const { group } = await alice.ask('groups.create', { name: 'Band', members: [bob.address] });
    const { gid } = group;
    await bob.told('joined');
    const back = () => alice.ask('groups.members.add', { gid, users: [bob.address, user.address] });
    await back();
    const device = 'c'.repeat(32);
    const sleeping = await GroupClient.open(node, user, device);
    for (const text of ['one', 'two', 'three']) await alice.say(gid, text);
    for (const client of [bob, sleeping]) {
      const { conv } = await client.heard('three');
      client.socket.send({ t: 'received', conv, seq: 3 }, { t: 'ping' });
      await client.socket.next('pong');
      await client.ask('groups.leave', { gid });
    }
    await sleeping.socket.close();
    const change = (event: 'edit' | 'recall', target: number, text = '') =>
      alice.say(gid, text, { event, target });
    await change('edit', 1, 'a secret');
    await alice.say(gid, 'hidden');
    await change('edit', 5, 'hidden, too');
    await change('edit', 1, 'one, edited');
    await change('recall', 2);
    await alice.say(gid, 'hidden as well');
    await back();
    const woken = await GroupClient.open(node, user, device);
    clients.push(woken);
    const is = (place: number) => (frame: MessageFrame) => frame.seq === place;
    for (const client of [bob, woken]) {
      const last = await client.socket.next('message', is(8));
      const heard = [...client.socket.frames, last].flatMap((frame) =>
        frame.t === 'message' && frame.seq > 3
          ? [[frame.seq, frame.target, frame.event, frame.gone ?? frame.content?.text]]
          : [],
      );
      expect(heard).toEqual([
        [4, 1, 'edit', 'one, edited'],
        [7, 1, 'edit', 'one, edited'],
        [8, 2, 'recall', undefined],
      ]);
    }
    await alice.say(gid, 'welcome');
    for (const client of [bob, woken]) {
      const { seq } = await client.heard('welcome');
      expect([seq, client.socket.frames.some((frame) => frame.t === 'message' && frame.seq > 8)]).toEqual([
        10,
        false,
      ]);
    }
  });

  it('is edited for who was a member when it was sent, and is one again', async () => {
    const [alice, bob] = [await open('alice-2'), await open('bob-2')];
    const { group } = await alice.ask('groups.create', { name: 'Band', members: [bob.address] });
    const { gid } = group;
    await bob.told('joined');
    await alice.say(gid, 'hello');
    await bob.heard('hello');
    await bob.ask('groups.leave', { gid });
    await alice.say(gid, 'while he is away');
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await bob.told('joined');
    for (const target of [1, 2]) await alice.say(gid, `new ${target}`, { event: 'edit', target });
    expect(await bob.socket.next('message', edits)).toMatchObject({ target: 1, content: { text: 'new 1' } });
    expect(await bob.socket.next('message', edits)).toMatchObject({ target: 2, gone: 'erased' });
  });
});
