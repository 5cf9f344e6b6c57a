import type { Client, PresenceEvent } from '@stoa/client';
import { presenceValues } from '@stoa/protocol';
import { Live } from '../hooks/live.ts';

/** What is known of a user at this moment. */
export interface UserPresence {
  readonly online: boolean;
  /** When the user was last online, in milliseconds since 1970. */
  readonly seen?: number;
  readonly typing: boolean;
}

const unknown: UserPresence = { online: false, typing: false };

/** For which a typing notice holds when it names no time. */
const typingSeconds = 6;

/** Who is online and who is typing, by address. */
export class PresenceBoard extends Live<ReadonlyMap<string, UserPresence>> {
  readonly #client: Client;
  readonly #watchers = new Map<string, number>();
  readonly #typing = new Map<string, number>();
  readonly #offs: readonly (() => void)[];

  constructor(client: Client) {
    super(new Map());
    this.#client = client;
    this.#offs = [
      client.on('presence', (event) => this.#apply(event)),
      client.on('message', ({ from }) => this.#endTyping(from)),
      // Without a connection nobody's presence is known.
      client.on('status', ({ state }) => state !== 'online' && this.#forget()),
    ];
  }

  of(address: string | undefined): UserPresence {
    return (address === undefined ? undefined : this.get().get(address)) ?? unknown;
  }

  /** Keeps the presence of a user up to date until the returned function is called. */
  watch(address: string): () => void {
    const watchers = this.#watchers.get(address) ?? 0;
    this.#watchers.set(address, watchers + 1);
    if (watchers === 0) this.#client.watch([address]);
    return () => this.#unwatch(address);
  }

  close(): void {
    for (const off of this.#offs) off();
    for (const timer of this.#typing.values()) window.clearTimeout(timer);
  }

  #unwatch(address: string): void {
    const left = (this.#watchers.get(address) ?? 1) - 1;
    if (left > 0) {
      this.#watchers.set(address, left);
      return;
    }
    this.#watchers.delete(address);
    this.#client.unwatch([address]);
  }

  #apply({ from, value, interval, seen, gid }: PresenceEvent): void {
    if (gid !== undefined) return;
    switch (value) {
      case presenceValues.online:
        this.#change(from, { online: true });
        break;
      case presenceValues.offline:
        this.#endTyping(from);
        this.#change(from, { online: false, ...(seen === undefined ? {} : { seen }) });
        break;
      case presenceValues.typing:
        window.clearTimeout(this.#typing.get(from));
        this.#typing.set(
          from,
          window.setTimeout(() => this.#endTyping(from), (interval ?? typingSeconds) * 1000),
        );
        this.#change(from, { typing: true });
        break;
      case presenceValues.typingCleared:
        this.#endTyping(from);
    }
  }

  #endTyping(from: string): void {
    window.clearTimeout(this.#typing.get(from));
    if (this.#typing.delete(from)) this.#change(from, { typing: false });
  }

  #forget(): void {
    for (const timer of this.#typing.values()) window.clearTimeout(timer);
    this.#typing.clear();
    this.set(
      new Map([...this.get()].map(([from, { seen }]) => [from, seen ? { ...unknown, seen } : unknown])),
    );
  }

  #change(from: string, change: Partial<UserPresence>): void {
    this.set(new Map(this.get()).set(from, { ...(this.get().get(from) ?? unknown), ...change }));
  }
}
