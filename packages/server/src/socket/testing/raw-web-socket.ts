/** A WebSocket client without a library: says exactly the bytes it is told, right or wrong. For tests of RFC 6455. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from '@stoa/testkit';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a server should send it. */
export interface RawFrame {
  readonly fin: boolean;
  /** The three reserved bits, as a number. */
  readonly reserved: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

export interface FrameToSend {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  readonly fin?: boolean;
  readonly reserved?: number;
  readonly masked?: boolean;
  /** Bytes that the length is written in: 1, 3 or 9; default: as few as possible. */
  readonly lengthBytes?: 1 | 3 | 9;
  /** The length that is claimed; default: that of the payload. */
  readonly claimed?: bigint;
}

/** The bytes of a frame, masked as clients do. */
export function encodeFrame(frame: FrameToSend): Buffer {
  const { opcode, payload = '', fin = true, reserved = 0, masked = true } = frame;
  const body = Buffer.from(payload);
  const length = frame.claimed ?? BigInt(body.length);
  const lengthBytes = frame.lengthBytes ?? (length < 126n ? 1 : length < 65_536n ? 3 : 9);
  const head = Buffer.alloc(1 + lengthBytes);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 1 ? Number(length) : lengthBytes === 3 ? 126 : 127);
  if (lengthBytes === 3) head.writeUInt16BE(Number(length), 2);
  else if (lengthBytes === 9) head.writeBigUInt64BE(length, 2);
  if (!masked) return Buffer.concat([head, body]);
  const mask = Buffer.of(0x37, 0xfa, 0x21, 0x3d);
  return Buffer.concat([head, mask, body.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

/** The lines of a handshake that is right; a value of undefined leaves the line out. */
export function handshake(
  change: Readonly<Record<string, string | undefined>> = {},
  line = 'GET /ws HTTP/1.1',
): string {
  const headers: Record<string, string | undefined> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...change,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[line, ...lines].join('\r\n')}\r\n\r\n`;
}

/** A TCP connection on which a handshake and frames are spoken. */
export class RawWebSocket {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  static async connect(port: number): Promise<RawWebSocket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawWebSocket(socket);
  }

  /** Connects and shakes hands. */
  static async open(port: number): Promise<RawWebSocket> {
    const client = await RawWebSocket.connect(port);
    client.write(handshake({ 'Sec-WebSocket-Protocol': 'stoa.v1.json' }));
    const head = await client.head();
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(head);
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#end());
    socket.on('end', () => this.#end());
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** Writes each part when the one before has left, so that they arrive apart. */
  async writeApart(parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      await new Promise((resolve) => this.#socket.write(part, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  send(...frames: readonly FrameToSend[]): void {
    this.write(Buffer.concat(frames.map(encodeFrame)));
  }

  /** Status line and headers of the answer. */
  head(): Promise<string> {
    return this.#take('the answer to the handshake', () => {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const head = this.#received.toString('latin1', 0, end);
      this.#received = this.#received.subarray(end + 4);
      return head;
    });
  }

  /** The next frame; undefined when the server ended the connection instead. */
  async next(): Promise<RawFrame | undefined> {
    return (await this.#take('a frame or the end', () => this.#takeFrame() ?? this.#nothing())) ?? undefined;
  }

  /** Everything until the server ends the connection. */
  async rest(): Promise<RawFrame[]> {
    const frames: RawFrame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #nothing(): null | undefined {
    return this.#ended ? null : undefined;
  }

  /** Waits until `look` finds something. */
  #take<T>(what: string, look: () => T | undefined): Promise<T> {
    const found = new Promise<T>((resolve) => {
      this.#wake = () => {
        const taken = look();
        if (taken === undefined) return;
        this.#wake = undefined;
        resolve(taken);
      };
      this.#wake();
    });
    return within(found, what);
  }

  #takeFrame(): RawFrame | undefined {
    const bytes = this.#received;
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return undefined;
    const short = second & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < head) return undefined;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < head + length) return undefined;
    this.#received = bytes.subarray(head + length);
    return {
      fin: (first & 0x80) !== 0,
      reserved: (first >> 4) & 7,
      opcode: first & 0x0f,
      masked: (second & 0x80) !== 0,
      payload: bytes.subarray(head, head + length),
    };
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}
