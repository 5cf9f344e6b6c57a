import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Numbered, ReorderBuffer } from './reorder-buffer.ts';

function collect() {
  const out: { sequence: number; lost: number }[] = [];
  const buffer = new ReorderBuffer<Numbered>(({ sequence }, lost) => out.push({ sequence, lost }));
  return { out, buffer };
}

describe('packets of a recording', () => {
  it('come in order, each once, and every one that is missing is counted', () => {
    const packet = fc.record({
      sequence: fc.integer({ min: 100, max: 160 }),
      delay: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 120 }), (packets) => {
        const { out, buffer } = collect();
        let now = 0;
        for (const { sequence, delay } of packets) {
          now += delay;
          buffer.release(now);
          buffer.push({ sequence, receivedAt: now });
        }
        buffer.flush();
        let next = out[0]?.sequence ?? 0;
        for (const { sequence, lost } of out) {
          expect(sequence).toBe(next + lost);
          next = sequence + 1;
        }
      }),
    );
  });

  it('wait for a missing one, as long as it may still be sent again', () => {
    const { out, buffer } = collect();
    buffer.push({ sequence: 1, receivedAt: 0 });
    buffer.push({ sequence: 3, receivedAt: 10 });
    buffer.release(1009);
    buffer.push({ sequence: 2, receivedAt: 1009 });
    expect(out).toEqual([1, 2, 3].map((sequence) => ({ sequence, lost: 0 })));
    buffer.push({ sequence: 6, receivedAt: 1100 });
    buffer.release(2100);
    buffer.push({ sequence: 5, receivedAt: 2101 });
    expect(out.slice(3)).toEqual([{ sequence: 6, lost: 2 }]);
  });
});
