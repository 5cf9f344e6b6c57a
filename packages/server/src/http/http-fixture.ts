/** The HTTP doors over a real store, without a network: for the tests of this folder. */
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInProcessBus } from '@stoa/bus';
import { StoaError } from '@stoa/protocol';
import type { Store } from '@stoa/storage';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Access } from '../access/index.ts';
import { Administrator, Apps, ensureFirstApp, fileSettings } from '../apps/index.ts';
import { backendSending } from '../backend-sending.ts';
import { Blocking } from '../blocking/index.ts';
import { Devices } from '../devices/index.ts';
import { Directory } from '../directory/index.ts';
import { Erasures } from '../erasure/index.ts';
import { UserExport } from '../export/index.ts';
import { fileLimits, openFiles } from '../files/index.ts';
import { buildGroups } from '../group-wiring.ts';
import { Limits, TokenBuckets } from '../limits/index.ts';
import { Changes, Gone, History, Messages } from '../messages/index.ts';
import { createMetrics } from '../metrics/index.ts';
import { openStore } from '../open-store.ts';
import { Otps } from '../otp/index.ts';
import { buildProfiles } from '../profile-wiring.ts';
import { Recordings } from '../recordings/index.ts';
import { MediaTokens } from '../rooms/index.ts';
import { Schedule } from '../scheduled/index.ts';
import { loadSettings } from '../settings/index.ts';
import { type UserChange, Users } from '../users/index.ts';
import { Webhooks } from '../webhooks/index.ts';
import { buildHttp, type HttpOptions } from './index.ts';

export const appToken = 'app-token-of-the-test';
export const adminPassword = 'correct horse battery';

export interface HttpFixture {
  readonly http: FastifyInstance;
  readonly options: HttpOptions;
  readonly recordings: Recordings;
  readonly store: Store;
  readonly aid: number;
  /** What the rest of the server was told. */
  readonly changes: UserChange[];
  /** Everything that was logged, as one text. */
  log(): string;
  /** Calls an operation of the back-end API with the app token, in the JSON form. */
  backend(body: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Calls an operation in the old form, as a query. */
  query(parameters: Record<string, string>): Promise<Record<string, unknown>>;
  /** Calls the REST API with the app token. */
  v1(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<{
    status: number;
    headers: Record<string, unknown>;
    body: Record<string, unknown>;
  }>;
  /** Users, tokens and messages that the store holds: what bad input must not change. */
  snapshot(): Promise<string>;
  close(): Promise<void>;
}

/** Settings by environment name; `ready` stands for the store's answer. */
export async function openHttp(
  env: Record<string, string> = {},
  {
    ready = async () => [],
    built = true,
  }: { ready?: () => Promise<readonly string[]>; built?: boolean } = {},
): Promise<HttpFixture> {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
  const settings = loadSettings({
    cwd: folder.path,
    env: { STOA_APP_TOKEN: appToken, STOA_ADMIN_PASSWORD: adminPassword, ...env },
  });
  const store = await openStore(settings.database);
  const changes: UserChange[] = [];
  const lines: string[] = [];
  const now = Date.now;
  const publish = (change: UserChange) => changes.push(change);
  const apps = new Apps({ store, now, publish });
  const administrator = new Administrator(store.settings);
  const users = new Users({ store, now, publish, tokensPerUser: settings.tokensPerUser });
  const { app } = await ensureFirstApp({
    apps,
    administrator,
    settings: store.settings,
    presets: { appToken, adminPassword },
  });
  const aid = app?.aid ?? 0;
  const bus = createInProcessBus({ onError: (error) => lines.push(String(error)) });
  const clock = { now, every: () => () => {} };
  const gone = new Gone({ log: store.log, cursors: store.cursors, clock });
  const directory = new Directory(store.users);
  const messages = new Messages({ log: store.log, bus, clock, gone, directory });
  const blocking = new Blocking({ values: store.values, clock });
  const retractions = new Changes({
    log: store.log,
    cursors: store.cursors,
    groups: store.groups,
    clock,
    gone,
    rulesOf: async () => ({ editSeconds: 0, recallSeconds: 0, policy: 'own' }),
  });
  const files = await openFiles({
    store,
    clock,
    folder: settings.filesDir,
    s3: settings.files,
    linkHours: settings.fileLinkHours,
    onError: (error) => {
      throw error;
    },
    limitsOf: async (aid) => fileLimits(settings, fileSettings(await store.apps.find(aid))),
  });
  const claims = files.attachments;
  const groups = buildGroups({ store, bus, clock, directory, gone, files: claims });
  const metrics = createMetrics();
  const history = new History({ log: store.log, directory, groups: store.groups, gone, blocking });
  const schedule = new Schedule({
    store: store.schedule,
    users: store.users,
    messages,
    groups,
    changes: retractions,
    directory,
    blocking,
    clock,
    onError: (error) => lines.push(String(error)),
  });
  const sending = backendSending({
    store,
    messages,
    changes: retractions,
    schedule,
    groupSending: groups.sending,
    groupMessages: groups.groupMessages,
    history,
    directory,
    blocking,
    files: claims,
    metrics,
  });
  const recordings = new Recordings(settings.recordingsDir, clock);
  const options: HttpOptions = {
    settings,
    apps,
    administrator,
    users,
    devices: new Devices({
      store: store.devices,
      bus,
      clock,
      limitOf: async () => 0,
      onTokenRevoked: (uid, tokenId) => publish({ type: 'token-revoked', uid, tokenId }),
    }),
    otps: new Otps({ store, now }),
    ...sending,
    blocking,
    profiles: buildProfiles({ store, directory, blocking, files, bus, clock, publish }).profiles,
    groups,
    access: new Access({
      store: store.access,
      bus,
      clock,
      bucketsFor: ({ seconds, limit }) => new TokenBuckets({ capacity: limit, fillMs: seconds * 1_000, now }),
      onError: (error) => lines.push(String(error)),
    }),
    pushActions: { perform: async () => {} },
    media: {
      issue: (grant, seconds) => new MediaTokens({ secret: 'of the test', now }).issue(grant, seconds),
      whip: noRooms,
      whep: noRooms,
    },
    recordings,
    webhooks: new Webhooks({
      store: store.webhooks,
      bus,
      clock,
      privateAddresses: settings.webhookPrivateAddresses,
      onError: (error) => lines.push(String(error)),
    }),
    erasures: new Erasures({ store, publish, wake: () => {} }),
    files,
    userExport: new UserExport({ store, history, links: files.links }),
    limits: new Limits(settings, now),
    metrics,
    logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
    ready,
    paths: built ? webFiles(folder.path) : { mesiboScript: '/nowhere/mesibo.js', messengerApp: '/nowhere' },
  };
  const http = buildHttp(options);
  await http.ready();

  return {
    http,
    options,
    recordings,
    store,
    aid,
    changes,
    log: () => lines.join(''),
    backend: async (body) => {
      const response = await http.inject({
        method: 'POST',
        url: '/backend',
        payload: { token: appToken, ...body },
      });
      return response.json();
    },
    query: async (parameters) => {
      const response = await http.inject({ url: '/api.php', query: { token: appToken, ...parameters } });
      return response.json();
    },
    v1: async (method, path, body, headers = {}) => {
      const response = await http.inject({
        method,
        url: `/v1${path}`,
        headers: { authorization: `Bearer ${appToken}`, ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      const json = response.payload === '' ? {} : response.json();
      return { status: response.statusCode, headers: response.headers, body: json };
    },
    snapshot: async () => {
      const everybody = await store.users.list({ aid, limit: 1_000 });
      const tokens = await Promise.all(everybody.map(({ uid }) => store.tokens.list(uid)));
      const conversations = await Promise.all(
        everybody.map(({ uid }) => store.cursors.changed({ uid, dev: 0, position: 0, limit: 100 })),
      );
      return JSON.stringify([await store.apps.list(), everybody, tokens, conversations]);
    },
    close: async () => {
      await http.close();
      await bus.close();
      await store.close();
      folder.remove();
    },
  };
}

/** A script and a web application as small as can be. */
function refuse(): never {
  throw new StoaError('UNAVAILABLE', 'There is no media plane in this test.');
}

/** Media needs more than the doors. */
const noRooms = { open: async () => refuse(), find: async () => refuse(), end: async () => refuse() };

function webFiles(folder: string) {
  const messengerApp = join(folder, 'messenger');
  mkdirSync(join(messengerApp, 'assets'), { recursive: true });
  writeFileSync(join(messengerApp, 'index.html'), '<!doctype html><title>Messenger</title>');
  writeFileSync(join(messengerApp, 'assets', 'index-a1b2c3.js'), 'export {};');
  const mesiboScript = join(folder, 'mesibo.js');
  writeFileSync(mesiboScript, 'globalThis.loaded = globalThis.__stoaServer;\n');
  return { mesiboScript, messengerApp };
}
