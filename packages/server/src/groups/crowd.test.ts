import { type ChildProcess, fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { allAdminRights, allPermissions, limits } from '@stoa/protocol';
import { openSqliteStore } from '@stoa/storage';
import { ServerProcess, SocketClient, tempFolder, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrowdQuestion, CrowdReport, CrowdTask } from './testing/crowd-process.ts';

/** As many as a group can have. */
const online = limits.groupMembers;
/** Of a machine that is busy with other tests. */
const patienceMs = 60_000;
const tokenOf = (index: number): string => `token-of-member-${index}`;
const addressOf = (index: number): string => `member-${index}`;

describe('a group of which everybody is online', { timeout: 300_000 }, () => {
  const folder = tempFolder();
  let server: ServerProcess;
  let crowd: ChildProcess;
  let sender: SocketClient;
  let gid = 0;
  let conv = 0;
  let memoryBefore = 0;
  let memoryAfter = 0;

  beforeAll(async () => {
    ({ gid, conv } = await prepare(`${folder.path}/stoa.db`));
    server = await ServerProcess.start({ dataDir: folder.path, env: { STOA_LOG_LEVEL: 'error' } });
    sender = await SocketClient.open(server.url);
    await sender.hello(tokenOf(0));
    await sender.next('synced');
    memoryBefore = await memoryOf(server);
    crowd = fork(fileURLToPath(new URL('./testing/crowd-process.ts', import.meta.url)));
    const tokens = Array.from({ length: online - 1 }, (_, index) => tokenOf(index + 1));
    expect((await ask({ port: server.port, tokens })).failure).toBeUndefined();
    memoryAfter = await memoryOf(server);
  }, 300_000);
  afterAll(async () => {
    crowd.kill('SIGKILL');
    await server.kill();
    folder.remove();
  });

  async function ask(question: CrowdTask | CrowdQuestion): Promise<CrowdReport> {
    const answer = once(crowd, 'message');
    crowd.send(question);
    return (await answer)[0] as CrowdReport;
  }

  it('takes a bounded piece of memory for each of them', () => {
    // With the garbage of signing in: what stays is a third of it.
    expect((memoryAfter - memoryBefore) / online).toBeLessThan(100_000);
  });

  it('gets a message to each exactly once, and the receipts of all to its sender in few frames', async () => {
    const told = new Map<string, number>();
    let frames = 0;
    sender.send({ t: 'send', id: 1, gid, content: { text: 'to all' } });
    expect(await sender.next('sent', () => true, patienceMs)).toMatchObject({ conv, seq: 1 });
    while (told.size < online - 1) {
      const { members } = await sender.next('receipts', () => true, patienceMs);
      frames += 1;
      for (const { user, delivered } of members) {
        expect([told.has(user), delivered]).toEqual([false, 1]);
        told.set(user, delivered ?? 0);
      }
    }
    expect(told.has(addressOf(0))).toBe(false);
    // Each of them has said that it has the message: nothing of it is on its way any more.
    expect(await ask({ seq: 1 })).toEqual({ members: online - 1, copies: online - 1, failure: undefined });
    // A frame for each would be ten thousand.
    expect(frames).toBeLessThan(online / 20);
  });
});

/** Users, their tokens and the group, as the server would have written them one by one. */
async function prepare(path: string): Promise<{ gid: number; conv: number }> {
  const store = await openSqliteStore({ path });
  const now = Date.now();
  const hashOf = (token: string): Uint8Array => hash('sha256', token, 'buffer');
  const { aid } = await store.apps.create({ name: 'demo', tokenHash: hashOf(testAppToken), now });
  const uids = await Promise.all(
    Array.from({ length: online }, async (_, index) => {
      const { user } = await store.users.upsert({ aid, address: addressOf(index), now });
      await store.tokens.add({
        uid: user.uid,
        aid,
        hash: hashOf(tokenOf(index)),
        appName: null,
        expiresAt: null,
        now,
      });
      return user.uid;
    }),
  );
  const member = { role: 'member', flags: allPermissions, admin: 0, receives: true } as const;
  const group = await store.groups.create({
    aid,
    name: 'Everybody',
    flags: 0,
    settings: {},
    expiresAt: null,
    extendSeconds: 0,
    members: uids.map((uid, index) => ({
      uid,
      ...member,
      ...(index === 0 && ({ role: 'owner', admin: allAdminRights } as const)),
    })),
    now,
  });
  await store.close();
  return group;
}

/** Resident bytes of the server's process. */
async function memoryOf({ url }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}
