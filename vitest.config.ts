import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { findChromium } from './scripts/setup/find-chromium.mjs';
import { findNatsServer } from './scripts/setup/find-nats-server.mjs';
import { findTurnServer } from './scripts/setup/find-turn-server.mjs';

const chromium = findChromium();
const natsServer = findNatsServer();
const turnServer = findTurnServer();

export default defineConfig({
  test: {
    pool: 'forks',
    retry: 0,
    hookTimeout: 30_000,
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
          // They start servers, child processes and worker threads of their own, and wait for them most of the time: three
          // at a time keep two cores busy.
          maxWorkers: 3,
          // Nothing keeps state in its modules, so that files can share them: loading them took a third of the time.
          isolate: false,
          include: ['{packages,apps,scripts,bench}/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 60_000,
          // Browsers and servers share the cores: after all others.
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
