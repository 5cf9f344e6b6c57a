import { Client } from '@stoa/client';
import { FaultProxy, startTestNode, until, within } from '@stoa/testkit';
import { expect, it } from 'vitest';

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
