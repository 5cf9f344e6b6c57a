import { expect, it } from 'vitest';
import { Readiness } from './readiness.ts';

it('a node is ready once it has reached the others, and stays so when it loses them', async () => {
  const bus = { connected: false };
  const readiness = new Readiness({ ping: async () => {} }, bus);
  await expect(readiness.check()).rejects.toThrow('not reached the other nodes');
  bus.connected = true;
  expect(await readiness.check()).toEqual([]);
  bus.connected = false;
  expect(await readiness.check()).toEqual([expect.stringContaining('arrive late')]);
});

it('a node is not ready while its database is away, nor when it is about to stop', async () => {
  let answers = false;
  const ping = async (): Promise<void> => {
    if (!answers) throw new Error('away');
  };
  const readiness = new Readiness({ ping }, { connected: true });
  await expect(readiness.check()).rejects.toThrow('away');
  answers = true;
  expect(await readiness.check()).toEqual([]);
  readiness.leave();
  await expect(readiness.check()).rejects.toThrow('stopping');
});
