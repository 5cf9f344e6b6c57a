import { cpSync } from 'node:fs';
import { addGroup, addUsers, type LoadUser, stoaWire } from '@stoa/cli/bench';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import type { Peer } from './peer.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { tempFolder } from './temp-folder.ts';

const appToken = 'bench-app-token-0123456789abcdef';

/** Stoa as it comes: SQLite in its data directory. Users are added once; each start gets a copy of that. */
export async function stoaPeer(users: number, groupSizes: readonly number[]): Promise<Peer> {
  const template = tempFolder();
  const first = await startStoa(template.path);
  const known = await prepare(first.url, users, groupSizes);
  await first.stop('SIGTERM');
  return {
    name: 'stoa',
    ...known,
    wire: stoaWire,
    async start() {
      const folder = tempFolder();
      cpSync(template.path, folder.path, { recursive: true });
      const server = await startStoa(folder.path);
      return {
        ...server,
        async stop() {
          await server.stop();
          folder.remove();
        },
      };
    },
    close: async () => template.remove(),
  };
}

/** Stoa on PostgreSQL, whose processes count as Stoa's. Each start gets a copy of a database with the users. */
export async function stoaOnPostgresPeer(users: number, groupSizes: readonly number[]): Promise<Peer> {
  const postgres = await startPostgres();
  const template = await postgres.createDatabase();
  const folder = tempFolder();
  const first = await startStoa(folder.path, { STOA_DATABASE_URL: template });
  const known = await prepare(first.url, users, groupSizes);
  await first.stop('SIGTERM');
  return {
    name: 'stoa-postgres',
    ...known,
    wire: stoaWire,
    async start() {
      const url = new URL(template);
      url.pathname += '_copy';
      await postgres.dropDatabase(url.href);
      await postgres.query(`create database ${nameOf(url)} template ${nameOf(new URL(template))}`);
      const server = await startStoa(folder.path, { STOA_DATABASE_URL: url.href }, [await pidOf(postgres)]);
      return {
        ...server,
        async stop() {
          await server.stop();
          await postgres.dropDatabase(url.href);
        },
      };
    },
    async close() {
      await postgres.close();
      folder.remove();
    },
  };
}

/** Adds users, and groups of the first of them with so many of those who follow. */
async function prepare(
  url: string,
  count: number,
  groupSizes: readonly number[],
): Promise<Pick<Peer, 'users' | 'groups'>> {
  const api = { url, authorization: `Bearer ${appToken}` };
  const users: LoadUser[] = await addUsers(api, count);
  const groups: Peer['groups'][number][] = [];
  for (const size of groupSizes) {
    groups.push({ name: String(await addGroup(api, users.slice(0, size + 1))), size });
  }
  return { users, groups };
}

function startStoa(
  folder: string,
  env: Record<string, string> = {},
  also: readonly number[] = [],
): Promise<ServerProcess> {
  return startServerProcess(
    {
      // As `npm start` and the container image run it.
      nodeArgs: ['--max-semi-space-size=16'],
      file: '../../packages/cli/src/stoa.ts',
      args: ['serve'],
      env: {
        HOST: '127.0.0.1',
        PORT: '0',
        STOA_DATA_DIR: folder,
        STOA_APP_TOKEN: appToken,
        STOA_ADMIN_PASSWORD: 'bench-administrator',
        STOA_LOG_LEVEL: 'warn',
        ...env,
      },
    },
    also,
  );
}

/** Of the process that started all others. */
async function pidOf(postgres: TestPostgres): Promise<number> {
  const [row] = await postgres.query(`select pg_read_file('postmaster.pid') as file`);
  return Number.parseInt(String(row?.file), 10);
}

function nameOf(url: URL): string {
  return url.pathname.slice(1);
}
