import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newMediaPacket } from '../forwarding/media-packet.ts';
import { SenderClock } from '../forwarding/sender-clock.ts';
import { Slot } from '../forwarding/slot.ts';
import { Source } from '../forwarding/source.ts';
import { HeldPackets } from '../transport/held-packets.ts';
import { Departures, type Destination, type Route } from './departures.ts';

/** What left, in order: `viewer stream/number`. */
let left: string[];
let routes: Map<string, Route[]>;
let departures: Departures;

beforeEach(() => {
  vi.useFakeTimers();
  left = [];
  routes = new Map();
  departures = new Departures((stream) => routes.get(stream));
});
afterEach(() => {
  vi.useRealTimers();
});

function viewer(name: string, ...streams: string[]): void {
  const held = new HeldPackets();
  const transport: Destination = {
    forward: (_, source, packet) => left.push(`${name} ${source.stream}/${packet.sequence}`),
    hold: (slot, source, packet) => held.add(slot, source, packet),
    depart: (now) => held.leave(transport, now),
  };
  for (const stream of streams) {
    const slot = new Slot({ kind: 'video', ssrc: 1000, rtxSsrc: 1001 });
    routes.set(stream, [...(routes.get(stream) ?? []), { transport, slot }]);
  }
}

function source(stream: string): Source {
  return new Source({ ssrc: 1, codec: 'VP8', rid: '', stream, clock: new SenderClock() });
}

function packet(sequence: number) {
  return Object.assign(newMediaPacket(), { sequence });
}

it('what arrives together leaves viewer by viewer, in the order in which it arrived', () => {
  viewer('ann', 'x', 'y');
  viewer('ben', 'y');
  const [x, y] = [source('x'), source('y')];
  departures.add(x, packet(1));
  departures.add(y, packet(7));
  departures.add(x, packet(2));
  expect(left).toEqual([]);
  vi.runAllTimers();
  expect(left).toEqual(['ann x/1', 'ann y/7', 'ann x/2', 'ben y/7']);
  departures.add(y, packet(8));
  vi.runAllTimers();
  expect(left.slice(4)).toEqual(['ann y/8', 'ben y/8']);
});

it('a long burst does not wait until it is whole: what is kept of it could be written over', () => {
  viewer('ann', 'x');
  const x = source('x');
  for (let sequence = 1; sequence <= 100; sequence += 1) departures.add(x, packet(sequence));
  expect(left.length).toBeGreaterThanOrEqual(64);
  vi.runAllTimers();
  expect(left).toEqual(Array.from({ length: 100 }, (_, index) => `ann x/${index + 1}`));
});

it('a record that was used again meanwhile goes out once, as what it is now', () => {
  viewer('ann', 'x');
  const x = source('x');
  const record = packet(1);
  departures.add(x, record);
  record.sequence = 65;
  departures.add(x, record);
  vi.runAllTimers();
  expect(left).toEqual(['ann x/65']);
});

it('who has left before it is sent gets nothing', () => {
  viewer('ann', 'x');
  departures.add(source('x'), packet(1));
  routes.delete('x');
  vi.runAllTimers();
  expect(left).toEqual([]);
});
