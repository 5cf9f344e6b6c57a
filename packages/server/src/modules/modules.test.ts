import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const obedient = file('./testing/obedient-module.ts');

describe('modules', { timeout: 120_000 }, () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function start(modules: readonly string[], variables: Record<string, string> = {}) {
    const before = { ...process.env };
    // What a module sees of the environment is taken when the node starts.
    Object.assign(process.env, variables);
    const clock = new ManualClock();
    const server = await startTestNode({ clock, env: { STOA_MODULES: modules.join(',') } }).finally(() => {
      for (const name of Object.keys(variables)) {
        if (before[name] === undefined) delete process.env[name];
      }
    });
    open.push(server);
    const [alice, bob] = [await signIn(server, 'alice'), await signIn(server, 'bob')];
    let id = 0;
    const say = async (text: string, more: object = {}) => {
      id += 1;
      const sent = id;
      alice.send({ t: 'send', id: sent, peer: 'bob', content: { text }, ...more });
      return answered(alice, sent);
    };
    /** Lets time pass while everybody answers the heartbeat. */
    const pass = async (seconds: number): Promise<void> => {
      for (let passed = 0; passed < seconds; passed += 1) {
        clock.advance(1_000);
        for (const client of [alice, bob]) {
          client.send({ t: 'ping' });
          await client.next('pong');
        }
      }
    };
    /** Lets time pass until it is settled. */
    const passing = async <T>(coming: Promise<T>): Promise<T> => {
      let isSettled = false;
      const settled = coming.finally(() => {
        isSettled = true;
      });
      while (!isSettled) await pass(1);
      return settled;
    };
    return { server, alice, bob, say, pass, passing };
  }

  async function signIn(server: TestNode, address: string): Promise<SocketClient> {
    const user: TestUser = await server.addUser(address);
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token);
    await client.next('synced');
    return client;
  }

  /** `sent`, or the code of the error. */
  async function answered(client: SocketClient, id: number): Promise<string> {
    const sent = client.next('sent', (frame) => frame.id === id).then(() => 'sent');
    const refused = client.next('error', (frame) => frame.id === id).then(({ code }) => code);
    return Promise.any([sent, refused]);
  }

  const text = async (client: SocketClient): Promise<unknown> => (await client.next('message')).content?.text;

  it('change messages and edits, between two and in groups, whoever sends them', async () => {
    const { server, alice, bob, say } = await start([file('./examples/word-filter.ts')]);
    await say('damn, Damnation and DAMN');
    expect(await text(bob)).toBe('****, Damnation and ****');
    await say('oh damn', { event: 'edit', target: 1 });
    expect(await text(bob)).toBe('oh ****');
    await server.backend('message', { message: { from: 'alice', to: 'bob', message: 'damn' } });
    expect(await text(bob)).toBe('****');
    const { group } = await server.backend('groupadd', { group: { name: 'g', members: { m: 'alice,bob' } } });
    const { gid } = group as { gid: number };
    alice.send({ t: 'send', id: 99, gid, content: { text: 'damn group' } });
    expect(await answered(alice, 99)).toBe('sent');
    expect(await text(bob)).toBe('**** group');
  });

  it('answer for a user', async () => {
    const { server, alice } = await start([file('./examples/echo-bot.ts')]);
    await server.addUser('echo');
    alice.send({ t: 'send', id: 50, peer: 'echo', content: { text: 'hello' } });
    expect(await answered(alice, 50)).toBe('sent');
    const reply = await alice.next('message');
    expect(reply).toMatchObject({ from: 'echo', seq: 2, content: { text: 'You said: hello' } });
    // Sent again, because the answer was lost: the bot has answered once.
    alice.send({ t: 'send', id: 50, peer: 'echo', content: { text: 'hello' } });
    expect(await answered(alice, 50)).toBe('sent');
    alice.send({ t: 'send', id: 51, peer: 'echo', content: { text: 'again' } });
    expect(await alice.next('message', ({ content }) => content?.text !== 'You said: hello')).toMatchObject({
      seq: 4,
    });
  });

  it('ask an HTTP service', async () => {
    const service = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const asked = JSON.parse(Buffer.concat(chunks).toString());
      if (asked.text === 'fail') response.writeHead(500).end();
      else
        response.end(
          JSON.stringify({ refuse: { refuse: 'no' }, better: { text: 'best' } }[String(asked.text)] ?? {}),
        );
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        service.closeAllConnections();
        service.close();
      },
    });
    const address = service.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const { bob, say } = await start([file('./examples/webhook-bridge.ts')], { STOA_MODULE_BRIDGE_URL: url });
    expect(await say('refuse')).toBe('PERMISSION_DENIED');
    for (const said of ['better', 'fail', 'good']) expect(await say(said)).toBe('sent');
    expect([await text(bob), await text(bob), await text(bob)]).toEqual(['best', 'fail', 'good']);
  });

  it('see a message one after the other, consume it, and answer it', async () => {
    const { server, alice, bob, say } = await start([obedient, file('./examples/word-filter.ts')]);
    await server.addUser('reporter');
    expect(await say('consume')).toBe('sent');
    expect(await say('refuse')).toBe('PERMISSION_DENIED');
    expect(await say('reply')).toBe('sent');
    expect(await alice.next('message')).toMatchObject({
      from: 'bob',
      to: 'alice',
      content: { text: 'a reply' },
    });
    expect(await say('damn')).toBe('sent');
    // Only what the second module let through, and before it the reply, which is a message of his own.
    expect([await text(bob), await text(bob)]).toEqual(['a reply', 'seen: ****']);
    expect(await say('consume', { event: 'edit', target: 2 })).toBe('PERMISSION_DENIED');
  });

  it('keep the order of messages, whatever order they answer in', async () => {
    const { alice, bob } = await start([obedient]);
    const texts = ['wait 60', 'wait 30', 'wait 1', 'last'];
    texts.forEach((said, place) => {
      alice.send({ t: 'send', id: place + 1, peer: 'bob', content: { text: said } });
    });
    const got: unknown[] = [];
    for (const _ of texts) got.push(await text(bob));
    expect(got).toEqual(['wait 60', 'wait 30', 'wait 1', 'seen: last']);
  });

  it('cost nothing but themselves when they fail, and come back', async () => {
    const { bob, say, pass, passing } = await start([obedient]);
    for (const said of ['throw', 'nonsense']) {
      expect(await say(said)).toBe('sent');
      expect(await text(bob)).toBe(said);
    }
    for (const said of ['exit', 'fill', 'hang', 'block']) {
      const answer = say(said);
      // Two of them end by themselves, the others when their time is over.
      const takesTime = said === 'hang' || said === 'block';
      expect(await (takesTime ? passing(answer) : answer)).toBe('sent');
      expect(await text(bob)).toBe(said);
      await expect
        .poll(
          async () => {
            await pass(1);
            await say('back?');
            return text(bob);
          },
          { timeout: 40_000 },
        )
        .toBe('seen: back?');
    }
  });

  it('refuse what they could not look at, if they want to', async () => {
    const { alice, bob } = await start([obedient], { STOA_MODULE_ON_FAILURE: 'refuse' });
    const message = (id: number, said: string) => ({ t: 'send', id, peer: 'bob', content: { text: said } });
    // What comes behind must not overtake it, although it is looked at together with it.
    alice.send(message(50, 'throw'), message(51, 'later'));
    expect(await answered(alice, 50)).toBe('INTERNAL');
    expect(await answered(alice, 51)).toBe('RATE_LIMITED');
    alice.send(message(50, 'repeated'), message(51, 'later'));
    expect([await text(bob), await text(bob)]).toEqual(['seen: repeated', 'seen: later']);
    alice.send(message(60, 'throw'));
    expect(await answered(alice, 60)).toBe('INTERNAL');
    alice.send(message(61, 'later'));
    expect(await answered(alice, 61)).toBe('RATE_LIMITED');
  });

  it('let nothing pass of who has lost the right to send while they looked at it', async () => {
    const { server, alice, bob, passing } = await start([obedient]);
    const { group } = await server.backend('groupadd', { group: { name: 'g', members: { m: 'alice,bob' } } });
    const { gid } = group as { gid: number };
    const frame = { t: 'send', content: { text: 'hang' } };
    alice.send({ ...frame, id: 1, gid }, { ...frame, id: 2, peer: 'bob' }, { t: 'ping' });
    await alice.next('pong');
    await server.backend('groupeditmembers', { group: { gid, members: { m: 'alice' }, delete: true } });
    const values = [{ key: 'blocked:alice', value: { messages: true } }];
    bob.send({ t: 'request', id: 1, op: 'state.set', body: { values } });
    await bob.next('response');
    const answers = Promise.all([answered(alice, 1), answered(alice, 2)]);
    expect(await passing(answers)).toEqual(['NOT_A_MEMBER', 'BLOCKED']);
  });

  it('hear who comes and goes and what becomes of messages, and decide about calls', async () => {
    const server = await startTestNode({ env: { STOA_MODULES: obedient } });
    open.push(server);
    await server.addUser('reporter');
    const reader = await signIn(server, 'reader');
    const alice = await signIn(server, 'alice');
    expect(JSON.parse(String(await text(reader)))).toEqual({ address: 'alice', online: true });
    await server.backend('message', { message: { from: 'reporter', to: 'alice', message: 'hello' } });
    const { conv } = await alice.next('message');
    alice.send({ t: 'read', conv, seq: 1 });
    expect(JSON.parse(String(await text(reader)))).toEqual({ user: 'alice', seq: 1, status: 'delivered' });
    expect(JSON.parse(String(await text(reader)))).toEqual({ user: 'alice', seq: 1, status: 'read' });
    const call = 'c'.repeat(32);
    alice.send({ t: 'call', call, event: { type: 'invite', peer: 'reader', video: false, sdp: 'v=0\r\n' } });
    expect((await alice.next('call')).event).toMatchObject({ type: 'ended', reason: 'notAllowed' });
  });

  it('keep the server from starting when they cannot be loaded', async () => {
    await expect(startTestNode({ env: { STOA_MODULES: file('./no-such-module.ts') } })).rejects.toThrow(
      /no-such-module\.ts cannot be loaded/,
    );
    await expect(startTestNode({ env: { STOA_MODULES: file('./results.ts') } })).rejects.toThrow(
      /must export an object "module"/,
    );
  });
});
