import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore, type Store } from '@stoa/storage';
import { ServerProcess, tempFolder } from '@stoa/testkit';

/** A server that ends, by its own will or not, and is started again. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  start(): Promise<void>;
}

/** A server that nodes use, and do without while it is away. */
export interface Service {
  kill(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The servers of a run, and what they stand on. */
export interface Topology {
  readonly nodes: readonly RunningServer[];
  readonly services: readonly Service[];
  /** Called when the users were made: they are to stay, whatever happens from now on. */
  prepared(): Promise<void>;
  /** Opens what the nodes have stored, after all of them were killed. */
  openStore(): Promise<Store>;
  close(): Promise<void>;
}

export type StartTopology = () => Promise<Topology>;

export interface OneNodeOptions {
  /**
   * A node that is killed loses its power as well: of its database there is what was synced. `unsynced` is a mutant
   * that commits without a sync.
   */
  readonly power?: 'lost' | 'unsynced';
  /** Another entry point than the product's. */
  readonly program?: string;
}

/** One node on its embedded database. */
export function oneNode({ power, program }: OneNodeOptions = {}): StartTopology {
  return async () => {
    const folder = tempFolder();
    const [data, synced] = [join(folder.path, 'data'), join(folder.path, 'synced')];
    const server = await ServerProcess.start({
      dataDir: data,
      env: {
        // It says only what went wrong.
        STOA_LOG_LEVEL: 'error',
        STOA_SYNCED_COPY: synced,
        ...(power === 'unsynced' ? { STOA_SYNC_MUTANT: 'normal' } : {}),
      },
      nodeOptions: power === undefined ? [] : [`--import=${pathOf('power/synced-copy.ts')}`],
      ...(program === undefined ? {} : { program: pathOf(program) }),
    });
    const node: RunningServer = {
      url: server.url,
      port: server.port,
      start: () => server.start(),
      async kill(signal) {
        await server.kill(signal);
        if (power !== undefined && signal === 'SIGKILL') losePower(data, synced);
      },
    };
    return {
      nodes: [node],
      services: [],
      async prepared() {
        if (power === undefined) return;
        // A database that is closed in order is synced, whatever its commits were.
        await server.restart('SIGTERM');
      },
      openStore: () => openSqliteStore({ path: join(data, databaseFile) }),
      async close() {
        await server.kill();
        folder.remove();
      },
    };
  };
}

/** Nothing remains of the database but what was synced. */
function losePower(data: string, synced: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    const file = `${databaseFile}${suffix}`;
    rmSync(join(data, file), { force: true });
    mkdirSync(synced, { recursive: true });
    if (existsSync(join(synced, file))) copyFileSync(join(synced, file), join(data, file));
  }
}

const databaseFile = 'stoa.db';

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
