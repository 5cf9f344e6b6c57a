import type { Duplex } from 'node:stream';
import {
  type ClientFrame,
  type CloseName,
  type Codec,
  closeCodes,
  type RefusedFrame,
  type ServerFrame,
  StoaError,
  type WireData,
} from '@stoa/protocol';
import { parseClientFrame } from '@stoa/protocol/validate';
import { StoreUnavailableError } from '@stoa/storage';
import type { WebSocket } from 'ws';
import type { ClientAddress } from '../limits/index.ts';
import type { WriteTurn } from './write-turn.ts';

/** What a connection hands to the one who serves it. */
export interface ConnectionHandler {
  /** A valid frame. A StoaError that is thrown or rejected is answered with an `error` frame. */
  frame(frame: ClientFrame): void | Promise<void>;
  /** The network has taken what was written: a congested connection is congested no longer. */
  drained?(): void;
  /** A frame was answered with this error. */
  failed?(error: unknown): void;
  closed(): void;
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  /** The stream below it, which takes finished WebSocket messages: ws would add the header of each in a piece of its own. */
  readonly stream: Duplex;
  readonly codec: Codec;
  readonly turn: WriteTurn;
  /** Where it comes from. */
  readonly client: ClientAddress;
  readonly now: () => number;
  /** An error that is a fault of the server, not of the client. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Frames over one WebSocket: decoding and validation inward; outward, all frames that are due in one turn of the
 * event loop in one write.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #handler: ConnectionHandler | undefined;
  /** What is due in this turn: the first piece, and those behind it. A list for each single piece would be garbage. */
  #first: WireData | undefined;
  #more: WireData[] | undefined;
  #outgoingBytes = 0;
  #badFrames = 0;
  #closed = false;
  /** When it was opened, when the last data came and the last ping went out: for the heartbeat. */
  readonly openedAt: number;
  heardAt: number;
  pingedAt = 0;
  signedIn = false;
  /** When the token with which it signed in expires; null when never. */
  expiresAt: number | null = null;
  /** When it was closed from this side; the other side has a moment to answer. */
  closedAt = 0;
  /** Resolves when the socket is gone altogether. */
  readonly ended: Promise<void>;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.openedAt = options.now();
    this.heardAt = this.openedAt;
    const { socket } = options;
    socket.on('message', (data: Buffer, isBinary: boolean) =>
      this.#receive(isBinary ? data : data.toString()),
    );
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        this.#end();
        resolve();
      });
    });
    // Malformed WebSocket frames and resets; the socket closes by itself afterwards.
    socket.on('error', () => {});
  }

  /** Frames that come before this are not read. */
  serve(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  get client(): ClientAddress {
    return this.#options.client;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that the network has not taken yet. */
  get buffered(): number {
    return this.#options.socket.bufferedAmount;
  }

  get congested(): boolean {
    return this.#outgoingBytes + this.#options.socket.bufferedAmount > congestedBytes;
  }

  write(frame: ServerFrame): void {
    this.#queue(this.#options.codec.encode(frame));
  }

  /** Takes a frame encoded as msgpack; encodes it anew only for JSON connections. */
  writeEncoded(bytes: Uint8Array): void {
    const { codec, turn } = this.#options;
    this.#queue(turn.frames.recoded(codec, bytes));
  }

  /** Refuses a frame with a coded error. */
  refuse(error: unknown, of?: string, id?: number): void {
    if (this.#closed) return;
    const known = this.#codedError(error);
    const refused: RefusedFrame = {
      t: 'error',
      code: known.code,
      message: known.message,
      hint: known.hint,
      ...(of === undefined ? {} : { of }),
      ...(id === undefined ? {} : { id }),
      ...(known.retryAfterMs === undefined ? {} : { retryAfter: known.retryAfterMs }),
    };
    this.write(refused);
  }

  /** Sends what is queued, then closes with a code of the table. */
  close(name: CloseName): void {
    if (this.#closed) return;
    this.flush();
    const { code, reason } = closeCodes[name];
    this.closedAt = this.#options.now();
    this.#options.socket.close(code, reason);
    this.#end();
  }

  /** Cuts the line without a handshake, for a peer that does not answer. */
  terminate(): void {
    this.#options.socket.terminate();
    this.#end();
  }

  /** Writes everything queued, as one WebSocket message unless that would be too large. */
  flush(): void {
    const first = this.#first;
    const more = this.#more;
    if (first === undefined) return;
    const onTaken = this.congested ? this.#drained : undefined;
    this.#forget();
    const { socket, codec, turn } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    if (more === undefined) {
      this.#send(turn.frames.ofOne(first), onTaken);
      return;
    }
    const messages = turn.frames.of(codec, [first, ...more]);
    const last = messages.at(-1);
    for (const message of messages) this.#send(message, message === last ? onTaken : undefined);
  }

  /** Asking to be told when it is taken costs something for each write: only who waits for it does. */
  #send(message: Buffer, onTaken: (() => void) | undefined): void {
    const { stream } = this.#options;
    if (onTaken === undefined) stream.write(message);
    else stream.write(message, onTaken);
  }

  #forget(): void {
    this.#first = undefined;
    this.#more = undefined;
    this.#outgoingBytes = 0;
  }

  #queue(data: WireData): void {
    if (this.#closed) return;
    this.#outgoingBytes += data.length;
    if (this.#first === undefined) {
      this.#first = data;
      this.#options.turn.add(this);
    } else if (this.#more === undefined) this.#more = [data];
    else this.#more.push(data);
  }

  readonly #drained = (): void => {
    if (!this.#closed && !this.congested) this.#handler?.drained?.();
  };

  #receive(data: WireData): void {
    if (this.#closed || this.#handler === undefined) return;
    this.heardAt = this.#options.now();
    let values: unknown[];
    try {
      values = this.#options.codec.decode(data);
    } catch (error) {
      this.#bad(error);
      return;
    }
    for (const value of values) {
      if (this.#closed) return;
      this.#dispatch(value);
    }
  }

  #dispatch(value: unknown): void {
    let frame: ClientFrame;
    try {
      frame = parseClientFrame(value);
    } catch (error) {
      this.#bad(error, ...nameOf(value));
      return;
    }
    const { t: of } = frame;
    const id = frame.t === 'send' || frame.t === 'history' || frame.t === 'request' ? frame.id : undefined;
    try {
      const done = this.#handler?.frame(frame);
      if (done !== undefined) done.catch((error: unknown) => this.#failed(error, of, id));
    } catch (error) {
      this.#failed(error, of, id);
    }
  }

  #failed(error: unknown, of: string, id: number | undefined): void {
    this.refuse(error, of, id);
    this.#handler?.failed?.(error);
  }

  #bad(error: unknown, of?: string, id?: number): void {
    this.refuse(error, of, id);
    this.#badFrames += 1;
    if (this.#badFrames >= badFramesAllowed) this.close('tooManyBadFrames');
  }

  /** What a client may know of an error. What nobody foresaw is reported, and its cause not shown. */
  #codedError(error: unknown): StoaError {
    if (error instanceof StoaError) return error;
    if (error instanceof StoreUnavailableError)
      return new StoaError('UNAVAILABLE', undefined, { cause: error });
    this.#options.onFault(error);
    return new StoaError('INTERNAL', undefined, { cause: error });
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    this.#handler?.closed();
  }
}

/** Type and id of a malformed frame, so that its sender can tell which one it was. */
function nameOf(value: unknown): [of?: string, id?: number] {
  if (typeof value !== 'object' || value === null) return [];
  const of = 't' in value && typeof value.t === 'string' ? value.t.slice(0, 40) : undefined;
  const id = 'id' in value && Number.isSafeInteger(value.id) ? Math.max(0, Number(value.id)) : undefined;
  return of === undefined ? [] : id === undefined ? [of] : [of, id];
}

const congestedBytes = 1024 * 1024;
const badFramesAllowed = 20;
