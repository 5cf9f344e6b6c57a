import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import { loadSettings, type Reach, type RunningNode, startNode } from '@stoa/server';
import type { Store } from '@stoa/storage';
import { addUser, type BackendAnswer, backend, type TestUser } from './backend.ts';
import type { ManualClock } from './manual-clock.ts';
import { testAdminPassword, testAppToken } from './server-process.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './wait.ts';

export interface TestNodeOptions {
  /** Kept when given; otherwise a temporary folder that goes with the node. */
  readonly dataDir?: string;
  readonly clock?: ManualClock;
  /** Of the caller's making, to be shared with other nodes. The node closes both with itself. */
  readonly store?: Store;
  readonly bus?: Bus;
  /** What forwards the media of rooms; the node closes it with itself. */
  readonly media?: MediaEngine;
  /** Where links are looked at; default: the web. */
  readonly linkReach?: Reach;
  /** Settings by environment name, such as STOA_MESSAGES_PER_SECOND. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real node on a free port, in this process. */
export interface TestNode {
  readonly url: string;
  readonly port: number;
  readonly node: RunningNode;
  addUser(address: string): Promise<TestUser>;
  /** Calls an operation of the back-end API with the app's token. */
  backend(op: string, fields?: Record<string, unknown>): Promise<BackendAnswer>;
  /** Resolves when exactly this many sessions are signed in: the server notices a closed socket a moment later. */
  sessionsOf(count: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a node with its own data on port 0.
 *
 * @example
 * const server = await startTestNode();
 * const alice = await server.addUser('alice');
 * await server.close();
 */
export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const folder = options.dataDir === undefined ? tempFolder() : undefined;
  const settings = loadSettings({
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      STOA_DATA_DIR: options.dataDir ?? folder?.path ?? '',
      STOA_APP_TOKEN: testAppToken,
      STOA_ADMIN_PASSWORD: testAdminPassword,
      STOA_LOG_LEVEL: 'error',
      STOA_DRAIN_SECONDS: '0',
      ...options.env,
    },
  });
  const node = await startNode({
    settings,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.store === undefined ? {} : { store: options.store }),
    ...(options.bus === undefined ? {} : { bus: options.bus }),
    ...(options.linkReach === undefined ? {} : { linkReach: options.linkReach }),
    ...(options.media === undefined ? {} : { media: options.media }),
  });
  const url = `http://127.0.0.1:${node.port}`;
  return {
    url,
    port: node.port,
    node,
    addUser: (address) => addUser(url, address),
    backend: (op, fields) => backend(url, op, fields),
    sessionsOf: (count) =>
      until(
        () => node.sessions === count,
        (look) => {
          const timer = setInterval(look, 5);
          return () => clearInterval(timer);
        },
        `${count} sessions`,
      ),
    async close() {
      await node.close();
      folder?.remove();
    },
  };
}
