import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientFrame, codecOf, codecs, jsonCodec, limits, StoaError } from '@stoa/protocol';
import { WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits/index.ts';
import { Connection, type ConnectionHandler } from './connection.ts';
import { checkConnection } from './heartbeat.ts';
import { refuseOpening } from './opening.ts';
import { type SignInOptions, signIn } from './sign-in.ts';
import { WriteTurn } from './write-turn.ts';

export interface SocketDoorOptions {
  readonly server: Server;
  readonly signIn: SignInOptions;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly onFault: (error: unknown) => void;
}

/** The WebSocket door at /ws. */
export class SocketDoor {
  readonly #options: SocketDoorOptions;
  readonly #sockets: WebSocketServer;
  readonly #turn = new WriteTurn();
  readonly #connections = new Set<Connection>();
  readonly #stopTicking: () => void;
  #leaving = false;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: limits.socketMessageBytes,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered) =>
        codecs.find(({ subprotocol }) => offered.has(subprotocol))?.subprotocol ?? false,
    });
    options.server.on('upgrade', this.#upgrade);
    this.#stopTicking = options.clock.every(1_000, () => this.#tick());
  }

  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Takes no more connections, and ends those that are there with the code that says to come back: in random order,
   * spread over `spreadMs`, so that other nodes get them one after the other. Clients that do not answer are cut.
   */
  async close(spreadMs = 0): Promise<void> {
    this.#leaving = true;
    const open = [...this.#connections]
      .map((connection) => ({ connection, order: Math.random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ connection }) => connection);
    const steps = Math.ceil(spreadMs / drainStepMs);
    let ended = 0;
    for (let step = 1; step <= steps && this.#connections.size > 0; step++) {
      await delay(drainStepMs);
      const due = Math.floor((open.length * step) / steps);
      for (const connection of open.slice(ended, due)) connection.close('drain');
      ended = due;
    }
    for (const connection of open.slice(ended)) connection.close('drain');
    await Promise.race([
      Promise.all(open.map(({ ended }) => ended)),
      delay(answerMs, undefined, { ref: false }),
    ]);
    for (const connection of open) connection.terminate();
    this.#stopTicking();
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/ws') {
      refuseUpgrade(socket, '404 Not Found');
      return;
    }
    if (this.#leaving) {
      refuseUpgrade(socket, '503 Service Unavailable\r\nRetry-After: 1', 'The server is stopping.');
      return;
    }
    const refused = refuseOpening(request);
    if (refused !== undefined) {
      refuseUpgrade(socket, refused.status, refused.message);
      return;
    }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (offered[0] !== '' && !offered.some((name) => codecOf(name) !== undefined)) {
      refuseUpgrade(socket, '400 Bad Request', `Offer the subprotocol ${codecs[0]?.subprotocol}.`);
      return;
    }
    const client = this.#options.limits.clientOf(request);
    const release = this.#options.limits.admitConnection(client);
    if (release === undefined) {
      refuseUpgrade(socket, '429 Too Many Requests', 'Too many connections from this address.');
      return;
    }
    socket.once('close', release);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#open(
        new Connection({
          socket: webSocket,
          stream: socket,
          // Without a subprotocol, a person is trying it out by hand.
          codec: codecOf(webSocket.protocol) ?? jsonCodec,
          turn: this.#turn,
          client,
          now: this.#options.clock.now,
          onFault: this.#options.onFault,
        }),
      );
    });
  };

  #open(connection: Connection): void {
    this.#connections.add(connection);
    connection.ended.then(() => this.#connections.delete(connection));
    connection.serve(this.#greeter(connection));
  }

  /** Serves a connection until hello has made it a session. */
  #greeter(connection: Connection): ConnectionHandler {
    let greeted = false;
    return {
      frame: (frame: ClientFrame) => {
        if (frame.t === 'ping') return connection.write({ t: 'pong' });
        if (frame.t === 'pong') return;
        if (frame.t !== 'hello') throw new StoaError('HELLO_FIRST');
        if (greeted) throw new StoaError('HELLO_TWICE');
        greeted = true;
        return signIn(connection, frame, this.#options.signIn).catch((error: unknown) => {
          connection.refuse(error, 'hello');
          const tooMany = error instanceof StoaError && ['TOO_MANY', 'RATE_LIMITED'].includes(error.code);
          connection.close(tooMany ? 'tooMany' : 'unavailable');
        });
      },
      closed: () => {},
    };
  }

  #tick(): void {
    const now = this.#options.clock.now();
    for (const connection of this.#connections) {
      checkConnection(connection, now);
    }
  }
}

/** `status` may be followed by further header lines. */
function refuseUpgrade(socket: Duplex, status: string, message = status): void {
  // An upgraded socket may stay half open for as long as its peer likes.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}

const drainStepMs = 50;
/** How long clients have to answer the close when the server stops. */
const answerMs = 1_000;
