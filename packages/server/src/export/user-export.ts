import { jsonCodec, unpackValue } from '@stoa/protocol';
import type { ConversationForDevice, Store, User } from '@stoa/storage';
import type { FileLinks } from '../files/index.ts';
import type { History } from '../messages/index.ts';

export interface UserExportOptions {
  readonly store: Pick<
    Store,
    'cursors' | 'devices' | 'files' | 'log' | 'profiles' | 'push' | 'schedule' | 'tokens' | 'values'
  >;
  readonly history: History;
  readonly links: Pick<FileLinks, 'make'>;
}

/**
 * Everything that is kept about a user, line by line: JSON objects with a `kind`, in which bytes are
 * `{"$bytes": base64}` as on the wire. No secret is among it. It is read in pages, as fast as it is taken.
 */
export class UserExport {
  readonly #options: UserExportOptions;

  constructor(options: UserExportOptions) {
    this.#options = options;
  }

  async *lines(user: User): AsyncGenerator<string, void> {
    const { uid, address, name, active, flag, createdAt, lastSeen } = user;
    const [said] = await this.#options.store.profiles.find([uid]);
    const profile = said === undefined ? {} : (unpackValue(said.document) as object);
    yield line({ kind: 'profile', uid, address, name, active, flag, createdAt, lastSeen, ...profile });
    for (const { dev, agent, createdAt, lastSeen } of await this.#options.store.devices.list(uid)) {
      yield line({ kind: 'device', dev, agent, createdAt, lastSeen });
    }
    for (const { id, appName, createdAt, expiresAt } of await this.#options.store.tokens.list(uid)) {
      yield line({ kind: 'token', id, app: appName, createdAt, expiresAt });
    }
    yield* this.#files(uid);
    for (const { dev, provider, createdAt } of await this.#options.store.push.list([uid])) {
      yield line({ kind: 'push', dev, provider, createdAt });
    }
    yield* this.#values(uid);
    yield* this.#scheduled(uid);
    yield* this.#conversations(uid);
  }

  /** Each with a link from which its content can be fetched for a time. */
  async *#files(uid: number): AsyncGenerator<string, void> {
    const { store, links } = this.#options;
    let after: string | undefined;
    do {
      const page = await store.files.list({
        uid,
        limit: pageOfValues,
        ...(after !== undefined && { after }),
      });
      for (const file of page) {
        const { id, name, mime, size, sha256, createdAt } = file;
        yield line({ kind: 'file', id, name, mime, size, sha256, createdAt, url: links.make(file).path });
      }
      after = page.length < pageOfValues ? undefined : page.at(-1)?.id;
    } while (after !== undefined);
  }

  async *#values(uid: number): AsyncGenerator<string, void> {
    let after: { position: number; key: string } | undefined;
    do {
      const query = { uid, position: 0, limit: pageOfValues, ...(after && { after }) };
      const { values } = await this.#options.store.values.changed(query);
      for (const { key, value } of values) {
        if (value !== null) yield line({ kind: 'value', key, value: unpackValue(value) });
      }
      after = values.length < pageOfValues ? undefined : values.at(-1);
    } while (after !== undefined);
  }

  async *#scheduled(sender: number): AsyncGenerator<string, void> {
    let after: { at: number; dev: number; id: number } | undefined;
    do {
      const query = { sender, limit: pageOfValues, ...(after && { after }) };
      const page = await this.#options.store.schedule.list(query);
      for (const { dev, id, at, payload, failed } of page) {
        yield line({ kind: 'scheduled', dev, id, at, failed, ...(unpackValue(payload) as object) });
      }
      after = page.length < pageOfValues ? undefined : page.at(-1);
    } while (after !== undefined);
  }

  /** Those that change meanwhile move to the front of the list, behind the reader's back: they are looked for again. */
  async *#conversations(uid: number): AsyncGenerator<string, void> {
    const { cursors } = this.#options.store;
    const done = new Set<number>();
    let since = 0;
    for (;;) {
      let before: { lastAt: number; conv: number } | undefined;
      let position: number | undefined;
      let found = false;
      for (;;) {
        const query = { uid, dev: 0, position: since, limit: pageOfConversations, ...(before && { before }) };
        const page = await cursors.changed(query);
        position ??= page.position;
        for (const conversation of page.conversations) {
          if (done.has(conversation.conv)) continue;
          done.add(conversation.conv);
          found = true;
          yield* this.#conversation(uid, conversation);
        }
        before = page.conversations.at(-1);
        if (before === undefined || page.conversations.length < pageOfConversations) break;
      }
      if (!found) return;
      since = position;
    }
  }

  async *#conversation(uid: number, conversation: ConversationForDevice): AsyncGenerator<string, void> {
    const { history, store } = this.#options;
    const { conv, last, own } = conversation;
    const named = await history.nameFor(conversation, uid, true);
    if (named === undefined) return;
    const { delivered, deliveredAt, read, readAt } = own;
    const cursors = { delivered, deliveredAt, read, readAt };
    yield line({ kind: 'conversation', conv, ...named, last, ...cursors });
    let after = 0;
    for (;;) {
      const messages = await store.log.read(conv, { after, limit: pageOfMessages });
      const readable = await history.readable(conversation, messages, uid);
      for (const { t: kind, ...message } of await history.frames(conversation, readable, uid)) {
        yield line({ kind, ...message });
      }
      const newest = messages.at(-1);
      if (newest === undefined || messages.length < pageOfMessages) return;
      after = newest.seq;
    }
  }
}

const line = (entry: { readonly kind: string; readonly [field: string]: unknown }): string =>
  `${String(jsonCodec.encode(entry))}\n`;

const pageOfValues = 50;
const pageOfConversations = 100;
const pageOfMessages = 50;
