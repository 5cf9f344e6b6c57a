import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';

it('keeps bytes in order when the delay ends while some are on their way', async () => {
  const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo;
  const proxy = await FaultProxy.start(port);
  const client = connect(proxy.port, '127.0.0.1').setNoDelay();
  let heard = '';
  client.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  await once(client, 'connect');
  client.write('a');
  await expect.poll(() => heard).toBe('a');
  proxy.delay(100);
  client.write('b');
  // Meanwhile the proxy has taken it.
  const direct = connect(port, '127.0.0.1');
  direct.write('d');
  await once(direct, 'data');
  direct.destroy();
  proxy.delay(0);
  client.write('c');
  await expect.poll(() => heard).toBe('abc');
  client.destroy();
  await proxy.close();
  echo.close();
});
