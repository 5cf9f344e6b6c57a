import type { CursorStore, GoneReason, MessageLog, StoredMessage } from '@stoa/storage';
import type { Clock } from '../clock.ts';

/** Which messages are gone by their time alone, although the store still has their content for a while. */
export class Gone {
  readonly #log: MessageLog;
  readonly #cursors: CursorStore;
  readonly #clock: Clock;

  constructor({ log, cursors, clock }: { log: MessageLog; cursors: CursorStore; clock: Clock }) {
    this.#log = log;
    this.#cursors = cursors;
    this.#clock = clock;
  }

  /** Answers at once for most messages. `receiver`: the other side of the conversation than the sender. */
  reasonFor(message: StoredMessage, receiver: number): GoneReason | null | Promise<GoneReason | null> {
    const now = this.#clock.now();
    if (message.special === null) {
      return isExpired(message, now) ? this.#unlessDelivered(message, receiver) : null;
    }
    const { event, gone, dueAt } = message.special;
    if (gone !== null) return gone;
    if (event === 'edit') return this.#reasonForEdit(message, receiver);
    if (event !== null) return null;
    if (dueAt !== null && dueAt <= now) return 'disappeared';
    return isExpired(message, now) ? this.#unlessDelivered(message, receiver) : null;
  }

  /** An edit carries the content of its target, and goes with it. */
  async #reasonForEdit({ conv, special }: StoredMessage, receiver: number): Promise<GoneReason | null> {
    const [target] = await this.#log.read(conv, { after: (special?.target ?? 1) - 1, limit: 1 });
    // What has no content is an edit of something that is no message.
    return target === undefined || target.special?.event === 'edit'
      ? 'recalled'
      : this.reasonFor(target, receiver);
  }

  /** An expired message that was delivered in time stays readable: expiry is about delivery. */
  async #unlessDelivered(
    { conv, seq, expiresAt }: StoredMessage,
    receiver: number,
  ): Promise<GoneReason | null> {
    const { deliveredAt } = await this.#cursors.times(conv, receiver, seq);
    return deliveredAt !== null && deliveredAt <= expiresAt ? null : 'expired';
  }
}

/** Whether the time in which the message could be delivered is over. */
function isExpired({ expiresAt }: StoredMessage, now: number): boolean {
  return expiresAt !== 0 && expiresAt <= now;
}
