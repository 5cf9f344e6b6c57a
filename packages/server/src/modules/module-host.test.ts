import { fileURLToPath } from 'node:url';
import { ManualClock } from '@stoa/testkit';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ModuleHost } from './module-host.ts';

it('replaces a module that blocks when it is told something, though nobody waits for its answer', async () => {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => warnings.push(line) });
  const host = new ModuleHost({
    path: fileURLToPath(new URL('./testing/blocking-listener.ts', import.meta.url)),
    timeoutMs: 5_000,
    megabytes: 64,
    env: {},
    clock,
    logger,
    send: async () => ({ mid: 0 }),
  });
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
