import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { PortPool } from './port-pool.ts';

const events = { onPacket: () => {}, onState: () => {} };
const bindAddress = '127.0.0.1';

test('takes each port of its range once, not those of others, and gives them back', async () => {
  const other = createSocket('udp4');
  other.bind(0, bindAddress);
  await once(other, 'listening');
  const { port } = other.address();
  const ports = new PortPool({ first: port, last: port }, bindAddress);
  await expect(Connection.offering({ bindAddress, ports }, events)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  const closed = once(other, 'close');
  other.close();
  await closed;
  const connection = await Connection.offering({ bindAddress, ports }, events);
  expect(connection.ours.candidates.map((candidate) => candidate.port)).toEqual([port]);
  await expect(Connection.offering({ bindAddress, ports }, events)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  connection.close();
});

test('tells clients the addresses that it is given, of both kinds, with its own port', async () => {
  const announcedAddresses = ['203.0.113.7', '2001:db8::7'];
  const connection = await Connection.offering({ bindAddress, announcedAddresses }, events);
  const { candidates } = connection.ours;
  expect(candidates.map(({ ip, type }) => [ip, type])).toEqual(announcedAddresses.map((ip) => [ip, 'host']));
  expect(new Set(candidates.map(({ port }) => port)).size).toBe(1);
  expect(new Set(candidates.map(({ foundation }) => foundation)).size).toBe(2);
  connection.close();
});

test('connects by IPv6', async () => {
  const options = { bindAddress: '::1' };
  const connected: string[] = [];
  const offering = await Connection.offering(options, {
    ...events,
    onState: (state) => connected.push(state),
  });
  const answering = await Connection.answering({ ...offering.ours, candidates: [] }, options, events);
  offering.accept({ ...answering.ours, setup: 'passive' });
  await expect.poll(() => connected, { timeout: 15_000 }).toContain('connected');
  expect(offering.ours.candidates.map(({ ip }) => ip)).toEqual(['::1']);
  offering.close();
  answering.close();
});

test('refuses an answer that comes after its end as what may be tried again', async () => {
  const offering = await Connection.offering({ bindAddress }, events);
  const answering = await Connection.answering(offering.ours, { bindAddress }, events);
  offering.close();
  expect(() => offering.accept({ ...answering.ours, setup: 'passive' })).toThrow(
    expect.objectContaining({ code: 'UNAVAILABLE' }),
  );
  answering.close();
});

test('ends what does not become a connection in time', async () => {
  const states: string[] = [];
  const options = { bindAddress, connectMs: 50 };
  const offering = await Connection.offering(options, { ...events, onState: (state) => states.push(state) });
  await expect.poll(() => states, { timeout: 15_000 }).toEqual(['closed']);
  expect(() => offering.accept(offering.ours)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
});
