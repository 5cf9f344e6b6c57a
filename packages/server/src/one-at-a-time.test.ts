import { expect, it } from 'vitest';
import { OneAtATime } from './one-at-a-time.ts';

it('begins each when the one before has ended, however it ended, and others meanwhile', async () => {
  const turns = new OneAtATime<string>();
  const begun: string[] = [];
  const gates = new Map(['a1', 'a2', 'b1'].map((name) => [name, Promise.withResolvers<string>()]));
  const work = (key: string, name: string) =>
    turns.run(key, () => {
      begun.push(name);
      return gates.get(name)?.promise ?? Promise.resolve('');
    });
  const [first, second] = [work('a', 'a1'), work('a', 'a2')];
  const other = work('b', 'b1');
  gates.get('b1')?.resolve('done');
  expect(await other).toBe('done');
  expect(begun).toEqual(['a1', 'b1']);
  gates.get('a1')?.reject(new Error('no room'));
  await expect(first).rejects.toThrow('no room');
  gates.get('a2')?.resolve('room');
  expect(await second).toBe('room');
  expect(begun).toEqual(['a1', 'b1', 'a2']);
});
