import type { LoadClient, LoadEvents, LoadUser, Wire } from '@stoa/cli/bench';
import { WebSocket } from 'ws';

/** Speaks to relay.ts. */
export const wire: Wire = (url, user, events) => new RelayClient(url, user, events);

class RelayClient implements LoadClient {
  readonly #url: string;
  readonly #address: string;
  readonly #events: LoadEvents;
  #socket: WebSocket | undefined;

  constructor(url: string, { address }: LoadUser, events: LoadEvents) {
    this.#url = url.replace(/^http/, 'ws');
    this.#address = address;
    this.#events = events;
  }

  connect(): Promise<void> {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false });
    this.#socket = socket;
    const failed = (error: Error): void => {
      if (this.#socket === socket) this.#events.failed(error);
    };
    socket.on('error', failed);
    socket.on('close', (code) => failed(new Error(`The connection ended with code ${code}.`)));
    socket.on('open', () => socket.send(JSON.stringify({ hello: this.#address })));
    return new Promise((resolve) => {
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { welcome?: boolean; ack?: number; id?: number };
        if (frame.ack !== undefined) this.#events.acknowledged(frame.ack);
        else if (frame.id !== undefined) this.#events.received(frame.id);
        else if (frame.welcome) resolve();
      });
    });
  }

  send(to: string, id: number, text: string): void {
    this.#socket?.send(JSON.stringify({ to, id, text }));
  }

  sendToGroup(group: string, id: number, text: string): void {
    this.#socket?.send(JSON.stringify({ group: Number(group), id, text }));
  }

  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }
}
