import {
  Client,
  type Clock,
  type ConversationId,
  type EnvironmentChange,
  type LocalMessage,
  type Target,
} from '@stoa/client';
import { sqliteStore } from '@stoa/client/sqlite';
import { type CrashPoint, MortalStore } from './mortal-store.ts';
import { keyOf, wordOf } from './naming.ts';
import type { Observation } from './observation.ts';

export interface LifeOptions {
  readonly url: string;
  readonly token: string;
  /** File of the local store, which outlives this life. */
  readonly path: string;
  readonly random: () => number;
  readonly observe: (observation: Observation) => void;
}

/** What a device shows. */
export interface DeviceView {
  readonly online: boolean;
  readonly conversations: readonly ConversationView[];
}

export interface ConversationView {
  readonly id: ConversationId;
  readonly unread: number;
  readonly peerDelivered: number;
  readonly peerRead: number;
  /** All that there are, oldest first, those on the server included. */
  readonly messages: readonly MessageView[];
}

export interface MessageView {
  readonly seq: number;
  readonly mid: number;
  readonly from: string;
  readonly key: string;
  /** Null when it is gone. */
  readonly text: string | null;
  readonly gone: string | null;
  readonly status: LocalMessage['status'];
}

/**
 * One life of a device, from start to stop or death: a real client on its local store. Killed, it has no effect any
 * more: its store, its network and its timers are gone together.
 */
export class Life {
  readonly #client: Client;
  readonly #store: MortalStore;
  readonly #observe: (observation: Observation) => void;
  readonly #dead: Promise<void>;
  #environment: ((change: EnvironmentChange) => void) | undefined;

  constructor(options: LifeOptions & { readonly onDeath: () => void }) {
    const { url, token, path, random } = options;
    this.#observe = (observation) => {
      if (!this.#store.isDead) options.observe(observation);
    };
    let die = (): void => {};
    this.#dead = new Promise((resolve) => {
      die = resolve;
    });
    this.#store = new MortalStore(sqliteStore(path), this.#observe, () => {
      options.observe({ what: 'crashed' });
      options.onDeath();
      die();
    });
    this.#client = new Client({
      url,
      token,
      random,
      store: this.#store,
      clock: this.#clock(),
      environment: {
        subscribe: (listener) => {
          this.#environment = listener;
          return () => {};
        },
      },
      webSocket: (...target) => {
        if (this.#store.isDead) throw new Error('The device is dead.');
        return new WebSocket(...target);
      },
    });
    this.#listen();
  }

  /** Resolves when the store is open; the connection comes and goes by itself. Never, when it dies before. */
  start(): Promise<void> {
    return this.#client.start();
  }

  send(target: Target, localId: number, text: string): void {
    this.#client.send(target, { content: { text }, localId }).sent.catch(() => {});
  }

  /** Edits (to `text`) or recalls (without) the newest own message but `but`, from whatever device it is. */
  async change(target: Target, but: number, text: string | undefined): Promise<void> {
    const newest = await this.#client.messages(target, { limit: 20 });
    const message = newest.filter(
      ({ outgoing, gone, status }) => outgoing && gone === undefined && status !== 'failed',
    )[but];
    if (message === undefined) return;
    const { done } = text === undefined ? this.#client.recall(message) : this.#client.edit(message, { text });
    // Another device may recall it before, or the user may have left the group.
    done.catch(() => {});
  }

  /** Reads all but the newest `but` messages of the conversation. */
  async read(target: Target, but: number, receipt: boolean): Promise<void> {
    const [newest] = await this.#client.messages(target, { limit: 1 });
    const upTo = (newest?.seq ?? 0) - but;
    if (upTo > 0) await this.#client.markRead(target, { upTo, receipt });
  }

  /** Ends in order, unless it dies over it. */
  stop(): Promise<void> {
    return Promise.race([this.#client.stop(), this.#dead]);
  }

  crash(point: CrashPoint): void {
    this.#store.crash(point);
  }

  /** The network is said to be back: connects at once instead of waiting. */
  wake(): void {
    this.#environment?.('online');
  }

  /** All conversations, complete: what is not on the device yet is fetched. */
  view(): Promise<DeviceView> {
    return Promise.race([this.#view(), this.#dead.then(() => nothing)]);
  }

  async #view(): Promise<DeviceView> {
    const online = this.#client.status.state === 'online';
    const conversations: ConversationView[] = [];
    for (const { id, target, unread, peerCursor } of await this.#client.conversations()) {
      while (online && (await this.#client.fetchOlder(target, 1_000)) > 0);
      const messages = await this.#client.messages(target, { limit: 100_000 });
      conversations.push({
        id,
        unread,
        peerDelivered: peerCursor.delivered,
        peerRead: peerCursor.read,
        messages: messages.reverse().map(messageView),
      });
    }
    return { online, conversations };
  }

  #listen(): void {
    this.#client.on('message', ({ conversation, seq, mid, localId }, origin) => {
      if (origin === 'outgoing') return;
      this.#observe({ what: 'announced', conversation, key: keyOf(localId), seq, mid });
    });
    this.#client.on('update', ({ conversation, status, seq, mid, localId, error }, before) => {
      const key = keyOf(localId);
      if (before.status !== 'outbox') return;
      if (status === 'failed') this.#observe({ what: 'failed', conversation, key, code: error?.code ?? '' });
      else if (status !== 'outbox') this.#observe({ what: 'acknowledged', conversation, key, seq, mid });
    });
    // Lost connections and a store that is being closed: what matters shows in the end.
    this.#client.on('problem', () => {});
  }

  #clock(): Clock {
    return {
      now: () => Date.now(),
      setTimeout: (callback, ms) =>
        setTimeout(() => {
          if (!this.#store.isDead) callback();
        }, ms).unref(),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    };
  }
}

/** What a device shows that is not there. */
export const nothing: DeviceView = { online: false, conversations: [] };

function messageView({ seq, mid, from, localId, content, gone, status }: LocalMessage): MessageView {
  return { seq, mid, from, key: keyOf(localId), text: wordOf(content), gone: gone ?? null, status };
}
