import {
  messageFlags,
  type RefusedFrame,
  type ScheduledFrame,
  type SentFrame,
  StoaError,
} from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { errorOf, type Link } from '../connection/index.ts';
import { lastPlace, newConversation } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import {
  type Accepted,
  type Changes,
  type MessageView,
  type PendingChange,
  type PendingChanges,
  type SentMessages,
  withChange,
  withDisappearance,
} from '../messages/index.ts';
import { problemOf } from '../problem.ts';
import {
  type ConversationRecord,
  type LocalData,
  type MessageRecord,
  orderBehind,
  outboxOrder,
  type StoreSnapshot,
  type Transaction,
} from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { Changing, ConversationId, Draft, LocalMessage, Self, Sending, Target } from '../types.ts';
import { ageOf } from '../values/index.ts';
import { ChangeSends } from './change-sends.ts';
import { checkChange } from './check-change.ts';
import { checkDraft } from './check-draft.ts';
import { type HandedIn, recordOfDraft, sendFrame, withdrawn } from './draft-record.ts';
import { Promises } from './promises.ts';
import { type IdShare, SendIds } from './send-ids.ts';
import { SendQueue } from './send-queue.ts';
import { TransientSends } from './transient-sends.ts';
import { UnsavedSends } from './unsaved-sends.ts';
import { WaitingChanges } from './waiting-changes.ts';

export interface OutboxOptions {
  readonly data: LocalData;
  readonly link: Link;
  readonly view: MessageView;
  readonly events: Events;
  readonly changes: Changes;
  /** Changes that wait here, for those who show messages. */
  readonly pending: PendingChanges;
  readonly clock: Clock;
  readonly random: () => number;
  /** Which ids of sends are to be used; default: all. */
  readonly idShare?: IdShare | undefined;
  readonly self: () => Self | undefined;
}

export interface SendOptions {
  /** A message that failed, whose place it takes. */
  readonly repeats?: LocalMessage;
  /** Absent when it is handed in here and now. */
  readonly handedIn?: HandedIn;
}

/**
 * Messages, and changes of messages, on their way out. Each is stored before it is sent, sent in order, and sent again with the same id on every
 * connection until the server has answered.
 */
export class Outbox implements SentMessages {
  readonly #options: OutboxOptions;
  readonly #ids: SendIds;
  readonly #queue = new SendQueue();
  readonly #transient: TransientSends;
  /** Settled when the server has answered a message. */
  readonly #sent = new Promises<LocalMessage>();
  readonly #changes: ChangeSends;
  readonly #waiting: WaitingChanges;
  readonly #unsaved: UnsavedSends;
  readonly #timer: Timer;
  /** Ids that sends had before the store was open. */
  readonly #newIds = new Map<number, number>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#ids = new SendIds(() => options.clock.now(), options.idShare);
    this.#transient = new TransientSends(options);
    this.#timer = new Timer(options.clock, () => this.pump());
    this.#unsaved = new UnsavedSends({
      ...options,
      ids: this.#ids,
      complete: withAge,
      onSaved: (records) => {
        for (const record of records) this.#queue.add(record, false);
        this.pump();
      },
      onFailed: (id, error) => {
        this.#sent.reject(id, error);
        this.#changes.failed(id, error);
      },
      onNewId: (from, to) => {
        this.#newIds.set(from, to);
        this.#sent.settleWith(from, this.#sent.of(to));
        this.#changes.renamed(from, to);
      },
    });
    const parts = { ...options, ids: this.#ids, queue: this.#queue, unsaved: this.#unsaved };
    this.#changes = new ChangeSends(parts);
    this.#waiting = new WaitingChanges({
      ...parts,
      changes: this.#changes,
      idOf: ({ id }) => this.#newIds.get(id) ?? id,
      sent: (id) => this.#sent.of(id),
      drop: (transaction, id) => this.#drop(transaction, id),
    });
  }

  /** @throws StoaError BAD_FRAME or TOO_LARGE when no server would take it. */
  send(target: Target, draft: Draft, { repeats, handedIn }: SendOptions = {}): Sending {
    const { clock, random, self, view } = this.#options;
    const content = checkDraft(target, draft);
    const own = handedIn ?? {
      id: this.#ids.next(),
      localId: Math.floor(random() * 2 ** 32),
      now: clock.now(),
    };
    const made = recordOfDraft(target, draft, content, { ...own, from: self()?.address ?? '' });
    const record = handedIn === undefined ? made : this.#withOwnId(made);
    if (record.flags & messageFlags.transient) return this.#transient.send(record, clock.now());
    const given = view.of(made, newConversation(made.conversation));
    this.#unsaved.add(record, (transaction, saved) => this.#announce(transaction, saved, given, repeats));
    return { message: given, sent: this.#sent.of(record.id) };
  }

  /** Settles when the server has answered a message that waits. */
  answerTo(id: number): Promise<LocalMessage> {
    return this.#sent.of(id);
  }

  /**
   * Changes an own message, or marks any.
   *
   * @throws StoaError BAD_REQUEST, PERMISSION_DENIED, BAD_FRAME or TOO_LARGE when no server would take it.
   */
  change(message: LocalMessage, wanted: PendingChange): Changing {
    const change = checkChange(message, wanted);
    const done =
      message.status === 'outbox'
        ? this.#waiting.change(message, change).finally(() => this.pump())
        : this.#changes.send(message, change);
    done.catch(() => {});
    return { message: withChange(message, change, this.#options.self()?.address), done };
  }

  /** The store is open: goes on with what waits there. */
  opened({ device, outbox }: StoreSnapshot): void {
    const lastSendId = device?.lastSendId ?? 0;
    this.#ids.used(lastSendId);
    for (const record of outbox) {
      this.#queue.add(record, true);
      if (record.event !== undefined) this.#changes.opened(record);
    }
    this.#unsaved.opened(lastSendId);
  }

  /** Messages that the server has not answered yet. */
  waiting(): MessageRecord[] {
    return this.#queue.messages();
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

  async accepted(transaction: Transaction, answer: Accepted): Promise<boolean> {
    const { view, events, self } = this.#options;
    const { id, seq, mid, ts } = answer;
    const before = this.#queue.get(id);
    if (before === undefined || transaction.isRemoved(before.conversation, before.order)) return false;
    if (before.event !== undefined) {
      await this.#changes.accepted(transaction, before, answer);
      return true;
    }
    const { pending, expiry, expiresAt, revision, scheduledAt, ...others } = before;
    const last = lastPlace(conversationIn(transaction, before).runs);
    const placed: MessageRecord = {
      ...others,
      from: self()?.address ?? before.from,
      order: seq === 0 ? orderBehind(last, mid) : seq,
      seq,
      mid,
      ts,
      ...(expiry === undefined ? {} : { expiresAt: ts + expiry * 1000 }),
    };
    transaction.removeMessage(before.conversation, before.order);
    const conversation = conversationIn(transaction, placed);
    const after = withDisappearance(placed, conversation, ts);
    transaction.putMessage(after);
    transaction.afterwards(() => this.#queue.accepted(id));
    this.#waiting.accepted(transaction, before, seq);
    transaction.afterwards(() => {
      const is = view.of(after, conversation);
      if (scheduledAt === undefined) events.emit('update', is, view.of(before, conversation));
      else this.#appears(is);
      this.#sent.resolve(id, is);
    });
    return true;
  }

  /** The server will send the message in time. */
  scheduled(transaction: Transaction, { id, at }: ScheduledFrame): void {
    const { view, events } = this.#options;
    const before = this.#queue.get(id);
    if (before === undefined || transaction.isRemoved(before.conversation, before.order)) return;
    const { pending, revision, ...others } = before;
    const after: MessageRecord = { ...others, scheduledAt: at };
    transaction.putMessage(after);
    const conversation = conversationIn(transaction, after);
    transaction.afterwards(() => {
      this.#queue.accepted(id);
      events.emit('scheduled');
      this.#sent.resolve(id, view.of(after, conversation));
    });
  }

  /** Takes a message back that never went out. Otherwise resolves to false, when the server has answered it. */
  async withdraw(id: number): Promise<boolean> {
    const made = await this.#waiting.make(id, { event: 'recall', content: {} }, false);
    if (made !== undefined) this.#options.events.emit('scheduled');
    else if (this.#queue.get(id) !== undefined) await this.#sent.of(id);
    return made !== undefined;
  }

  /** The server has passed a message on, and not stored it. */
  async acceptedWithoutPlace(transaction: Transaction, frame: SentFrame): Promise<void> {
    if (this.#queue.get(frame.id) !== undefined) await this.accepted(transaction, frame);
    else transaction.afterwards(() => this.#transient.accepted(frame));
  }

  /** The server refused a frame. False when it was no send of this device. */
  async refused(transaction: Transaction, frame: RefusedFrame): Promise<boolean> {
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
    if (record.event === undefined) this.#fail(transaction, record, error);
    else await this.#changes.refused(transaction, record, error);
    return true;
  }

  waitingIn(conversation: ConversationId): number[] {
    return this.#queue.idsIn(conversation);
  }

  hiddenIn(conversation: ConversationId): MessageRecord[] {
    return this.#queue.hiddenIn(conversation);
  }

  /** The message was deleted: it is not sent any more. Should the server have it already, that is remembered. */
  cancel(transaction: Transaction, id: number): void {
    const record = this.#queue.get(id);
    if (record !== undefined && this.#queue.isTried(id)) transaction.putMessage(withdrawn(record));
    this.#drop(transaction, id);
  }

  #drop(transaction: Transaction, id: number): void {
    transaction.afterwards(() => {
      this.#queue.remove(id);
      const error = new StoaError('CONFLICT', 'The message was deleted before it was sent.');
      this.#sent.reject(id, error);
    });
  }

  /** The store is being emptied: keeps the messages that were handed in since the client was made and never sent. */
  keepUntried(transaction: Transaction): void {
    const kept = this.#queue.untried();
    for (const record of kept) {
      transaction.putConversation(conversationIn(transaction, record));
      transaction.putMessage(record);
    }
    transaction.afterwards(() => {
      this.#queue.clear();
      this.#options.pending.clear();
      for (const record of kept) this.#queue.add(record, false);
    });
  }

  /** Pages make ids by the same clock, and two may make the same one. */
  #withOwnId(record: MessageRecord): MessageRecord {
    const id = this.#ids.claim(record.id);
    if (id === record.id) return record;
    this.#newIds.set(record.id, id);
    return { ...record, id, pending: id, order: outboxOrder(id) };
  }

  #fail(transaction: Transaction, before: MessageRecord, error: StoaError): void {
    const { view, events } = this.#options;
    if (transaction.isRemoved(before.conversation, before.order)) return;
    const left = this.#waiting.refused(transaction, before, error);
    transaction.removeMessage(before.conversation, before.order);
    if (left === undefined) {
      const { conversation, order, id } = before;
      this.#drop(transaction, id);
      transaction.afterwards(() => events.emit('removed', { conversation, orders: [order] }));
      return;
    }
    const { pending, expiry, scheduledAt, ...others } = left;
    const { code, message, hint } = error;
    const last = lastPlace(conversationIn(transaction, before).runs);
    const after = { ...others, order: orderBehind(last, before.id), error: { code, message, hint } };
    transaction.putMessage(after);
    const conversation = conversationIn(transaction, after);
    const [was, is] = [view.of(before, conversation), view.of(after, conversation)];
    transaction.afterwards(() => {
      this.#queue.remove(before.id);
      if (scheduledAt === undefined) events.emit('update', is, was);
      else this.#appears(is);
      this.#sent.reject(before.id, error);
    });
  }

  /** A scheduled message that was in no conversation yet. */
  #appears(message: LocalMessage): void {
    this.#options.events.emit('message', message, 'outgoing');
    this.#options.events.emit('scheduled');
  }

  /** A message was stored. */
  #announce(
    transaction: Transaction,
    record: MessageRecord,
    given: LocalMessage,
    repeats: LocalMessage | undefined,
  ): void {
    const { view, events } = this.#options;
    if (repeats !== undefined) transaction.removeMessage(repeats.conversation, repeats.order);
    const local = view.of(record, conversationIn(transaction, record));
    transaction.afterwards(() => {
      if (record.scheduledAt !== undefined) {
        events.emit('scheduled');
        return;
      }
      if (local.id !== given.id) events.emit('update', local, given);
      if (repeats === undefined) events.emit('message', local, 'outgoing');
      else events.emit('update', local, repeats);
    });
  }
}

/** What the user has set for the conversation holds for a message that says nothing else. */
function withAge(transaction: Transaction, record: MessageRecord): MessageRecord {
  const age = record.event === undefined ? ageOf(transaction, record.conversation) : undefined;
  return record.age !== undefined || age === undefined ? record : { ...record, age };
}

function conversationIn(transaction: Transaction, { conversation }: MessageRecord): ConversationRecord {
  return transaction.conversation(conversation) ?? newConversation(conversation);
}

const internalErrorsAllowed = 10;
