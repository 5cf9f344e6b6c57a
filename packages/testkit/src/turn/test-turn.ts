import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTurnServer } from '../../../../scripts/setup/find-turn-server.mjs';
import { freePort } from '../free-port.ts';
import { GuardedFolder } from '../guarded/guard-folder.ts';
import { within } from '../wait.ts';

export interface TurnOptions {
  /** Shared with the Stoa server. */
  readonly secret: string;
}

/** A real coturn for tests, which can be made silent, and started again on the same port. */
export class TestTurn {
  readonly #folder: GuardedFolder;
  readonly #command: { readonly file: string; readonly args: readonly string[] };
  readonly port: number;

  private constructor(folder: GuardedFolder, file: string, args: readonly string[], port: number) {
    this.#folder = folder;
    this.#command = { file, args };
    this.port = port;
  }

  /** Use {@link startTurn}. */
  static async start({ secret }: TurnOptions): Promise<TestTurn> {
    const program = findTurnServer();
    if (program === undefined) {
      throw new Error('These tests need coturn: install it, or name its turnserver in TURN_SERVER_PATH.');
    }
    const path = mkdtempSync(join(tmpdir(), 'stoa-turn-'));
    const port = await freePort('udp');
    const args = [
      // No configuration but this.
      '-n',
      ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)],
      ...['--min-port', '49152', '--max-port', '65535', '--allow-loopback-peers'],
      ...['--realm', 'test', '--use-auth-secret', '--static-auth-secret', secret],
      // Without TCP: the number that is free of UDP may be in use there, and coturn would wait until it is not.
      ...['--no-tcp', '--no-tls', '--no-dtls', '--no-cli', '--no-rfc5780'],
      ...['--userdb', join(path, 'turn.db'), '--pidfile', join(path, 'turn.pid'), '--log-file', 'stdout'],
    ];
    const turn = new TestTurn(new GuardedFolder(path), program, args, port);
    try {
      await turn.start();
    } catch (error) {
      await turn.close();
      throw error;
    }
    return turn;
  }

  get url(): string {
    return `turn:127.0.0.1:${this.port}`;
  }

  /** Resolves when it takes clients. */
  async start(): Promise<void> {
    await this.#folder.start({ ...this.#command, env: {} }, 'Total General servers');
    await within(answered(this.port), 'coturn to answer', 30_000);
  }

  /** Nothing passes any more, and nobody is told, until `resume`. */
  pause(): void {
    this.#folder.signal('SIGSTOP');
  }

  resume(): void {
    this.#folder.signal('SIGCONT');
  }

  /** As with `kill -9`: it forgets everybody. */
  async kill(): Promise<void> {
    await this.#folder.kill('SIGKILL');
  }

  /** Ends it for good and removes what it needed. */
  async close(): Promise<void> {
    this.resume();
    await this.#folder.remove();
  }
}

/**
 * Starts a coturn on a free port of this machine, with the credentials of the REST API for TURN. It is gone with the
 * process that started it, however that ends.
 *
 * @throws Error that says what to install, or why the server does not start.
 * @example
 * const turn = await startTurn({ secret: 'shared secret' });
 * const server = await startTestNode({ env: { STOA_TURN_URLS: turn.url, STOA_TURN_SECRET: 'shared secret' } });
 * await turn.close();
 */
export function startTurn(options: TurnOptions): Promise<TestTurn> {
  return TestTurn.start(options);
}

/**
 * Resolves when a STUN binding request (RFC 8489) is answered. Each is sent from another port: a coturn that gets one before it
 * is ready may go on ignoring the port from which it came.
 */
async function answered(port: number): Promise<void> {
  const request = Buffer.alloc(20);
  request.writeUInt16BE(0x0001);
  request.writeUInt32BE(0x2112a442, 4);
  const sockets: Socket[] = [];
  try {
    await new Promise<void>((resolve) => {
      const ask = (): void => {
        const socket = createSocket('udp4');
        sockets.push(socket);
        // The system tells of a port on which nobody listens.
        socket.on('error', () => {});
        socket.on('message', () => resolve());
        socket.send(request, port, '127.0.0.1');
        clearTimeout(next);
        if (sockets.length < mostRequests) next = setTimeout(ask, 100);
      };
      let next: NodeJS.Timeout | undefined;
      ask();
    });
  } finally {
    for (const socket of sockets) socket.close();
  }
}

const mostRequests = 300;
