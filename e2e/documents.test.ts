import { readFileSync } from 'node:fs';
import { Client } from '@stoa/client';
import type { Content, MessageFrame } from '@stoa/protocol';
import { FaultProxy, startTestNode, type TestNode, until } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Connect = (options: {
  url: string;
  token: string;
  state: object;
  save: () => void;
  show: (message: MessageFrame) => void;
}) => (peer: string, content: Content) => void;

/** The code block of a document that contains `mark`. */
function codeOf(document: string, mark: string): string {
  const text = readFileSync(new URL(`../${document}`, import.meta.url), 'utf8');
  const block = [...text.matchAll(/```js\n(.*?)```/gs)].find(([, code]) => code?.includes(mark));
  return block?.[1] ?? '';
}

describe('programs in the documents run against a real server', () => {
  let server: TestNode;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());

  it('README.md: the ten-line program', async () => {
    const [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
    const receiver = new Client({ url: server.url, token: bob.token });
    await receiver.start();
    const received = new Promise<string | undefined>((resolve) =>
      receiver.on('message', ({ content }) => resolve(content?.text)),
    );
    const code = codeOf('README.md', "'@stoa/client'")
      .replace(/^import .*$/m, '')
      .replace('http://localhost:8080', server.url);
    const lines: string[] = [];
    const program = new Function(
      'Client',
      'userToken',
      'console',
      `return (async () => {${code}; return client; })()`,
    );
    const client: Client = await program(Client, alice.token, { log: (line: string) => lines.push(line) });
    expect(await received).toBe('Hello, Bob');
    await until(
      () => lines.includes('Hello, Bob is delivered'),
      (look) => client.on('update', () => queueMicrotask(look)),
      'the line that says that it is delivered',
    );
    expect(lines).toContain('me: Hello, Bob');
    await Promise.all([client.stop(), receiver.stop()]);
  });

  it('docs/protocol.md: the minimal client, over a line that is cut', async () => {
    const [carol, dora] = [await server.addUser('carol'), await server.addUser('dora')];
    const proxy = await FaultProxy.start(server.port);
    const code = codeOf('docs/protocol.md', 'function connect(').replace(
      'export function',
      'return function',
    );
    const connect = new Function(code)() as Connect;
    const shown: (string | undefined)[] = [];
    const looks = new Set<() => void>();
    const start = (token: string, device: string) =>
      connect({
        url: `${proxy.url.replace('http', 'ws')}/ws`,
        token,
        state: { device, nextId: 1, outbox: [], heads: {} },
        save: () => {},
        show: ({ content }) => {
          shown.push(content?.text);
          for (const look of looks) look();
        },
      });
    const send = start(carol.token, 'minimal-client-0001');
    start(dora.token, 'minimal-client-0002');
    const have = (count: number): Promise<void> =>
      until(
        () => shown.length >= count,
        (look) => {
          looks.add(look);
          return () => looks.delete(look);
        },
        `${count} messages`,
      );
    for (let index = 0; index < 50; index += 1) send('dora', { text: String(index) });
    await have(50);
    proxy.cut();
    for (let index = 50; index < 100; index += 1) send('dora', { text: String(index) });
    await have(100);
    expect(shown).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
    // Its tokens end its connections for good.
    await server.backend('userdel', { user: { uid: carol.uid } });
    await server.backend('userdel', { user: { uid: dora.uid } });
    await server.sessionsOf(0);
    await proxy.close();
  });
});
