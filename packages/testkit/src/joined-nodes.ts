import { join } from 'node:path';
import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import { openSqliteStore, type Store } from '@stoa/storage';
import type { ManualClock } from './manual-clock.ts';
import { tempFolder } from './temp-folder.ts';
import { startTestNode, type TestNode } from './test-node.ts';

/** Several nodes of one installation, in this process. */
export interface JoinedNodes {
  /** In the order of their buses. A node may be closed for itself. */
  readonly nodes: readonly TestNode[];
  /** What they share. */
  readonly store: Store;
  /** Closes the nodes and what they share. */
  close(): Promise<void>;
}

/**
 * Starts a node for each bus, all of them on one embedded database: several nodes in a moment, without PostgreSQL.
 *
 * @example
 * const hub = new InProcessHub();
 * const { nodes, close } = await startJoinedNodes({ buses: [hub.connect(), hub.connect()] });
 */
export async function startJoinedNodes(options: {
  readonly buses: readonly Bus[];
  readonly clock?: ManualClock;
  /** What forwards the media of rooms, one for each node. */
  readonly media?: readonly MediaEngine[];
  /** Puts something between one node and the store. */
  readonly storeOf?: (store: Store, index: number) => Store;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<JoinedNodes> {
  const { buses, clock, media = [], storeOf = (same) => same, env } = options;
  const folder = tempFolder();
  const store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
  const shared: Store = { ...store, close: async () => {} };
  const nodes: TestNode[] = [];
  for (const [index, bus] of buses.entries()) {
    const engine = media[index];
    nodes.push(
      await startTestNode({
        store: storeOf(shared, index),
        bus,
        ...(engine === undefined ? {} : { media: engine }),
        ...(clock === undefined ? {} : { clock }),
        ...(env === undefined ? {} : { env }),
      }),
    );
  }
  return {
    nodes,
    store,
    async close() {
      for (const node of nodes) await node.close();
      await store.close();
      folder.remove();
    },
  };
}
