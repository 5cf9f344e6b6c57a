import { fileURLToPath } from 'node:url';
import { ManualClock } from '@stoa/testkit';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ModuleHost } from './module-host.ts';

const hostOf = (file: string, clock: ManualClock, warnings: string[]): ModuleHost =>
  new ModuleHost({
    path: fileURLToPath(new URL(`./testing/${file}`, import.meta.url)),
    timeoutMs: 5_000,
    megabytes: 64,
    env: {},
    clock,
    logger: pino({ level: 'warn' }, { write: (line) => warnings.push(line) }),
    send: async () => ({ mid: 0 }),
  });

it('keeps a module whose answer came while the machine stood still', async () => {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const host = hostOf('obedient-module.ts', clock, warnings);
  await host.start();
  host.tell('onLogin', { aid: 1, uid: 1, address: 'alice', online: true });
  host.tick();
  clock.jump(100_000);
  host.tick();
  const ask = () => host.call('onMessage', { content: { text: 'anything' } });
  await ask();
  host.tick();
  await ask();
  expect(warnings).toEqual([]);
  await host.close();
}, 40_000);

it('replaces a module that blocks when it is told something, though nobody waits for its answer', async () => {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const host = hostOf('blocking-listener.ts', clock, warnings);
  await host.start();
  host.tell('onLogin', { aid: 1, uid: 1, address: 'alice', online: true });
  await expect
    .poll(
      () => {
        clock.advance(1_000);
        host.tick();
        return warnings;
      },
      { timeout: 30_000, interval: 5 },
    )
    .toContainEqual(expect.stringContaining('its thread has ended'));
  await host.close();
}, 40_000);
