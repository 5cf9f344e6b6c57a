import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SocketClient, startTestNode, type TestNode, tempFolder } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** In the words of mesibo's documentation: everything of the script API that is described there. */
const script = `
mesibo.globals.calls = 0;

mesibo.onmessage = function(m) {
  mesibo.globals.calls++;
  mesibo.session.calls = (mesibo.session.calls || 0) + 1;
  var words = String(m.message).split(' ');
  switch (words[0]) {
    case 'consume': return Message.CONSUMED;
    case 'fail': return Message.FAIL;
    case 'count': return 'you ' + mesibo.session.calls + ' of ' + (mesibo.globals.calls > mesibo.session.calls);
    case 'change': m.message = 'changed'; return Message.PASS;
    case 'forward':
      var f = new Message(m);
      f.to = 'carol'; f.message = 'from ' + m.from + ': ' + m.data;
      f.send();
      return Message.PASS;
    case 'http':
      var http = new Http();
      http.url = words[1]; http.post = 'question'; http.contentType = 'text/plain'; http.headers = 'x-key: 7';
      http.ondata = function(h) {
        var r = new Message({ aid: m.aid, from: m.to, to: m.from, message: h.respCode + ' ' + h.respType + ' ' + h.response });
        r.send();
      };
      return http.send() ? Message.CONSUMED : Message.FAIL;
    case 'socket':
      var socket = new Socket();
      socket.url = words[1];
      socket.onconnect = function() { socket.send('question'); };
      socket.ondata = function(data) {
        new Message({ aid: m.aid, from: m.to, to: m.from, message: 'socket ' + new TextDecoder().decode(data) }).send();
        socket.close();
      };
      socket.open();
      return Message.CONSUMED;
    case 'timer':
      mesibo.ontimeout = function() { new Message({ aid: m.aid, from: m.to, to: m.from, message: 'time is over' }).send(); };
      startTimer(10);
      return Message.CONSUMED;
    case 'helpers':
      return [typeof random32(), typeof random64(), hash64('a') === hash64('a'),
        Math.abs(timeInMicros() / 1e6 - timeInSeconds()) < 2, Math.abs(timeInMillis() - Date.now()) < 2000].join();
    case 'throw': throw new Error('as it was told');
  }
  return Message.PASS;
};
mesibo.onexception = function(e) { mesibo.globals.exception = e.message; };
mesibo.onlogin = function(u) {
  if (u.address === 'dave') new Message({ aid: 1, from: 'bob', to: 'carol', message: u.address + ' ' + u.online }).send();
};
mesibo.onmessagestatus = function(m) {
  if (m.from === 'dave') new Message({ aid: 1, from: 'bob', to: 'carol', message: 'status ' + m.status }).send();
};
`;

describe('a script made for mesibo', { timeout: 60_000 }, () => {
  const folder = tempFolder();
  const path = join(folder.path, 'script.js');
  let server: TestNode;
  let alice: SocketClient;
  let bob: SocketClient;
  let carol: SocketClient;
  let id = 0;

  beforeAll(async () => {
    writeFileSync(path, script);
    process.env.STOA_MODULE_SCRIPT = path;
    server = await startTestNode({
      env: { STOA_MODULES: fileURLToPath(new URL('./module.ts', import.meta.url)) },
    });
    [alice, bob, carol] = [await signIn('alice'), await signIn('bob'), await signIn('carol')];
  });
  afterAll(async () => {
    for (const client of [alice, bob, carol]) await client.close();
    await server.close();
    delete process.env.STOA_MODULE_SCRIPT;
    folder.remove();
  });

  async function signIn(address: string): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello((await server.addUser(address)).token);
    await client.next('synced');
    return client;
  }
  function say(text: string): number {
    id += 1;
    alice.send({ t: 'send', id, peer: 'bob', content: { text } });
    return id;
  }
  const sent = (wanted: number) => alice.next('sent', (frame) => frame.id === wanted);
  const text = async (client: SocketClient): Promise<unknown> =>
    (await client.next('message', ({ from }) => from !== 'alice' || client !== alice)).content?.text;

  it('lets messages pass, changes, consumes and refuses them', async () => {
    await sent(say('plain'));
    await sent(say('consume'));
    await sent(say('change'));
    const refused = say('fail');
    expect((await alice.next('error', (frame) => frame.id === refused)).code).toBe('PERMISSION_DENIED');
    await sent(say('throw'));
    expect([await text(bob), await text(bob), await text(bob)]).toEqual(['plain', 'changed', 'throw']);
  });

  it('replies, keeps what it knows, and has its helpers', async () => {
    say('count');
    expect(await text(alice)).toMatch(/^you \d+ of (true|false)$/);
    say('helpers');
    expect(await text(alice)).toBe('number,bigint,true,true,true');
  });

  it('sends messages, and hears of logins, of the state of messages, and of time', async () => {
    await sent(say('forward me'));
    expect(await text(carol)).toBe('from alice: forward me');
    say('timer');
    expect(await text(alice)).toBe('time is over');
    const dave = await signIn('dave');
    expect(await text(carol)).toBe('dave true');
    await server.backend('message', { message: { from: 'bob', to: 'dave', message: 'hello' } });
    const { conv } = await dave.next('message');
    dave.send({ t: 'read', conv, seq: 1 });
    expect([await text(carol), await text(carol)]).toEqual(['status 2', 'status 3']);
    await dave.close();
  });

  it('asks other servers, by HTTP and by sockets', async () => {
    const service = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.setHeader('content-type', 'text/plain');
      response.end(`${request.headers['x-key']} ${Buffer.concat(chunks)}`);
    });
    const echo = createTcpServer((socket) => socket.pipe(socket));
    const [port, echoPort] = [await listening(service), await listening(echo)];
    say(`http http://127.0.0.1:${port}/`);
    expect(await text(alice)).toBe('200 text/plain 7 question');
    say(`socket sock://127.0.0.1:${echoPort}`);
    expect(await text(alice)).toBe('socket question');
    service.closeAllConnections();
    service.close();
    echo.close();
  });
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
