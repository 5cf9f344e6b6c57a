import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LocalEngine } from '@stoa/media';
import { ManualClock, tempFolder } from '@stoa/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { Recordings } from '../recordings/index.ts';
import { Recorder } from './recorder.ts';
import type { Participant } from './room-state.ts';

it('does not keep for ever, as one that goes on, what could not begin', async () => {
  const folder = tempFolder();
  onTestFinished(() => folder.remove());
  const clock = new ManualClock(Date.now());
  const recordings = new Recordings(folder.path, clock);
  const engine = new LocalEngine({ bindAddress: '127.0.0.1' });
  onTestFinished(() => engine.close());
  const recorder = new Recorder({
    engine,
    begin: async (by) => {
      const running = await recordings.begin({ aid: 1, gid: 1, name: 'Choir', by });
      // Who takes part cannot be written down.
      mkdirSync(join(folder.path, '1', running.id, 'recording.json.new'));
      return running;
    },
    now: clock.now,
    onError: () => {},
  });
  const alice = { key: '1', address: 'alice', name: 'Alice' } as Participant;
  await expect(recorder.start('media', 'alice', [alice])).rejects.toThrow();
  clock.advance(8 * 24 * 3600 * 1000);
  expect(await recordings.sweep(7, () => true)).toMatchObject({ removed: 1, failures: [] });
});
