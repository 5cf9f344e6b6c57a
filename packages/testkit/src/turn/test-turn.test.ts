import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { within } from '../wait.ts';
import { startTurn, type TestTurn } from './index.ts';

let turn: TestTurn | undefined;

afterEach(async () => {
  await turn?.close();
});

/** The type of the answer to a STUN binding request (RFC 8489): 0x101 is success. */
async function bind(port: number): Promise<number> {
  const socket = createSocket('udp4');
  const request = Buffer.alloc(20);
  request.writeUInt16BE(0x0001);
  request.writeUInt32BE(0x2112a442, 4);
  socket.send(request, port, '127.0.0.1');
  try {
    const [answer] = (await within(once(socket, 'message'), 'an answer')) as [Buffer];
    return answer.readUInt16BE();
  } finally {
    socket.close();
  }
}

it('a coturn answers on its port, is silent while it is paused, and can be started again after a crash', {
  timeout: 90_000,
}, async () => {
  turn = await startTurn({ secret: 'shared secret' });
  expect(await bind(turn.port)).toBe(0x101);
  turn.pause();
  const late = bind(turn.port);
  turn.resume();
  expect(await late).toBe(0x101);
  await turn.kill();
  await turn.start();
  expect(await bind(turn.port)).toBe(0x101);
});
