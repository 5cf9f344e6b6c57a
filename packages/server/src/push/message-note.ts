import { createHash } from 'node:crypto';
import { type Content, unpackValue } from '@stoa/protocol';
import type { ConversationForDevice, Store, StoredMessage } from '@stoa/storage';
import type { Blocking, Reach } from '../blocking/index.ts';
import type { Clock } from '../clock.ts';
import type { Directory, Person } from '../directory/index.ts';
import type { Gone } from '../messages/index.ts';
import { Mutes } from './mutes.ts';
import type { MessageOrigin, PushNote } from './note.ts';
import { previewOf, shortened } from './preview.ts';

/** How much a note says: that there is something; who sent it and where; what it is. */
export type PushContent = 'none' | 'sender' | 'full';

export interface MessageNotesOptions {
  readonly store: Pick<Store, 'push' | 'log' | 'groups' | 'values' | 'users'>;
  readonly directory: Pick<Directory, 'byUid'>;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly gone: Pick<Gone, 'reasonFor'>;
  readonly clock: Clock;
  readonly content: PushContent;
}

/** A note about the messages of one conversation that none of a user's devices has. */
export interface MessageNote extends PushNote {
  /** Place of the newest of these messages. */
  readonly seq: number;
}

interface Waiting {
  readonly newest: StoredMessage;
  readonly sender: Person;
  readonly count: number;
}

/** Makes the notes by which devices learn of messages. */
export class MessageNotes {
  readonly #options: MessageNotesOptions;
  readonly #mutes: Mutes;

  constructor(options: MessageNotesOptions) {
    this.#options = options;
    this.#mutes = new Mutes(options.store.values, options.clock);
  }

  /**
   * What is to be said to the user of a conversation, by what it is now; undefined when there is nothing to say: nobody
   * else has written, it is gone again or for others alone, the conversation is muted, its sender blocked.
   */
  async noteFor(uid: number, conversation: ConversationForDevice): Promise<MessageNote | undefined> {
    const { store, clock, content } = this.#options;
    const user = await store.users.find(uid);
    if (user === undefined || user.removed || !user.active) return undefined;
    const place = await this.#placeOf(uid, conversation);
    if (place === undefined || (await this.#mutes.has(uid, place.muteKey))) return undefined;
    const waiting = await this.#waiting(uid, conversation);
    if (waiting === undefined) return undefined;

    const { newest, sender, count } = waiting;
    const tag = createHash('sha256').update(`${uid}/${conversation.conv}`).digest('base64url').slice(0, 32);
    const badge = await store.push.unread(uid, highestBadge, await this.#mutes.list(uid));
    const about: MessageOrigin = {
      from: sender.address,
      name: shortened(sender.name, longestName),
      ...(place.group === undefined ? {} : { group: place.group }),
      conv: conversation.conv,
      seq: newest.seq,
      waiting: count,
    };
    return {
      data: {
        type: 'message',
        tag,
        badge,
        at: newest.ts,
        ...(content === 'none' ? {} : { about }),
        ...(content === 'full' ? { preview: previewOf(contentOf(newest)) } : {}),
      },
      seconds: secondsLeft(newest, clock.now()),
      urgency: 'high',
      topic: tag,
      seq: newest.seq,
    };
  }

  async #placeOf(
    uid: number,
    { key }: ConversationForDevice,
  ): Promise<{ muteKey: string; group?: { gid: number; name: string } } | undefined> {
    if (key.kind === 'group') {
      const group = await this.#options.store.groups.find(key.gid);
      if (group === undefined || group.deleted) return undefined;
      return { muteKey: `g:${key.gid}`, group: { gid: key.gid, name: shortened(group.name, longestName) } };
    }
    const peer = await this.#options.directory.byUid(key.a === uid ? key.b : key.a);
    return peer && { muteKey: `u:${peer.address}` };
  }

  /** The messages of others that the user may read and that are still there. */
  async #waiting(uid: number, { conv, key, last, own }: ConversationForDevice): Promise<Waiting | undefined> {
    const { store } = this.#options;
    const [entries, spans] = await Promise.all([
      store.log.read(conv, { before: last + 1, limit: entriesLookedAt }),
      key.kind === 'group' ? store.groups.spans(conv, uid) : undefined,
    ]);
    const isReadable = (seq: number) =>
      spans === undefined || spans.some(({ after, upto }) => seq > after && (upto === null || seq <= upto));
    let found: Omit<Waiting, 'count'> | undefined;
    let count = 0;
    for (const entry of entries.toReversed()) {
      if (entry.seq <= own.delivered || entry.seq <= own.seen) break;
      if (!isReadable(entry.seq)) continue;
      const sender = await this.#senderOf(uid, entry, key.kind === 'group' ? 'groups' : 'messages');
      if (sender === undefined) continue;
      count += 1;
      found ??= { newest: entry, sender };
    }
    return found && { ...found, count };
  }

  /** Undefined when the entry is nothing to tell the user of. */
  async #senderOf(uid: number, entry: StoredMessage, what: Reach): Promise<Person | undefined> {
    const { directory, blocking, gone } = this.#options;
    if (entry.sender === uid || entry.content === null || (entry.special?.event ?? null) !== null)
      return undefined;
    if ((await gone.reasonFor(entry, uid)) !== null) return undefined;
    const sender = await directory.byUid(entry.sender);
    if (sender === undefined || !(await blocking.mayReach(uid, sender.address, what))) return undefined;
    return sender;
  }
}

function contentOf({ content }: StoredMessage): Content {
  return content === null ? {} : (unpackValue(content) as Content);
}

/** A push service need not keep a note for longer than its message can be delivered, nor than any service does. */
function secondsLeft({ expiresAt, special }: StoredMessage, now: number): number {
  const ends = [expiresAt, special?.dueAt ?? 0].filter((end) => end > 0);
  const seconds = Math.ceil((Math.min(...ends) - now) / 1_000);
  return Math.max(1, Math.min(longestSeconds, seconds));
}

const longestSeconds = 7 * 24 * 3600;
const highestBadge = 999;
const entriesLookedAt = 50;
/** Characters: a note has little room. */
const longestName = 80;
