import { messageFlags, type RefusedFrame, type SentFrame, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { errorOf, type Link } from '../connection/index.ts';
import { lastPlace, newConversation } from '../conversations/index.ts';
import { type Deferred, deferred } from '../deferred.ts';
import type { Events } from '../events.ts';
import type { Accepted, MessageView, SentMessages } from '../messages/index.ts';
import { problemOf } from '../problem.ts';
import {
  type ConversationRecord,
  type LocalData,
  type MessageRecord,
  orderBehind,
  type StoreSnapshot,
  type Transaction,
} from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { ConversationId, Draft, LocalMessage, Self, Sending, Target } from '../types.ts';
import { checkDraft } from './check-draft.ts';
import { draftOf, recordOfDraft, sendFrame } from './draft-record.ts';
import { SendIds } from './send-ids.ts';
import { SendQueue } from './send-queue.ts';
import { TransientSends } from './transient-sends.ts';
import { UnsavedSends } from './unsaved-sends.ts';

export interface OutboxOptions {
  readonly data: LocalData;
  readonly link: Link;
  readonly view: MessageView;
  readonly events: Events;
  readonly clock: Clock;
  readonly random: () => number;
  readonly self: () => Self | undefined;
}

/**
 * Messages on their way out. Each is stored before it is sent, sent in order, and sent again with the same id on every
 * connection until the server has answered.
 */
export class Outbox implements SentMessages {
  readonly #options: OutboxOptions;
  readonly #ids: SendIds;
  readonly #queue = new SendQueue();
  readonly #transient: TransientSends;
  readonly #sent = new Map<number, Deferred<LocalMessage>>();
  readonly #unsaved: UnsavedSends;
  readonly #timer: Timer;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#ids = new SendIds(() => options.clock.now());
    this.#transient = new TransientSends(options);
    this.#timer = new Timer(options.clock, () => this.pump());
    this.#unsaved = new UnsavedSends({
      ...options,
      ids: this.#ids,
      onSaved: (records) => {
        for (const record of records) this.#queue.add(record, false);
        this.pump();
      },
      onFailed: (id, error) => this.#settle(id, (sent) => sent.reject(error)),
      onNewId: (from, to) => this.#settle(from, (sent) => this.#sent.set(to, sent)),
    });
  }

  /** @throws StoaError BAD_FRAME or TOO_LARGE when no server would take it. */
  send(target: Target, draft: Draft, repeats?: LocalMessage): Sending {
    const { clock, random, self, view } = this.#options;
    const content = checkDraft(target, draft);
    const record = recordOfDraft(target, draft, content, {
      id: this.#ids.next(),
      localId: Math.floor(random() * 2 ** 32),
      from: self()?.address ?? '',
      now: clock.now(),
    });
    if (record.flags & messageFlags.transient) return this.#transient.send(record, clock.now());
    const sent = deferred<LocalMessage>();
    this.#sent.set(record.id, sent);
    const given = view.of(record, newConversation(record.conversation));
    this.#unsaved.add(record, given, repeats);
    return { message: given, sent: sent.promise };
  }

  /** @throws StoaError BAD_REQUEST when it is not an own message that failed. */
  resend(target: Target, message: LocalMessage): Sending {
    if (message.status !== 'failed' || !message.outgoing) {
      throw new StoaError('BAD_REQUEST', 'Only an own message that failed can be sent again.', {
        hint: 'Messages in the outbox are sent again without help.',
      });
    }
    return this.send(target, draftOf(message), message);
  }

  /** The store is open: goes on with what waits there. */
  opened({ device, outbox }: StoreSnapshot): void {
    const lastSendId = device?.lastSendId ?? 0;
    this.#ids.used(lastSendId);
    for (const record of outbox) this.#queue.add(record, true);
    this.#unsaved.opened(lastSendId);
  }

  /** Sends what may go out now. */
  pump(): void {
    const { link, clock, data, events } = this.#options;
    if (!link.online) return;
    const now = clock.now();
    for (const { record, tried } of this.#queue.take(now)) {
      const tooLate = !tried && record.expiresAt !== undefined && record.expiresAt <= now;
      if (!tooLate) link.send(sendFrame(record, now));
      else {
        const error = new StoaError('MESSAGE_EXPIRED', 'The message expired before it could be sent.');
        data
          .transact((transaction) => this.#fail(transaction, record, error))
          .catch((failure: unknown) => events.emit('problem', problemOf(failure)));
      }
    }
    const { pausedUntil } = this.#queue;
    if (pausedUntil > now) this.#timer.setTo(pausedUntil);
  }

  disconnected(): void {
    this.#queue.disconnected();
    this.#transient.disconnected();
    this.#timer.clear();
  }

  conversationOf(id: number): ConversationId | undefined {
    return this.#queue.get(id)?.conversation;
  }

  accepted(transaction: Transaction, { id, seq, mid, ts }: Accepted): boolean {
    const { view, events, self } = this.#options;
    const before = this.#queue.get(id);
    if (before === undefined || transaction.isRemoved(before.conversation, before.order)) return false;
    const { pending, expiry, expiresAt, ...others } = before;
    const after: MessageRecord = {
      ...others,
      from: self()?.address ?? before.from,
      order: seq,
      seq,
      mid,
      ts,
      ...(expiry === undefined ? {} : { expiresAt: ts + expiry * 1000 }),
    };
    this.#replace(transaction, before, after);
    const conversation = conversationIn(transaction, after);
    const [was, is] = [view.of(before, conversation), view.of(after, conversation)];
    transaction.afterwards(() => {
      this.#queue.accepted(id);
      events.emit('update', is, was);
      this.#settle(id, (sent) => sent.resolve(is));
    });
    return true;
  }

  transientAccepted(frame: SentFrame): void {
    this.#transient.accepted(frame);
  }

  /** The server refused a frame. False when it was no send of this device. */
  refused(transaction: Transaction, frame: RefusedFrame): boolean {
    const { clock, random } = this.#options;
    if (frame.id === undefined || (frame.of !== undefined && frame.of !== 'send')) return false;
    const error = errorOf(frame);
    const record = this.#queue.get(frame.id);
    if (record === undefined) return this.#transient.refused(frame.id, error);
    if (error.retryable) {
      const times = this.#queue.postponed(record.id, clock.now(), error.retryAfterMs ?? 0, random());
      // One message that a server can never digest must not hold up all others for ever.
      if (error.code !== 'INTERNAL' || times < internalErrorsAllowed) return true;
    }
    this.#fail(transaction, record, error);
    return true;
  }

  /** Ids of the messages that wait in a conversation. */
  waitingIn(conversation: ConversationId): number[] {
    return this.#queue.idsIn(conversation);
  }

  /** The message was deleted: it is not sent any more, unless it has been already. */
  cancel(transaction: Transaction, id: number): void {
    transaction.afterwards(() => {
      this.#queue.remove(id);
      const error = new StoaError('CONFLICT', 'The message was deleted before it was sent.');
      this.#settle(id, (sent) => sent.reject(error));
    });
  }

  /** The store is being emptied: keeps what was handed in since the client was made and never sent. */
  keepUntried(transaction: Transaction): void {
    const kept = this.#queue.untried();
    for (const record of kept) {
      transaction.putConversation(conversationIn(transaction, record));
      transaction.putMessage(record);
    }
    transaction.afterwards(() => {
      this.#queue.clear();
      for (const record of kept) this.#queue.add(record, false);
    });
  }

  #fail(transaction: Transaction, before: MessageRecord, error: StoaError): void {
    const { view, events } = this.#options;
    if (transaction.isRemoved(before.conversation, before.order)) return;
    const { pending, expiry, ...others } = before;
    const { code, message, hint } = error;
    const last = lastPlace(conversationIn(transaction, before).runs);
    const after = { ...others, order: orderBehind(last, before.id), error: { code, message, hint } };
    this.#replace(transaction, before, after);
    const conversation = conversationIn(transaction, after);
    const [was, is] = [view.of(before, conversation), view.of(after, conversation)];
    transaction.afterwards(() => {
      this.#queue.remove(before.id);
      events.emit('update', is, was);
      this.#settle(before.id, (sent) => sent.reject(error));
    });
  }

  #replace(transaction: Transaction, before: MessageRecord, after: MessageRecord): void {
    transaction.removeMessage(before.conversation, before.order);
    transaction.putMessage(after);
  }

  #settle(id: number, settle: (sent: Deferred<LocalMessage>) => void): void {
    const sent = this.#sent.get(id);
    this.#sent.delete(id);
    if (sent !== undefined) settle(sent);
  }
}

function conversationIn(transaction: Transaction, { conversation }: MessageRecord): ConversationRecord {
  return transaction.conversation(conversation) ?? newConversation(conversation);
}

const internalErrorsAllowed = 10;
