import { createHash, randomBytes } from 'node:crypto';
import { Client } from '@stoa/client';
import { addUser, ServerProcess, tempFolder } from '@stoa/testkit';
import { expect, it, onTestFinished } from 'vitest';

it('a server that is killed in the middle of an upload of 50 MB has equal bytes in the end', {
  timeout: 240_000,
}, async () => {
  const folder = tempFolder();
  const server = await ServerProcess.start({ dataDir: folder.path });
  const [alice, bob] = [await addUser(server.url, 'alice'), await addUser(server.url, 'bob')];
  const [from, to] = [alice, bob].map(({ token }) => new Client({ url: server.url, token }));
  onTestFinished(async () => {
    await Promise.all([from?.stop(), to?.stop()]);
    await server.kill();
    folder.remove();
  });
  if (from === undefined || to === undefined) throw new Error('unreachable');
  await Promise.all([from.start(), to.start()]);

  const content = randomBytes(50_000_000);
  const arrived = new Promise<string>((resolve) => {
    to.on('message', async ({ content: said }) => {
      if (said?.file !== undefined) resolve((await to.files.link(said.file)) ?? '');
    });
  });
  let kills = 0;
  let killing = Promise.resolve();
  from.files.onChange(() => {
    const sent = from.files.transfers()[0]?.sent ?? 0;
    if (sent < (kills + 1) * 12_000_000 || kills >= 3) return;
    kills += 1;
    killing = killing.then(() => server.restart('SIGKILL'));
  });
  await from.files.send({ peer: 'bob' }, { file: new Blob([content]), name: 'large.bin' });
  const link = await arrived;
  await killing;
  expect(kills).toBe(3);
  const received = new Uint8Array(await (await fetch(link)).arrayBuffer());
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(hash(received)).toBe(hash(content));
});
