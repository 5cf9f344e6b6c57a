import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { StoaError } from '@stoa/protocol';

/**
 * The UDP ports of a process, one for each connection. The library aborts when a range is used up, so that it gets a
 * single port each time, which is known to be free.
 */
export class PortPool {
  readonly #bindAddress: string | undefined;
  readonly #free: number[];

  constructor(ports: { readonly first: number; readonly last: number }, bindAddress: string | undefined) {
    this.#bindAddress = bindAddress;
    this.#free = Array.from({ length: ports.last - ports.first + 1 }, (_, index) => ports.first + index);
  }

  /** @throws StoaError UNAVAILABLE when all are in use, here or by other programs. */
  async take(): Promise<number> {
    for (let left = this.#free.length; left > 0; left -= 1) {
      const port = this.#free.shift();
      if (port === undefined) break;
      if (await isFree(port, this.#bindAddress)) return port;
      this.#free.push(port);
    }
    throw new StoaError('UNAVAILABLE', 'All UDP ports for media are in use.', {
      hint: 'Give the server a larger range of ports (STOA_MEDIA_PORTS).',
    });
  }

  /** The longest unused is taken next: late packets of a connection do not reach another. */
  give(port: number): void {
    this.#free.push(port);
  }
}

async function isFree(port: number, address: string | undefined): Promise<boolean> {
  const socket = createSocket(address?.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind(port, address);
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
