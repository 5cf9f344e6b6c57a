import { limits, type PresenceFrame, presenceValues } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { Link } from '../connection/index.ts';
import { conversationId } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { ConversationId, PresenceEvent, Target } from '../types.ts';
import { Front } from './front.ts';

export interface PresenceOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly events: Events;
}

/** What is true for a moment: who is online, who is typing. Lost with the connection. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #watched = new Set<string>();
  readonly #known = new Map<string, PresenceEvent>();
  /** When typing was last told of. */
  readonly #typing = new Map<ConversationId, number>();

  /** Whether the application is in front, which the server is told. */
  readonly front: Front;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.front = new Front(options.link);
  }

  watch(peers: readonly string[]): void {
    const added = [...new Set(peers)].filter((peer) => !this.#watched.has(peer));
    for (const peer of added) this.#watched.add(peer);
    this.#sendWatch(added, true);
  }

  unwatch(peers: readonly string[]): void {
    const removed = peers.filter((peer) => this.#watched.delete(peer));
    for (const peer of removed) this.#known.delete(peer);
    this.#sendWatch(removed, false);
  }

  /** Whether the user is online; undefined when it is not known. */
  of(address: string): PresenceEvent | undefined {
    return this.#known.get(address);
  }

  send(target: Target, value: number, interval?: number): void {
    this.#options.link.send({
      t: 'presence',
      ...target,
      value,
      ...(interval === undefined ? {} : { interval }),
    });
  }

  sendTyping(target: Target): void {
    const id = conversationId(target);
    const now = this.#options.clock.now();
    if (now - (this.#typing.get(id) ?? Number.NEGATIVE_INFINITY) < typingPauseMs) return;
    this.#typing.set(id, now);
    this.send(target, presenceValues.typing, typingSeconds);
  }

  /** A message went out: who types after it begins anew. */
  messageSent(target: Target): void {
    this.#typing.delete(conversationId(target));
  }

  received({ t: _, ...presence }: PresenceFrame): void {
    const { from, gid, value } = presence;
    const isState = value === presenceValues.online || value === presenceValues.offline;
    if (isState && gid === undefined) this.#known.set(from, presence);
    this.#options.events.emit('presence', presence);
  }

  connected(): void {
    this.front.connected();
    this.#sendWatch([...this.#watched], true);
  }

  disconnected(): void {
    this.#known.clear();
    this.#typing.clear();
  }

  #sendWatch(peers: readonly string[], on: boolean): void {
    for (let start = 0; start < peers.length; start += limits.watchPerFrame) {
      this.#options.link.send({ t: 'watch', peers: peers.slice(start, start + limits.watchPerFrame), on });
    }
  }
}

/** A typing notice holds this long, and is repeated while typing goes on. */
const typingSeconds = 6;
const typingPauseMs = 3_000;
