/** A stranger who sends garbage to the ports of a forwarder, in a process of his own. */
import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { serve } from '../peer-process.ts';

const stepMs = 5;
/** Strangers have many addresses. */
const sockets = Array.from({ length: 4 }, () => createSocket('udp4').on('error', () => {}));
let clock: NodeJS.Timeout | undefined;
let sent = 0;

const kinds: readonly (() => Buffer)[] = [
  /** Nothing known. */
  () => randomBytes(1 + randomInt(1200)),
  /** STUN that ends too early. */
  () => binding('abcd:efgh').subarray(0, 4 + randomInt(40)),
  /** STUN of somebody who knows the name, perhaps, and not the password. */
  () => binding('abcd:efgh'),
  () => binding(randomBytes(randomInt(200)).toString('hex')),
  /** DTLS: a handshake that is begun and left. */
  clientHello,
  /** RTP and RTCP, as if they belonged there. */
  () => Buffer.concat([Buffer.of(0x90, 96), randomBytes(randomInt(1200))]),
  () => Buffer.concat([Buffer.of(0x81, 200 + randomInt(8)), randomBytes(randomInt(300))]),
];

/** A binding request (RFC 8489) with a name, and an integrity that is wrong. */
function binding(username: string): Buffer {
  const name = Buffer.from(username);
  const padded = Buffer.concat([name, Buffer.alloc((4 - (name.length % 4)) % 4)]);
  const attributes = Buffer.concat([head(0x0006, name.length), padded, head(0x0008, 20), randomBytes(20)]);
  const header = Buffer.concat([
    head(0x0001, attributes.length),
    Buffer.of(0x21, 0x12, 0xa4, 0x42),
    randomBytes(12),
  ]);
  return Buffer.concat([header, attributes]);
}

function head(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  return bytes;
}

function clientHello(): Buffer {
  const body = Buffer.concat([
    Buffer.of(0xfe, 0xfd),
    randomBytes(32),
    Buffer.of(0, 0, 0, 2, 0xc0, 0x2b, 1, 0),
  ]);
  const fragment = Buffer.concat([Buffer.of(1, 0, 0, body.length, 0, 0, 0, 0, 0, 0, 0, body.length), body]);
  const record = Buffer.concat([
    Buffer.of(22, 0xfe, 0xff, 0, 0),
    randomBytes(6),
    head(0, fragment.length).subarray(2),
  ]);
  return Buffer.concat([record, fragment]);
}

export const commands = {
  /** Sends so many packets a second to these ports of this machine, from now on. */
  start(ports: readonly number[], packetsPerSecond: number): void {
    let owed = 0;
    let before = performance.now();
    clock = setInterval(() => {
      const now = performance.now();
      owed += ((now - before) * packetsPerSecond) / 1000;
      before = now;
      for (; owed >= 1; owed -= 1) {
        const packet = kinds[randomInt(kinds.length)]?.() ?? Buffer.alloc(1);
        const port = ports[randomInt(ports.length)] ?? 0;
        sockets[randomInt(sockets.length)]?.send(packet, port, '127.0.0.1');
        sent += 1;
      }
    }, stepMs);
  },

  /** How many were sent. */
  stop(): number {
    clearInterval(clock);
    return sent;
  },
};

serve(commands);
