import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A TCP proxy that misbehaves on request, between a real client and a real server.
 *
 * @example
 * const proxy = await FaultProxy.start(server.port);
 * proxy.cut();      // every connection is reset, new ones are taken
 * proxy.stall();    // bytes stop flowing, connections stay open
 * proxy.resume();
 */
export class FaultProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #target: number;
  /** From which side no byte passes. */
  #stalled: 'neither' | 'server' | 'both' = 'neither';
  #refusing = false;
  #delayMs = 0;

  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, targetPort);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#target = targetPort;
    server.on('connection', (client) => this.#link(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** New connections go to another port from now on. */
  retarget(port: number): void {
    this.#target = port;
  }

  /** Resets every connection. */
  cut(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#links.clear();
  }

  /** Resets every connection and every new one, until `resume`. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  /** No byte passes in either direction, and nobody is told, until `resume`. */
  stall(): void {
    this.#stalled = 'both';
    for (const { client, server } of this.#links) {
      client.pause();
      server.pause();
    }
  }

  /** What clients say arrives, what the server answers does not, until `resume`. */
  deafen(): void {
    this.#stalled = 'server';
    for (const { client, server } of this.#links) {
      client.resume();
      server.pause();
    }
  }

  resume(): void {
    this.#stalled = 'neither';
    this.#refusing = false;
    for (const { client, server } of this.#links) {
      client.resume();
      server.resume();
    }
  }

  /** Every chunk of bytes passes this much later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #link(client: Socket): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    const link: Link = { client, server };
    this.#links.add(link);
    this.#pipe(client, server, link);
    this.#pipe(server, client, link);
  }

  #pipe(from: Socket, to: Socket, link: Link): void {
    if (this.#stalled === 'both' || (this.#stalled === 'server' && from === link.server)) from.pause();
    const waiting: (() => void)[] = [];
    const later = (run: () => void): void => {
      if (this.#delayMs === 0 && waiting.length === 0) {
        run();
        return;
      }
      waiting.push(run);
      // Whichever timer ends, what waits longest passes: bytes stay in order when the delay changes.
      setTimeout(() => waiting.shift()?.(), this.#delayMs);
    };
    from.on('data', (chunk) => later(() => to.writable && to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    // A reset on one side is a reset on the other.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      to.destroySoon();
      this.#links.delete(link);
    });
  }
}
