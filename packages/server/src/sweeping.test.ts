import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { Background } from './background.ts';
import { type SweepingOptions, sweepRepeatedly } from './sweeping.ts';

it('goes on with the rest when one part of it cannot be done', async () => {
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const background = new Background({ clock, onError: (error) => errors.push(error) });
  const swept: string[] = [];
  const broken = new Error('broken');
  const part = (name: string) => ({
    sweep: async () => {
      if (name === 'log') throw broken;
      swept.push(name);
      return 0;
    },
  });
  const store = {
    apps: { list: async () => [] },
    log: part('log'),
    tokens: part('tokens'),
    otps: part('otps'),
    schedule: part('schedule'),
  };
  sweepRepeatedly({
    store: Object.create(store) as SweepingOptions['store'],
    background,
    now: clock.now,
    retentionDaysOf: () => 0,
    endGroups: async () => {
      swept.push('groups');
      return 0;
    },
  });
  clock.advance(60_000);
  await expect.poll(() => errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ errors: [broken] });
  expect(swept).toEqual(['tokens', 'otps', 'groups', 'schedule']);
  await background.stop();
});
