import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { findChromium } from './scripts/setup/find-chromium.mjs';
import { findNatsServer } from './scripts/setup/find-nats-server.mjs';
import { findTurnServer } from './scripts/setup/find-turn-server.mjs';
import { SlowestFirst } from './scripts/tests/slowest-first.ts';

const chromium = findChromium();
const natsServer = findNatsServer();
const turnServer = findTurnServer();

/** Tests of everything together that wait for servers most of the time, and leave the processors to others. */
const withoutBrowser = [
  'e2e/crash/**/*.test.ts',
  'e2e/calls/crossing.test.ts',
  'e2e/{deploy,disk-full,documents,files,messaging,refused-for-a-moment,several-devices,several-nodes}.test.ts',
];
/** Files of tests that run at a time on two processors. */
const workers = { withoutBrowser: 3, withBrowser: 2 };

export default defineConfig({
  test: {
    pool: 'forks',
    // Nothing keeps state in its modules, so that files can share them: loading them took a third of the time.
    isolate: false,
    sequence: { sequencer: SlowestFirst },
    retry: 0,
    // Nothing takes so long, unless the machine has much else to do.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is looked at again and again comes at once, unless the machine has much else to do.
    expect: { poll: { timeout: 20_000 } },
    unstubGlobals: true,
    restoreMocks: true,
    // Where tests find the programs that they start.
    env: {
      ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }),
      ...(natsServer === undefined ? {} : { NATS_SERVER_PATH: natsServer }),
      ...(turnServer === undefined ? {} : { TURN_SERVER_PATH: turnServer }),
      // They start some hundred servers, which would each compile the same sources.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.stoa/compiled', import.meta.url)),
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          maxWorkers: workers.withoutBrowser,
          include: ['{packages,apps,scripts,bench}/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          name: 'nodes',
          maxWorkers: workers.withoutBrowser,
          include: withoutBrowser,
        },
      },
      {
        extends: true,
        test: {
          name: 'browsers',
          include: ['e2e/**/*.test.ts'],
          exclude: withoutBrowser,
          // Several pages wait for each other in most of them, and where a page is slow each of these waits is long.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Browsers and servers share the cores: after all others, since pages are slow with more of them at a time.
          maxWorkers: workers.withBrowser,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
