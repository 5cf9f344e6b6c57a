import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwrap16 } from '../rtp/sequence.ts';
import { ArrivalLog } from './arrival-log.ts';

/** What all messages of a log tell, the later ones over the earlier. */
class Told {
  readonly arrivals = new Map<number, number>();
  #next: number;

  constructor(start: number) {
    this.#next = start;
  }

  take(log: ArrivalLog): void {
    const feedback = log.flush(1, 2);
    if (feedback === undefined) return;
    const first = unwrap16(this.#next, feedback.firstSequence);
    for (const [index, arrival] of feedback.arrivals.entries()) this.arrivals.set(first + index, arrival);
    this.#next = Math.max(this.#next, first + feedback.arrivals.length);
  }
}

test('tells of every packet when it came, and of the others that they did not, in whatever order they come', () => {
  const packets = fc.array(
    fc.record({ lost: fc.boolean(), lateBy: fc.nat(30), flush: fc.boolean(), skip: fc.nat(20) }),
    { minLength: 1, maxLength: 300 },
  );
  fc.assert(
    fc.property(fc.nat(0xffff), packets, (start, each) => {
      let sequence = start;
      const sent = each.map(({ lost, lateBy, flush, skip }, index) => {
        sequence += index === 0 ? 0 : 1 + skip;
        return { sequence, lost: lost && index > 0, at: index + (index === 0 ? 0 : lateBy), flush };
      });
      const came = sent.filter(({ lost }) => !lost).sort((a, b) => a.at - b.at);
      const log = new ArrivalLog();
      const told = new Told(start);
      for (const { sequence: number, at, flush } of came) {
        log.add(number & 0xffff, at);
        if (flush) told.take(log);
      }
      told.take(log);
      const highest = Math.max(...came.map((packet) => packet.sequence));
      for (let number = start; number <= highest; number += 1) {
        const arrived = came.find((packet) => packet.sequence === number)?.at ?? -1;
        expect(told.arrivals.get(number)).toBe(arrived);
      }
      expect(log.flush(1, 2)).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('begins anew with a number that belongs to nobody, and never tells of more than it knows', () => {
  const log = new ArrivalLog();
  log.add(10, 1);
  log.add(20_000, 2);
  log.add(20_001, 3);
  expect(log.flush(1, 2)).toMatchObject({ firstSequence: 20_000, arrivals: [2, 3] });
  for (let step = 1; step <= 5000; step += 1) log.add(20_001 + step, 4);
  expect(log.flush(1, 2)).toMatchObject({ firstSequence: 20_001 + 5000 - 4095, count: 1 });
  // Too far apart in time for one message.
  log.add(25_002, 5);
  log.add(25_003, 9000);
  expect(log.flush(1, 2)?.arrivals).toEqual([5]);
  expect(log.flush(1, 2)).toMatchObject({ firstSequence: 25_003, arrivals: [9000] });
});
