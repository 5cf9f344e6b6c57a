import { randomUUID } from 'node:crypto';
import { FaultProxy } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lost, type RecordedBus, recordedBus, say } from './testing/recorded-bus.ts';

describe('A bus whose server fails', () => {
  let nats: TestNats;
  /** Between `one` and the server. */
  let proxy: FaultProxy;
  let one: RecordedBus;
  let other: RecordedBus;
  beforeAll(async () => {
    nats = await startNats({ config: 'max_payload: 65536' });
    proxy = await FaultProxy.start(nats.port);
  });
  afterAll(async () => {
    await proxy.close();
    await nats.close();
  });
  beforeEach(async () => {
    const prefix = `stoa.${randomUUID()}`;
    one = await recordedBus({ url: `nats://127.0.0.1:${proxy.port}`, prefix });
    other = await recordedBus({ url: nats.url, prefix });
  });
  afterEach(async () => {
    proxy.resume();
    await Promise.all([one.bus.close(), other.bus.close()]);
  });

  it('serves its own subscribers meanwhile, and connects again by itself', async () => {
    const before = await one.record('user.1');
    await nats.kill();
    await Promise.all([one.connected(false), other.connected(false)]);
    const during = await one.record('user.2');
    say(one.bus, 'user.1', 'a');
    say(one.bus, 'user.2', 'b');
    expect(await before.until('a')).toEqual(['a']);
    expect(await during.until('b')).toEqual(['b']);
    expect(one.bus.counts.dropped).toBe(2);
    await nats.start();
    await Promise.all([one.connected(true), other.connected(true)]);
    await Promise.all([before.until(lost), during.until(lost)]);
    say(other.bus, 'user.1', 'c');
    say(other.bus, 'user.2', 'd');
    expect(await before.until('c')).toEqual(['a', lost, 'c']);
    expect(await during.until('d')).toEqual(['b', lost, 'd']);
    expect(one.states.at(-1)).toMatchObject({ connected: true });
  });

  it('tells the subscribers of other nodes of what they did not get, and nobody else', async () => {
    const missing = await other.record('user.1');
    const untouched = await other.record('user.2');
    const own = await one.record('user.3');
    proxy.refuse();
    await one.connected(false);
    say(one.bus, 'user.1', 'never sent');
    say(other.bus, 'user.3', 'not heard');
    // It is at the server, which has sent it to whoever was there, when this is confirmed.
    await other.record('settled');
    proxy.resume();
    await one.connected(true);
    await missing.until(lost);
    await own.until(lost);
    say(one.bus, 'user.2', 'after');
    expect(await untouched.until('after')).toEqual(['after']);
    expect(missing.heard).toEqual([lost]);
    expect(own.heard).toEqual([lost]);
    expect(other.bus.connected).toBe(true);
  });

  it('counts as lost what was sent and not confirmed', async () => {
    const missing = await other.record('user.1');
    proxy.stall();
    say(one.bus, 'user.1', 'on its way');
    proxy.refuse();
    await one.connected(false);
    expect(one.bus.counts.sent).toBe(1);
    proxy.resume();
    expect(await missing.until(lost)).toEqual([lost]);
  });

  it('tells everybody when what was lost cannot be named', async () => {
    const untouched = await other.record('user.1');
    proxy.refuse();
    await one.connected(false);
    for (let uid = 2; uid < 10_010; uid++) say(one.bus, `user.${uid}`, 'never sent');
    proxy.resume();
    expect(await untouched.until(lost)).toEqual([lost]);
  });

  it('drops what is too large, and tells those who miss it', async () => {
    const missing = await other.record('user.1');
    const own = await one.record('user.1');
    const large = 'x'.repeat(65_537);
    say(one.bus, 'user.1', large);
    await own.until(large);
    expect(await missing.until(lost)).toEqual([lost]);
    expect(one.bus.counts).toMatchObject({ sent: 0, dropped: 1 });
    say(one.bus, 'user.1', 'small');
    expect(await missing.until('small')).toEqual([lost, 'small']);
  });

  it('keeps a bounded amount for a server that takes nothing, and never waits', async () => {
    const missing = await other.record('user.1');
    proxy.stall();
    const megabyte = 'x'.repeat(60_000);
    for (let index = 0; index < 400; index++) say(one.bus, 'user.1', megabyte);
    const { sent, dropped } = one.bus.counts;
    expect(sent + dropped).toBe(400);
    expect(sent * 60_000).toBeLessThan(17 * 1024 * 1024);
    proxy.resume();
    await missing.until(lost);
    say(one.bus, 'user.1', 'after');
    await missing.until('after');
  });

  it('gives up a connection on which nothing is answered any more', async () => {
    const missing = await other.record('user.1');
    proxy.stall();
    say(one.bus, 'user.1', 'on its way');
    await one.connected(false);
    proxy.resume();
    await one.connected(true);
    await missing.until(lost);
  });

  it('subscribes in a moment while the connection breaks', async () => {
    proxy.stall();
    const subscribing = one.record('user.1');
    proxy.refuse();
    const subscribed = await subscribing;
    proxy.resume();
    await subscribed.until(lost);
    say(other.bus, 'user.1', 'after');
    await subscribed.until('after');
  });

  it('sends what was published before it is closed', async () => {
    const heard = await other.record('user.1');
    for (let index = 0; index < 100; index++) say(one.bus, 'user.1', index);
    await one.bus.close();
    expect(await heard.until(99)).toHaveLength(100);
  });

  it('is closed in a moment also when the server is away', async () => {
    proxy.refuse();
    await one.connected(false);
    await one.bus.close();
    expect(one.states.filter(({ connected }) => !connected).length).toBeGreaterThan(0);
  });
});
