import {
  type ClientFrame,
  type Codec,
  closeCodes,
  type HelloFrame,
  type ServerFrame,
  type StoaError,
  type WelcomeFrame,
} from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { Timer } from '../timer.ts';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  nextConnectionState,
} from './connection-state.ts';
import { FrameWriter } from './frame-writer.ts';
import { closingError, errorOf } from './refusal.ts';
import { isOpen, type OpenWebSocket, type WebSocketLike } from './web-socket.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly openWebSocket: OpenWebSocket;
  readonly random: () => number;
  readonly hello: () => HelloFrame;
  /** Comes before the state `online`. False: the session is not wanted, nothing more of it is heard. */
  readonly onWelcome: (welcome: WelcomeFrame) => boolean;
  /** The state has another name than before. */
  readonly onState: (state: ConnectionState) => void;
  /** Everything else that one WebSocket message held, in order. */
  readonly onFrames: (frames: ServerFrame[]) => void;
}

/**
 * Keeps a connection to the server as long as it is wanted: signs in, answers and watches the heartbeat, comes back
 * after failures. What happens when is decided in connection-state.ts; this carries it out.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = { name: 'stopped' };
  #socket: { readonly webSocket: WebSocketLike; readonly writer: FrameWriter } | undefined;
  readonly #timer: Timer;
  /** Undefined while nobody wants to be connected. */
  #leaveEnvironment: (() => void) | undefined;
  #heard = 0;
  #heardAt = 0;
  /** When a call or a room that the user is in last said something. */
  #mediaSaidAt = Number.NEGATIVE_INFINITY;
  /** The last error that belonged to no other frame: it tells why the connection is closed. */
  #said: StoaError | undefined;
  /** Called when the pongs come, in the order of the pings. */
  #pongs: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, () =>
      this.#handle({ type: 'deadline', heard: this.#heard, heardAt: this.#heardAt }),
    );
  }

  get online(): boolean {
    return this.#state.name === 'online';
  }

  start(): void {
    this.#handle({ type: 'start' });
  }

  /** What was sent in this turn still goes out. */
  stop(): void {
    this.#socket?.writer.flush();
    this.#handle({ type: 'stop' });
  }

  /** Connects anew after a while, because of something that went wrong on this side. */
  fail(reason: string): void {
    this.#handle({ type: 'failed', reason });
  }

  /** Ends the connection for good, as if the server had refused it. */
  refuse(error: StoaError): void {
    this.#handle({ type: 'refused', error, signedOut: true });
  }

  /** Sends with everything else of this turn. Without a connection it does nothing and returns false. */
  send(frame: ClientFrame): boolean {
    if (!this.online) return false;
    if (isOfMedia(frame)) this.#mediaSaidAt = this.#options.clock.now();
    this.#socket?.writer.add(frame);
    return true;
  }

  /** Calls back when the server has taken what was sent before; never, when the connection breaks first. */
  confirm(onTaken: () => void): void {
    if (this.send({ t: 'ping' })) this.#pongs.push(onTaken);
  }

  #handle(event: ConnectionEvent): void {
    const { clock, random, onState } = this.#options;
    const before = this.#state;
    const now = clock.now();
    const { state, effects } = nextConnectionState(before, event, {
      now,
      random: random(),
      inHaste: now < this.#mediaSaidAt + hasteMs,
    });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if ('deadline' in state) this.#timer.setTo(state.deadline);
    else this.#timer.clear();
    this.#followEnvironment();
    if (state.name !== before.name) onState(state);
  }

  #carryOut(effect: ConnectionEffect): void {
    switch (effect) {
      case 'drop':
        this.#drop();
        break;
      case 'open':
        this.#open();
        break;
      case 'hello':
        this.#socket?.writer.add(this.#options.hello());
        break;
      case 'ping':
        this.#pongs.push(() => {});
        this.#socket?.writer.add({ t: 'ping' });
        break;
    }
  }

  #open(): void {
    const { url, codec, openWebSocket } = this.#options;
    let webSocket: WebSocketLike;
    try {
      webSocket = openWebSocket(url, [codec.subprotocol]);
    } catch (error) {
      // Not now: the transition that asked for this is not complete.
      const reason = error instanceof Error ? error.message : String(error);
      queueMicrotask(() => this.#handle({ type: 'failed', reason }));
      return;
    }
    webSocket.binaryType = 'arraybuffer';
    const writer = new FrameWriter(codec, (data) => {
      // Bytes of the codec never share their memory with other agents, which the type cannot say.
      if (this.#socket?.webSocket === webSocket && isOpen(webSocket))
        webSocket.send(data as string | Uint8Array<ArrayBuffer>);
    });
    this.#socket = { webSocket, writer };
    const ifCurrent = (act: () => void): void => {
      if (this.#socket?.webSocket === webSocket) act();
    };
    webSocket.addEventListener('open', () => ifCurrent(() => this.#handle({ type: 'opened' })));
    webSocket.addEventListener('message', ({ data }) => ifCurrent(() => this.#receive(data)));
    webSocket.addEventListener('close', ({ code, reason }) => ifCurrent(() => this.#closed(code, reason)));
    // A close event always follows.
    webSocket.addEventListener('error', () => {});
  }

  #drop(): void {
    const webSocket = this.#socket?.webSocket;
    this.#socket = undefined;
    this.#said = undefined;
    this.#pongs = [];
    webSocket?.close();
  }

  #closed(code: number, reason: string): void {
    const error = closingError(code, reason, this.#said);
    const signedOut = code === closeCodes.signedOut.code;
    this.#handle({ type: 'closed', code, reason: error.message, error, signedOut });
  }

  #receive(data: unknown): void {
    const { codec, clock, onFrames } = this.#options;
    this.#heard += 1;
    this.#heardAt = clock.now();
    const socket = this.#socket;
    let frames: ServerFrame[];
    try {
      frames = codec.decode(
        typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer),
      ) as ServerFrame[];
    } catch {
      this.#handle({ type: 'failed', reason: 'The server sent something that is not well-formed.' });
      return;
    }
    const others: ServerFrame[] = [];
    for (const frame of frames) {
      if (!this.#isOwn(frame)) others.push(frame);
      // A welcome or an error may have ended it.
      if (this.#socket !== socket) return;
    }
    if (others.length > 0) onFrames(others);
  }

  /** Whether the frame is about the connection itself; then it is dealt with. */
  #isOwn(frame: ServerFrame): boolean {
    switch (frame.t) {
      case 'ping':
        this.#socket?.writer.add({ t: 'pong' });
        return true;
      case 'pong':
        this.#pongs.shift()?.();
        return true;
      case 'welcome':
        if (this.#options.onWelcome(frame)) this.#handle({ type: 'welcomed', silence: frame.silence });
        return true;
      case 'error':
        return frame.id === undefined && this.#isClosing(errorOf(frame));
      default:
        return false;
    }
  }

  /** Errors before welcome, and those about the credentials, announce that the connection is closed. */
  #isClosing(error: StoaError): boolean {
    if (this.online && !credentialCodes.has(error.code)) return false;
    this.#said = error;
    if (!this.online && error.retryable) {
      const { message: reason, retryAfterMs } = error;
      this.#handle({ type: 'failed', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    }
    return true;
  }

  #followEnvironment(): void {
    const wanted = this.#state.name !== 'stopped' && this.#state.name !== 'refused';
    if (!wanted) {
      this.#leaveEnvironment?.();
      this.#leaveEnvironment = undefined;
      return;
    }
    this.#leaveEnvironment ??= this.#options.environment.subscribe((change) =>
      this.#handle({ type: 'environment', change, heard: this.#heard }),
    );
  }
}

/** Whoever is in a call or room says so every few seconds; pages that share the connection say it here, too. */
function isOfMedia(frame: ClientFrame): boolean {
  return frame.t === 'call' || (frame.t === 'request' && frame.op.startsWith('rooms.'));
}

/** As long as a room waits for a device that was lost. */
const hasteMs = 30_000;

const credentialCodes: ReadonlySet<string> = new Set([
  'BAD_TOKEN',
  'TOKEN_EXPIRED',
  'WRONG_APP',
  'SUSPENDED',
  'SIGNED_OUT',
  'DISPLACED',
  'UNSUPPORTED_VERSION',
]);
