import { lastPlace } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { ConversationRecord, MessageRecord, Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { reached } from './disappearance.ts';
import type { MessageView } from './message-view.ts';
import { needsReading, recounted } from './unread.ts';

/** How far the other side has got, as far as it is known. */
export interface PeerProgress {
  readonly delivered: number;
  readonly deliveredAt: number;
  readonly read: number;
  readonly readAt: number;
}

/** Moves the cursors of conversations, and tells of the messages that changed by it. */
export class Cursors {
  readonly #view: MessageView;
  readonly #events: Events;

  constructor(view: MessageView, events: Events) {
    this.#view = view;
    this.#events = events;
  }

  /** The peer has received and read up to these places; never moves back. */
  async movePeer(transaction: Transaction, id: ConversationId, progress: PeerProgress): Promise<void> {
    const before = transaction.conversation(id);
    if (before === undefined) return;
    const old = before.peerCursor;
    // Who has read a message has received it.
    const delivered = Math.max(old.delivered, progress.delivered, progress.read);
    const deliveredAt = progress.read > progress.delivered ? progress.readAt : progress.deliveredAt;
    const read = Math.max(old.read, progress.read);
    const movedFrom = Math.min(
      delivered > old.delivered ? old.delivered : Number.POSITIVE_INFINITY,
      read > old.read ? old.read : Number.POSITIVE_INFINITY,
    );
    if (movedFrom === Number.POSITIVE_INFINITY) return;
    const after: ConversationRecord = {
      ...before,
      peerCursor: {
        delivered,
        deliveredAt: delivered > old.delivered ? deliveredAt : old.deliveredAt,
        read,
        readAt: read > old.read ? progress.readAt : old.readAt,
      },
    };
    transaction.putConversation(after);
    for (const message of await transaction.messages(id, movedFrom + 1, delivered + 1)) {
      const cameTooLate =
        message.outgoing &&
        message.seq > old.delivered &&
        message.expiresAt !== undefined &&
        message.expiresAt < deliveredAt;
      const covered = message.outgoing ? reached(message, reachedBy(message, after, old)) : message;
      const now: MessageRecord = cameTooLate ? { ...covered, expired: true } : covered;
      if (now !== message) transaction.putMessage(now);
      this.#tell(transaction, [message, before], [now, after]);
    }
  }

  /**
   * The user has read up to this place, here or on another device; never moves back.
   *
   * @param readAt time of the server
   */
  async moveOwn(transaction: Transaction, id: ConversationId, seq: number, readAt: number): Promise<void> {
    const before = transaction.conversation(id);
    if (before === undefined || seq <= before.read) return;
    const after = await recounted(transaction, { ...before, read: seq });
    transaction.putConversation(after);
    const upTo = Math.min(lastPlace(before.runs), seq);
    for (const message of await transaction.messages(id, before.read + 1, upTo + 1)) {
      if (!needsReading(message)) continue;
      const now = reached(message, { readAt });
      if (now !== message) transaction.putMessage(now);
      this.#tell(transaction, [message, before], [now, after]);
    }
  }

  #tell(
    transaction: Transaction,
    before: [MessageRecord, ConversationRecord],
    after: [MessageRecord, ConversationRecord],
  ): void {
    const was = this.#view.of(...before);
    const is = this.#view.of(...after);
    if (was.status !== is.status) transaction.afterwards(() => this.#events.emit('update', is, was));
  }
}

/** When the peer's cursors reached a message, as far as they have just moved past it. */
function reachedBy({ seq }: MessageRecord, { peerCursor }: ConversationRecord, old: PeerProgress) {
  const { delivered, deliveredAt, read, readAt } = peerCursor;
  return {
    deliveredAt: seq > old.delivered && seq <= delivered ? deliveredAt : undefined,
    readAt: seq > old.read && seq <= read ? readAt : undefined,
  };
}
