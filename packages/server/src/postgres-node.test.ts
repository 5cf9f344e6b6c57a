import { addUser, ServerProcess, SocketClient, type TestUser, tempFolder } from '@stoa/testkit';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('stoa serve with STOA_DATABASE_URL', { timeout: 120_000 }, () => {
  const folder = tempFolder();
  let postgres: TestPostgres;
  let url: string;
  let server: ServerProcess;
  let alice: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.createDatabase();
    server = await ServerProcess.start({ dataDir: folder.path, env: { STOA_DATABASE_URL: url } });
    alice = await addUser(server.url, 'alice');
    bob = await addUser(server.url, 'bob');
  }, 60_000);
  afterAll(async () => {
    await server.kill('SIGTERM');
    await postgres.close();
    folder.remove();
  });

  async function signIn(user: TestUser, device: string): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello(user.token, { device });
    await client.next('synced');
    return client;
  }

  const ready = async () => (await fetch(`${server.url}/readyz`)).status;
  const send = (client: SocketClient, id: number) =>
    client.send({ t: 'send', id, peer: 'bob', content: { text: `message ${id}` } });

  it('is not ready while the database is away, and goes on with what it has when it is back', async () => {
    const devices = ['a'.repeat(32), 'b'.repeat(32)] as const;
    const [sender, receiver] = [await signIn(alice, devices[0]), await signIn(bob, devices[1])];
    send(sender, 1);
    expect(await sender.next('sent')).toMatchObject({ id: 1, seq: 1 });
    expect(await receiver.next('message')).toMatchObject({ seq: 1 });
    expect(await ready()).toBe(200);

    await postgres.kill();
    expect(await ready()).toBe(503);
    send(sender, 2);
    expect(await sender.next('error')).toMatchObject({ code: 'UNAVAILABLE' });

    await postgres.start();
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    await Promise.all([sender, receiver].map((client) => client.close()));
    const again = await signIn(alice, devices[0]);
    // The connection that commits messages tries again by itself, and perhaps a moment later than that of readyz.
    const isAnswer = ({ t }: { readonly t: string }) => t === 'sent' || t === 'error';
    let answer: string | undefined = 'error';
    while (answer === 'error') {
      send(again, 2);
      await expect.poll(() => again.frames.some(isAnswer), { timeout: 30_000 }).toBe(true);
      answer = again.frames.find(isAnswer)?.t;
      if (answer === 'error') expect(await again.next('error')).toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(await again.next('sent')).toMatchObject({ id: 2, seq: 2 });
    await again.close();
  });

  it('tells in its last line why it cannot start, without the password', async () => {
    const wrong = new URL(url);
    wrong.username = 'somebody';
    const failure = ServerProcess.start({ dataDir: folder.path, env: { STOA_DATABASE_URL: wrong.href } });
    const message = await failure.then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(message.trim().split('\n').at(-1)).toMatch(
      /^stoa: The database server at .* does not let "somebody" in: /,
    );
    expect(message).not.toContain(wrong.password);
  });
});
