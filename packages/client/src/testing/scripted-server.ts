import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  type ClientFrame,
  type Codec,
  codecOf,
  type HelloFrame,
  jsonCodec,
  type ServerFrame,
  type WelcomeFrame,
} from '@stoa/protocol';
import { parseClientFrame } from '@stoa/protocol/validate';
import { within } from '@stoa/testkit';
import { type WebSocket, WebSocketServer } from 'ws';

type FrameOf<T extends ClientFrame['t']> = Extract<ClientFrame, { t: T }>;

/** Things that come one after the other, for who waits for them. */
class Queue<T> {
  readonly #items: T[] = [];
  readonly #waiting = new Set<() => void>();

  get items(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    this.#items.push(item);
    for (const look of [...this.#waiting]) look();
  }

  /** Takes the first one that fits. */
  async take(fits: (item: T) => boolean, what: () => string): Promise<T> {
    for (;;) {
      const index = this.#items.findIndex(fits);
      const [found] = index < 0 ? [] : this.#items.splice(index, 1);
      if (found !== undefined) return found;
      await within(this.#changed(), what());
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }
}

/** One connection of a client, whose other end the test plays. Every frame that comes is validated. */
export class ScriptedConnection {
  /** How many frames each WebSocket message held. */
  readonly batches: number[] = [];
  /** Settles with the close code when the client has closed, or was closed. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #codec: Codec;
  readonly #frames = new Queue<ClientFrame>();

  constructor(socket: WebSocket, onProblem: (error: unknown) => void) {
    this.#socket = socket;
    this.#codec = codecOf(socket.protocol) ?? jsonCodec;
    this.closed = once(socket, 'close').then(([code]) => Number(code));
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      try {
        const values = this.#codec.decode(isBinary ? data : data.toString());
        this.batches.push(values.length);
        for (const value of values) this.#frames.push(parseClientFrame(value));
      } catch (error) {
        onProblem(error);
      }
    });
  }

  /** Frames that came and were not taken. */
  get frames(): readonly ClientFrame[] {
    return this.#frames.items;
  }

  next<T extends ClientFrame['t']>(
    type: T,
    fits: (frame: FrameOf<T>) => boolean = () => true,
  ): Promise<FrameOf<T>> {
    const isIt = (frame: ClientFrame): boolean => frame.t === type && fits(frame as FrameOf<T>);
    const what = () => `a ${type} frame (got ${this.frames.map(({ t }) => t).join(', ') || 'nothing'})`;
    return this.#frames.take(isIt, what) as Promise<FrameOf<T>>;
  }

  /** Sends frames as one WebSocket message. */
  send(...frames: ServerFrame[]): void {
    this.#socket.send(this.#codec.join(frames.map((frame) => this.#codec.encode(frame))));
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  /** Takes hello and answers welcome. */
  async welcome(more: Partial<WelcomeFrame> = {}): Promise<HelloFrame> {
    const hello = await this.next('hello');
    this.send({
      t: 'welcome',
      v: 1,
      uid: 1,
      address: 'alice',
      name: 'Alice',
      dev: 7,
      time: startOfTime,
      silence: 9_000,
      ...more,
    });
    return hello;
  }

  /** Resolves when the client has taken everything that was sent before. */
  async settled(): Promise<void> {
    this.send({ t: 'ping' });
    await this.next('pong');
  }

  close(code: number, reason = ''): void {
    this.#socket.close(code, reason);
  }

  /** Vanishes without a word. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** A WebSocket server whose words the test says. */
export class ScriptedServer {
  readonly url: string;
  /** What clients sent that is no frame of the protocol. */
  readonly problems: unknown[] = [];
  readonly #server: WebSocketServer;
  readonly #connections = new Queue<ScriptedConnection>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => {
      this.#connections.push(new ScriptedConnection(socket, (error) => this.problems.push(error)));
    });
  }

  static async start(): Promise<ScriptedServer> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws' });
    await once(server, 'listening');
    return new ScriptedServer(server);
  }

  /** Connections that nobody took yet. */
  get waiting(): number {
    return this.#connections.items.length;
  }

  /** The next connection. */
  connection(): Promise<ScriptedConnection> {
    return this.#connections.take(
      () => true,
      () => 'a connection',
    );
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** The time of day in scripted tests, for both sides. */
export const startOfTime = Date.UTC(2026, 0, 1);
