import type { LoadClient, LoadEvents, LoadUser, Wire } from '@stoa/cli/bench';
import { io, type Socket } from 'socket.io-client';

/** Speaks to socket-io.ts. */
export const wire: Wire = (url, user, events) => new SocketIoClient(url, user, events);

class SocketIoClient implements LoadClient {
  readonly #url: string;
  readonly #address: string;
  readonly #events: LoadEvents;
  #socket: Socket | undefined;
  #offset = 0;

  constructor(url: string, { address }: LoadUser, events: LoadEvents) {
    this.#url = url;
    this.#address = address;
    this.#events = events;
  }

  connect(): Promise<void> {
    const socket = io(this.#url, {
      auth: { address: this.#address, offset: this.#offset },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    this.#socket = socket;
    socket.on('message', ({ number, id }: { number: number; id: number }) => {
      this.#offset = number;
      this.#events.received(id);
    });
    socket.on('connect_error', this.#events.failed);
    socket.on('disconnect', (reason) => {
      if (this.#socket === socket) this.#events.failed(new Error(`The connection ended: ${reason}.`));
    });
    return new Promise((resolve) => {
      socket.once('live', resolve);
    });
  }

  send(to: string, id: number, text: string): void {
    this.#socket?.emit('send', to, id, text, () => this.#events.acknowledged(id));
  }

  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.io.engine.close();
  }
}
