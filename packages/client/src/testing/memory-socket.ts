import { msgpackCodec, type ServerFrame } from '@stoa/protocol';
import type { WebSocketLike } from '../connection/index.ts';

type Listeners = {
  open: () => void;
  message: (event: { data: unknown }) => void;
  close: Listener<CloseEvent>;
};
type Listener<T> = (event: T) => void;
interface CloseEvent {
  code: number;
  reason: string;
}

/** One end of a connection that exists in memory only. */
export class MemorySocket implements WebSocketLike {
  binaryType = '';
  readonly protocol = msgpackCodec.subprotocol;
  readonly #listeners: Partial<Listeners> = {};
  readonly #onSent: (data: Uint8Array) => void;

  constructor(onSent: (data: Uint8Array) => void) {
    this.#onSent = onSent;
  }

  addEventListener(type: string, listener: unknown): void {
    Object.assign(this.#listeners, { [type]: listener });
  }

  send(data: string | Uint8Array): void {
    if (typeof data !== 'string') this.#onSent(data);
  }

  close(): void {}

  open(): void {
    this.#listeners.open?.();
  }

  deliver(frame: ServerFrame): void {
    this.#listeners.message?.({ data: Uint8Array.from(msgpackCodec.encode(frame) as Uint8Array).buffer });
  }

  cut(): void {
    this.#listeners.close?.({ code: 1006, reason: '' });
  }
}
