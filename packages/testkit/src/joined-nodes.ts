import { join } from 'node:path';
import type { Bus } from '@stoa/bus';
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
  readonly env?: Readonly<Record<string, string>>;
}): Promise<JoinedNodes> {
  const { buses, clock, env } = options;
  const folder = tempFolder();
  const store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
  const shared: Store = { ...store, close: async () => {} };
  const nodes: TestNode[] = [];
  for (const bus of buses) {
    nodes.push(
      await startTestNode({
        store: shared,
        bus,
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
