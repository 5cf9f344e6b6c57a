import { limits } from '@stoa/protocol';
import { SocketClient, startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('delivery to a device', () => {
  let server: TestNode;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());

  /** Signed-in devices of two new users, and a function that sends texts from the first to the second. */
  async function pair(name: string) {
    const [from, to] = [await server.addUser(`${name}-from`), await server.addUser(`${name}-to`)];
    const sender = await SocketClient.open(server.url);
    await sender.hello(from.token);
    let id = 0;
    const send = async (count: number): Promise<void> => {
      const frames = Array.from({ length: count }, () => {
        id += 1;
        return { t: 'send', id, peer: to.address, content: { text: String(id) } };
      });
      // Several socket messages: one may not carry more than a limited number of frames.
      for (let start = 0; start < count; start += 100) sender.send(...frames.slice(start, start + 100));
      await sender.next('sent', (sent) => sent.id === id);
    };
    return { from, to, sender, send };
  }

  it('stops at the window and goes on with each acknowledgement', async () => {
    const { to, sender, send } = await pair('window');
    await send(limits.deliveryWindow + 50);
    const device = await SocketClient.open(server.url);
    await device.hello(to.token);
    const first = await device.next('message');
    await device.next('message', ({ seq }) => seq === limits.deliveryWindow);
    device.send({ t: 'ping' });
    await device.next('pong');
    expect(device.frames.some((frame) => frame.t === 'message' && frame.seq > limits.deliveryWindow)).toBe(
      false,
    );
    expect(device.frames.some(({ t }) => t === 'synced')).toBe(false);
    device.send({ t: 'received', conv: first.conv, seq: 20 });
    await device.next('message', ({ seq }) => seq === limits.deliveryWindow + 20);
    device.send({ t: 'received', conv: first.conv, seq: limits.deliveryWindow + 20 });
    await device.next('message', ({ seq }) => seq === limits.deliveryWindow + 50);
    await device.next('synced');
    await Promise.all([sender.close(), device.close()]);
  });

  it('brings everything of a conversation that began while the device was away, though other devices have it', async () => {
    const { to, sender, send } = await pair('away');
    const signIn = async (device: string, position?: number) => {
      const client = await SocketClient.open(server.url);
      await client.hello(to.token, { device, ...(position === undefined ? {} : { position }) });
      return client;
    };
    const away = await signIn('device-that-was-away');
    const { position } = await away.next('synced');
    await away.close();
    const present = await signIn('device-that-was-here');
    await send(50);
    const { conv } = await present.next('message', ({ seq }) => seq === 50);
    present.send({ t: 'received', conv, seq: 50 });
    await sender.next('receipt', ({ delivered }) => delivered === 50);
    const back = await signIn('device-that-was-away', position);
    expect(await back.next('conversation')).toMatchObject({ conv, from: 0, last: 50 });
    await back.next('message', ({ seq }) => seq === 50);
    const another = await signIn('device-that-is-newer');
    expect(await another.next('conversation')).toMatchObject({ conv, from: 30 });
    await Promise.all([sender, present, back, another].map((client) => client.close()));
  });

  it('holds live messages back behind the window too, and loses none', async () => {
    const { to, sender, send } = await pair('live');
    const device = await SocketClient.open(server.url);
    await device.hello(to.token);
    await device.next('synced');
    await send(limits.deliveryWindow + 80);
    let acknowledged = 0;
    for (let seq = 1; seq <= limits.deliveryWindow + 80; seq += 1) {
      const message = await device.next('message');
      expect(message.seq).toBe(seq);
      if (seq - acknowledged < 64) continue;
      device.send({ t: 'received', conv: message.conv, seq });
      acknowledged = seq;
    }
    await Promise.all([sender.close(), device.close()]);
  });

  it('gives a new device of an old user the recent messages and leaves the rest to history', async () => {
    const { to, sender, send } = await pair('recent');
    const first = await SocketClient.open(server.url);
    await first.hello(to.token);
    await send(60);
    const newest = await first.next('message', ({ seq }) => seq === 60);
    first.send({ t: 'received', conv: newest.conv, seq: 60 });
    await sender.next('receipt', ({ delivered }) => delivered === 60);
    const second = await SocketClient.open(server.url);
    await second.hello(to.token);
    expect(await second.next('conversation')).toMatchObject({ last: 60, from: 40 });
    expect(await second.next('message')).toMatchObject({ seq: 41 });
    await second.next('synced');
    second.send({ t: 'history', id: 1, peer: 'recent-from', before: 41, limit: 25 });
    const page = await second.next('page');
    expect(page.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 25 }, (_, index) => 16 + index));
    expect(page.more).toBe(true);
    second.send({ t: 'history', id: 2, peer: 'recent-from', after: 58, limit: 25 });
    const newer = await second.next('page');
    expect(newer.messages.map(({ seq }) => seq)).toEqual([59, 60]);
    expect(newer.more).toBe(false);
    await Promise.all([sender, first, second].map((client) => client.close()));
  });

  it('names the newest conversation first', async () => {
    const hub = await server.addUser('hub');
    for (const name of ['old', 'middle', 'new']) {
      const user = await server.addUser(name);
      const client = await SocketClient.open(server.url);
      await client.hello(user.token);
      client.send({ t: 'send', id: 1, peer: 'hub', content: { text: name } });
      await client.next('sent');
      await client.close();
    }
    const device = await SocketClient.open(server.url);
    await device.hello(hub.token);
    await device.next('synced');
    const listed = device.frames.flatMap((frame) => (frame.t === 'conversation' ? [frame.peer] : []));
    expect(listed).toEqual(['new', 'middle', 'old']);
    await device.close();
  });

  it('after a named position brings only what changed since', async () => {
    const { from, to, sender, send } = await pair('position');
    await send(1);
    const device = 'device-with-position';
    const first = await SocketClient.open(server.url);
    await first.hello(to.token, { device });
    const { conv } = await first.next('message');
    first.send({ t: 'received', conv, seq: 1 });
    await sender.next('receipt', ({ delivered }) => delivered === 1);
    await first.close();
    const second = await SocketClient.open(server.url);
    await second.hello(to.token, { device });
    const { position } = await second.next('synced');
    await second.close();
    const third = await SocketClient.open(server.url);
    await third.hello(to.token, { device, position });
    await third.next('synced');
    expect(third.frames).toEqual([]);
    await third.close();
    await send(1);
    const fourth = await SocketClient.open(server.url);
    await fourth.hello(to.token, { device, position });
    expect(await fourth.next('conversation')).toMatchObject({ peer: from.address, from: 1, last: 2 });
    expect(await fourth.next('message')).toMatchObject({ seq: 2 });
    await Promise.all([sender.close(), fourth.close()]);
  });
});
