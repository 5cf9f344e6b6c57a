/**
 * A process that plays many members of a group who are online, each with one device on a bare socket: no more than what the
 * protocol asks of a client, so that what is measured is the server. Gets a CrowdTask, says how many are signed in when all
 * are, and how often each place of the log came to each member whenever it is asked for one.
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { msgpackCodec, protocolVersion, type ServerFrame } from '@stoa/protocol';

export interface CrowdTask {
  readonly port: number;
  readonly tokens: readonly string[];
}

/** Asks for what became of a place of the log. */
export interface CrowdQuestion {
  readonly seq: number;
}

export interface CrowdReport {
  /** Members who have the message. */
  readonly members: number;
  /** How often it came to all of them together. */
  readonly copies: number;
  /** Why the crowd is not complete. */
  readonly failure: string | undefined;
}

const signInsAtOnce = 100;
const handshake = [
  'GET /ws HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Protocol: ${msgpackCodec.subprotocol}`,
  '\r\n',
].join('\r\n');

let failure: string | undefined;
const members = new Map<number, Set<number>>();
const copies = new Map<number, number>();

/** Resolves when the server has told everything that there was. */
function signIn(port: number, token: string, index: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let isOpen = false;
  let rest: Buffer = Buffer.alloc(0);
  const fail = (reason: string): void => {
    failure ??= reason;
    reject(new Error(reason));
  };
  socket.on('connect', () => socket.write(handshake));
  socket.on('error', ({ message }) => fail(message));
  socket.on('close', () => fail('The server has closed a connection.'));
  socket.on('data', (data: Buffer) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!rest.toString('latin1', 0, end).includes(' 101 ')) return fail(rest.toString('latin1', 0, end));
      isOpen = true;
      rest = rest.subarray(end + 4);
      const device = `crowd-device-${String(index).padStart(12, '0')}`;
      write(socket, { t: 'hello', v: protocolVersion, token, device });
    }
    for (let message = firstMessage(rest); message !== undefined; message = firstMessage(rest)) {
      rest = rest.subarray(message.end);
      for (const frame of msgpackCodec.decode(message.payload) as ServerFrame[]) {
        if (frame.t === 'synced') resolve();
        else if (frame.t === 'ping') write(socket, { t: 'pong' });
        else if (frame.t === 'error') fail(`${frame.code}: ${frame.message}`);
        else if (frame.t === 'message') {
          copies.set(frame.seq, (copies.get(frame.seq) ?? 0) + 1);
          members.set(frame.seq, (members.get(frame.seq) ?? new Set()).add(index));
          write(socket, { t: 'received', conv: frame.conv, seq: frame.seq });
        }
      }
    }
  });
  return promise;
}

/** As RFC 6455 has it of clients, masked with zeros. */
function write(socket: Socket, frame: object): void {
  const payload = msgpackCodec.encode(frame) as Uint8Array;
  const head = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
  const [size = 0, ...more] = head;
  socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | size, ...more, 0, 0, 0, 0]), payload]));
}

/** The servers' messages are neither masked nor fragmented, and here never long enough for the longest header. */
function firstMessage(data: Buffer): { payload: Buffer; end: number } | undefined {
  if (data.length < 4) return undefined;
  const short = data.readUInt8(1);
  const head = short < 126 ? 2 : 4;
  const end = head + (short < 126 ? short : data.readUInt16BE(2));
  return data.length < end ? undefined : { payload: data.subarray(head, end), end };
}

async function main(): Promise<void> {
  const [{ port, tokens }] = (await once(process, 'message')) as [CrowdTask];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tokens.length; index = next++)
      await signIn(port, tokens[index] ?? '', index);
  };
  await Promise.all(Array.from({ length: signInsAtOnce }, work)).catch(() => {});
  process.on('message', ({ seq }: CrowdQuestion) => report(seq));
  report(0);
}

function report(seq: number): void {
  const told: CrowdReport = { members: members.get(seq)?.size ?? 0, copies: copies.get(seq) ?? 0, failure };
  process.send?.(told);
}

process.on('disconnect', () => process.exit());
await main();
