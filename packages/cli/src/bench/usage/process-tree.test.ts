import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseStat, processTreeUsage } from './process-tree.ts';

it('reads a line of stat although the name of the program is made to mislead', () => {
  const line =
    '4711 (a) R 1 (b) S 42 4711 4711 0 -1 4194304 1 0 0 0 100 20 3 4 20 0 11 0 12345 1000000 250 18446744073709551615';
  expect(parseStat(line)).toEqual({ pid: 4711, parent: 42, ticks: 127, pages: 250 });
});

it('counts the CPU time and memory of a process and of its descendants, running and ended', async () => {
  // Not of this process, in which other tests have run, and left it garbage and processes that end only now.
  const parent = fork(fileURLToPath(new URL('./testing/parent-process.ts', import.meta.url)));
  const told = async (word?: string): Promise<void> => {
    const answer = once(parent, 'message');
    if (word !== undefined) parent.send(word);
    await answer;
  };
  await told();
  const read = processTreeUsage([parent.pid ?? 0]);
  const before = await read();
  await told('begin');
  const during = await read();
  expect(during.cpuSeconds - before.cpuSeconds).toBeGreaterThanOrEqual(0.29);
  expect(during.memoryBytes).toBeGreaterThan(before.memoryBytes + 20 * 1024 * 1024);
  await told('end');
  const after = await read();
  expect(after.cpuSeconds).toBeGreaterThanOrEqual(during.cpuSeconds);
  expect(after.memoryBytes).toBeLessThan(during.memoryBytes);
  parent.disconnect();
});
