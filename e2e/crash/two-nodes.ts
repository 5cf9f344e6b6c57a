import { join } from 'node:path';
import { openPostgresStore } from '@stoa/storage';
import { ServerProcess, tempFolder } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import type { RunningServer, StartTopology } from './topology.ts';

/** A PostgreSQL and a nats-server, for one run after the other. */
export interface Services {
  readonly postgres: TestPostgres;
  readonly nats: TestNats;
  close(): Promise<void>;
}

export async function startServices(): Promise<Services> {
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  return {
    postgres,
    nats,
    async close() {
      await Promise.all([postgres.close(), nats.close()]);
    },
  };
}

/** Nodes on a database of their own; several are joined by NATS. */
export function nodesOnPostgres({ postgres, nats }: Services, count: number): StartTopology {
  return async () => {
    const folder = tempFolder();
    const database = await postgres.createDatabase();
    const servers: ServerProcess[] = [];
    for (let index = 0; index < count; index++) {
      servers.push(
        await ServerProcess.start({
          dataDir: join(folder.path, String(index)),
          env: {
            STOA_LOG_LEVEL: 'error',
            STOA_DATABASE_URL: database,
            ...(count > 1 ? { STOA_NATS_URL: nats.url } : {}),
          },
        }),
      );
    }
    return {
      nodes: servers.map(supervised),
      services: count > 1 ? [postgres, nats] : [postgres],
      prepared: async () => {},
      openStore: () => openPostgresStore({ url: database, timeoutMs: 30_000 }),
      async close() {
        await Promise.all(servers.map((server) => server.kill()));
        await postgres.dropDatabase(database);
        folder.remove();
      },
    };
  };
}

/** A node that cannot start while its database is away is started again, as those who run it would. */
function supervised(server: ServerProcess): RunningServer {
  return {
    url: server.url,
    port: server.port,
    kill: (signal) => server.kill(signal),
    async start() {
      const end = Date.now() + patienceMs;
      for (;;) {
        try {
          return await server.start();
        } catch (error) {
          if (Date.now() >= end) throw error;
          await server.kill();
        }
      }
    },
  };
}

const patienceMs = 60_000;
