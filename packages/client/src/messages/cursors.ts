import { lastPlace } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { ConversationRecord, MessageRecord, Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { reached } from './disappearance.ts';
import type { MessageView } from './message-view.ts';
import { deliveredAtOf, hasReached, type PeerProgress, withProgress } from './peer-progress.ts';
import { needsReading, recounted } from './unread.ts';

/** Moves the cursors of conversations, and tells of the messages that changed by it. */
export class Cursors {
  readonly #view: MessageView;
  readonly #events: Events;

  constructor(view: MessageView, events: Events) {
    this.#view = view;
    this.#events = events;
  }

  /** The peer, or a member of the group, has received and read up to these places; never moves back. */
  async movePeer(transaction: Transaction, id: ConversationId, progress: PeerProgress): Promise<void> {
    const before = transaction.conversation(id);
    if (before === undefined) return;
    const moved = withProgress(before, progress);
    if (moved === undefined) return;
    const { peerCursor, peerGaps, from } = moved;
    const { peerGaps: _, ...others } = before;
    const after: ConversationRecord = { ...others, peerCursor, ...(peerGaps && { peerGaps }) };
    transaction.putConversation(after);
    const upto = Math.max(progress.delivered, progress.read);
    for (const message of await transaction.messages(id, from + 1, upto + 1)) {
      const isFirst = (which: 'delivered' | 'read'): boolean =>
        hasReached(which, message.seq, after) && !hasReached(which, message.seq, before);
      const deliveredAt = isFirst('delivered') ? deliveredAtOf(progress) : undefined;
      const cameTooLate =
        message.outgoing &&
        deliveredAt !== undefined &&
        message.expiresAt !== undefined &&
        message.expiresAt < deliveredAt;
      const readAt = isFirst('read') ? progress.readAt : undefined;
      const covered = message.outgoing ? reached(message, { deliveredAt, readAt }) : message;
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
