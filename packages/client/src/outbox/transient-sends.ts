import { type SentFrame, StoaError } from '@stoa/protocol';
import type { Link } from '../connection/index.ts';
import { lastPlace, newConversation } from '../conversations/index.ts';
import { type Deferred, deferred } from '../deferred.ts';
import type { Events } from '../events.ts';
import type { MessageView } from '../messages/index.ts';
import { type LocalData, type MessageRecord, orderBehind } from '../store/index.ts';
import type { LocalMessage, Sending } from '../types.ts';
import { sendFrame } from './draft-record.ts';

interface Waiting {
  readonly record: MessageRecord;
  readonly sent: Deferred<LocalMessage>;
}

/** Sends of transient messages: never stored, and lost without a connection. */
export class TransientSends {
  readonly #options: { data: LocalData; link: Link; view: MessageView; events: Events };
  readonly #waiting = new Map<number, Waiting>();

  constructor(options: { data: LocalData; link: Link; view: MessageView; events: Events }) {
    this.#options = options;
  }

  /** @param now this device's time */
  send(record: MessageRecord, now: number): Sending {
    const sent = deferred<LocalMessage>();
    const message = this.#show(record);
    this.#waiting.set(record.id, { record, sent });
    const isOut = this.#options.link.send(sendFrame(record, now));
    // Afterwards, so that the caller has the result before the events.
    queueMicrotask(() => {
      this.#options.events.emit('message', message, 'outgoing');
      if (!isOut) this.refused(record.id, new StoaError('UNAVAILABLE', 'There is no connection.'));
    });
    return { message, sent: sent.promise };
  }

  accepted({ id, mid, ts }: SentFrame): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    const { pending: _, ...record } = waiting.record;
    const last = lastPlace(this.#conversationOf(record).runs);
    const after = this.#show({ ...record, mid, ts, order: orderBehind(last, mid) });
    this.#options.events.emit('update', after, this.#show(waiting.record));
    waiting.sent.resolve(after);
  }

  /** False when there is no such send. */
  refused(id: number, error: StoaError): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#waiting.delete(id);
    const { pending: _, ...record } = waiting.record;
    const { code, message, hint } = error;
    const after = this.#show({ ...record, error: { code, message, hint } });
    this.#options.events.emit('update', after, this.#show(waiting.record));
    waiting.sent.reject(error);
    return true;
  }

  disconnected(): void {
    const error = new StoaError('UNAVAILABLE', 'The connection was lost.');
    for (const id of [...this.#waiting.keys()]) this.refused(id, error);
  }

  #show(record: MessageRecord): LocalMessage {
    return this.#options.view.of(record, this.#conversationOf(record));
  }

  #conversationOf({ conversation }: MessageRecord) {
    return this.#options.data.conversation(conversation) ?? newConversation(conversation);
  }
}
