import fc from 'fast-check';
import { expect, it } from 'vitest';
import { until } from '../../testing/until.ts';
import type { MediaEvent } from '../events.ts';
import { splitPorts } from './split-ports.ts';
import { WorkerEngine } from './worker-engine.ts';

it('tells at once which rooms a dead worker had, and starts another', async () => {
  const deaths: number[] = [];
  const engine = new WorkerEngine({
    bindAddress: '127.0.0.1',
    workers: 2,
    onWorkerLost: ({ rooms }) => deaths.push(rooms),
  });
  const events: MediaEvent[] = [];
  engine.onEvent((event) => events.push(event));
  try {
    for (const room of ['a', 'b', 'c']) await engine.createRoom(room);
    const [first = 0, second = 0] = engine.pids;
    const waiting = engine.view('a', 'bob').then(
      () => 'answered',
      (error) => error.code,
    );
    process.kill(first, 'SIGKILL');
    await until(() => deaths.length === 1);
    // Spread evenly, so one worker had two of them.
    expect(deaths).toEqual([2]);
    expect(events.filter(({ type }) => type === 'roomLost')).toEqual([
      { type: 'roomLost', room: 'a' },
      { type: 'roomLost', room: 'c' },
    ]);
    expect(['answered', 'UNAVAILABLE']).toContain(await waiting);
    await expect(engine.streams('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await engine.streams('b')).toEqual([]);
    await until(() => engine.pids.length === 2);
    expect(engine.pids).not.toContain(first);
    expect(engine.pids).toContain(second);
    await engine.createRoom('a');
    expect(await engine.streams('a')).toEqual([]);
  } finally {
    await engine.close();
  }
  expect(engine.pids).toEqual([]);
});

it('gives each worker ports of its own, and all of them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1024, max: 60_000 }),
      fc.integer({ min: 1, max: 64 }),
      fc.nat(5000),
      (first, workers, more) => {
        const last = first + workers - 1 + more;
        const shares = splitPorts({ first, last }, workers);
        expect(shares).toHaveLength(workers);
        let next = first;
        for (const share of shares) {
          expect(share?.first).toBe(next);
          expect(share?.last).toBeGreaterThanOrEqual(next);
          next = (share?.last ?? 0) + 1;
        }
        expect(next).toBe(last + 1);
      },
    ),
  );
  expect(() => splitPorts({ first: 5000, last: 5001 }, 3)).toThrow('need as many ports');
});
