import { Client, memoryStore } from '@stoa/client';
import { addUser, FaultProxy, ServerProcess, startTestNode, tempFolder, until, within } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The server is killed again and again while people write to each other. What was acknowledged must stand exactly
 * once, in the order in which it was sent, on the receiver's device.
 */
describe('a server that is killed under load', () => {
  const folder = tempFolder();
  let server: ServerProcess;
  let proxy: FaultProxy;

  beforeAll(async () => {
    server = await ServerProcess.start({ dataDir: folder.path, env: { STOA_LOG_LEVEL: 'error' } });
    proxy = await FaultProxy.start(server.port);
  }, 60_000);
  afterAll(async () => {
    await proxy?.close();
    await server?.kill();
    folder.remove();
  });

  const pairs = 5;
  const messagesPerSender = 300;
  const kills = 4;

  async function connect(address: string): Promise<Client> {
    const { token } = await addUser(server.url, address);
    const client = new Client({ url: proxy.url, token, store: memoryStore() });
    await client.start();
    return client;
  }

  it('loses no acknowledged message, repeats none, and keeps their order', { timeout: 120_000 }, async () => {
    const senders = await Promise.all(Array.from({ length: pairs }, (_, pair) => connect(`sender-${pair}`)));
    const receivers = await Promise.all(
      Array.from({ length: pairs }, (_, pair) => connect(`receiver-${pair}`)),
    );
    const received = receivers.map((client) => {
      const texts: string[] = [];
      client.on('message', ({ content }) => texts.push(content?.text ?? ''));
      return texts;
    });
    const acknowledged = senders.map(() => new Set<string>());
    const total = (): number => acknowledged.reduce((sum, texts) => sum + texts.size, 0);

    const sending = senders.map(async (client, pair) => {
      for (let start = 0; start < messagesPerSender; start += window) {
        const batch = Array.from({ length: Math.min(window, messagesPerSender - start) }, (_, index) => {
          const text = String(start + index);
          const { sent } = client.send({ peer: `receiver-${pair}` }, { content: { text } });
          return sent.then(() => acknowledged[pair]?.add(text));
        });
        await Promise.all(batch);
      }
    });
    const killing = (async () => {
      for (let kill = 1; kill <= kills; kill += 1) {
        const wanted = (kill * pairs * messagesPerSender) / (kills + 1);
        await until(() => total() >= wanted, soon, `${wanted} acknowledged messages`, 60_000);
        await server.restart('SIGKILL');
      }
    })();

    await within(Promise.all([...sending, killing]), 'every message to be acknowledged', 100_000);
    for (const [pair, texts] of received.entries()) {
      await until(() => texts.length >= messagesPerSender, soon, `the messages of pair ${pair}`, 30_000);
      expect(texts).toEqual(Array.from({ length: messagesPerSender }, (_, index) => String(index)));
    }
    await Promise.all([...senders, ...receivers].map((client) => client.stop()));
  });

  const window = 10;
});

it('keeps the order of messages that were refused for a moment', { timeout: 60_000 }, async () => {
  const env = { STOA_LIMIT_LOOPBACK: 'true', STOA_MESSAGES_PER_SECOND: '40' };
  const server = await startTestNode({ env });
  const proxy = await FaultProxy.start(server.port);
  // With the way there and back between a refusal and its repetition, much is on its way behind the refused message.
  proxy.delay(40);
  const [from, to] = [await server.addUser('eager'), await server.addUser('patient')];
  const sender = new Client({ url: proxy.url, token: from.token });
  const receiver = new Client({ url: server.url, token: to.token });
  const texts: string[] = [];
  receiver.on('message', ({ content }) => texts.push(content?.text ?? ''));
  await Promise.all([sender.start(), receiver.start()]);
  const sent = Array.from({ length: 100 }, (_, index) =>
    sender.send({ peer: 'patient' }, { content: { text: String(index) } }),
  );
  await within(Promise.all(sent.map((one) => one.sent)), 'every message to be acknowledged', 50_000);
  await until(() => texts.length >= 100, soon, 'every message to be received');
  expect(texts).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  await Promise.all([sender.stop(), receiver.stop()]);
  await proxy.close();
  await server.close();
});

/** Looks again in the next turns of the event loop. */
function soon(look: () => void): () => void {
  const timer = setInterval(look, 10);
  return () => clearInterval(timer);
}
