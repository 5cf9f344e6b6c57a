import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  type Codec,
  joinWithinLimits,
  jsonCodec,
  msgpackCodec,
  protocolVersion,
  type ServerFrame,
  type WelcomeFrame,
} from '@stoa/protocol';
import { WebSocket } from 'ws';
import { within } from './wait.ts';

type FrameOf<T extends ServerFrame['t']> = Extract<ServerFrame, { t: T }>;

/**
 * A bare protocol client: sends what it is told, right or wrong, and keeps what comes. For tests of the socket door;
 * tests of behaviour use the real client.
 */
export class SocketClient {
  readonly #socket: WebSocket;
  readonly #codec: Codec;
  readonly #frames: ServerFrame[] = [];
  readonly #waiting = new Set<() => void>();
  /** Settles when the connection has closed. */
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(socket: WebSocket, codec: Codec) {
    this.#socket = socket;
    this.#codec = codec;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      for (const frame of codec.decode(isBinary ? data : data.toString())) this.#take(frame as ServerFrame);
    });
    socket.on('error', () => {});
  }

  static async open(url: string, codec: Codec = msgpackCodec): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, [codec.subprotocol]);
    const client = new SocketClient(socket, codec);
    // A refusal before opening is an `error` event, which `once` turns into a rejection.
    await once(socket, 'open');
    return client;
  }

  static openJson(url: string): Promise<SocketClient> {
    return SocketClient.open(url, jsonCodec);
  }

  /** Frames that came and were not taken by `next`. */
  get frames(): readonly ServerFrame[] {
    return this.#frames;
  }

  send(...frames: unknown[]): void {
    const parts = frames.map((frame) => this.#codec.encode(frame));
    for (const message of joinWithinLimits(this.#codec, parts)) this.#socket.send(message);
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  async hello(
    token: string,
    more: {
      device?: string;
      position?: number;
      app?: string;
      run?: string;
      agent?: string;
      front?: boolean;
    } = {},
  ): Promise<WelcomeFrame> {
    this.send({ t: 'hello', v: protocolVersion, token, device: randomBytes(16).toString('hex'), ...more });
    return this.next('welcome');
  }

  /**
   * Takes the first frame of this type that fits, waiting for it, at most so many milliseconds, when it has not come yet.
   * Pings are answered.
   */
  async next<T extends ServerFrame['t']>(
    type: T,
    fits: (frame: FrameOf<T>) => boolean = () => true,
    ms?: number,
  ): Promise<FrameOf<T>> {
    const find = (): FrameOf<T> | undefined => {
      const index = this.#frames.findIndex((frame) => frame.t === type && fits(frame as FrameOf<T>));
      return index < 0 ? undefined : (this.#frames.splice(index, 1)[0] as FrameOf<T>);
    };
    const found = find();
    if (found !== undefined) return found;
    let look = (): void => {};
    const coming = new Promise<FrameOf<T>>((resolve) => {
      look = () => {
        const frame = find();
        if (frame === undefined) return;
        // At once: the next frame of the same socket message belongs to the next caller.
        this.#waiting.delete(look);
        resolve(frame);
      };
      this.#waiting.add(look);
    });
    try {
      return await within(
        coming,
        `a ${type} frame (got ${this.#frames.map(({ t }) => t).join(', ') || 'nothing'})`,
        ms,
      );
    } finally {
      this.#waiting.delete(look);
    }
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  /** Takes nothing from the network until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Vanishes without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  #take(frame: ServerFrame): void {
    if (frame.t === 'ping') {
      this.send({ t: 'pong' });
      return;
    }
    this.#frames.push(frame);
    for (const look of [...this.#waiting]) look();
  }
}
