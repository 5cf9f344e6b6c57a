import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startTestNode, type TestNode, within } from '@stoa/testkit';
import { afterEach, describe, expect, it } from 'vitest';

describe('a server that stops', () => {
  let server: TestNode;
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** A connection on which so much was said, and heard. */
  async function say(text: string, answered = false): Promise<Socket> {
    const socket = connect(server.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(text);
    if (answered) await once(socket, 'data');
    return socket;
  }

  it.each([
    ['on which nothing was said', '', false],
    ['with half a request', 'GET /healthz HTTP/1.1\r\nHost:', false],
    ['that is kept alive', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', true],
    [
      'on which an upgrade was refused',
      'GET /no HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      true,
    ],
  ])('does not wait for a connection %s', async (_what, text, answered) => {
    server = await startTestNode();
    const socket = await say(text, answered);
    const ended = once(socket, 'close');
    socket.on('error', () => {});
    socket.resume();
    await within(server.close(), 'the server to stop', 4_000);
    await within(ended, 'the connection to end');
  });

  it('answers a request that is under way', async () => {
    server = await startTestNode();
    const body = JSON.stringify({ op: 'useradd', token: 'wrong' });
    const head = `POST /backend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const socket = await say(`${head}${body.slice(0, 5)}`);
    // What was said is known to have arrived when what was said after it is answered.
    await (await fetch(`${server.url}/healthz`)).text();
    const closing = server.close();
    const answer = once(socket, 'data');
    socket.write(body.slice(5));
    expect(String((await within(answer, 'an answer'))[0])).toMatch(/^HTTP\/1.1 \d+/);
    await within(closing, 'the server to stop', 4_000);
  });
});
