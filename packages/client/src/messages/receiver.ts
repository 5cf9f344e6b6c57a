import type {
  ConversationFrame,
  GroupNoticeFrame,
  MessageFrame,
  PageFrame,
  ReceiptFrame,
  ReceiptsFrame,
  SentFrame,
} from '@stoa/protocol';
import type { ServerClock } from '../clock.ts';
import {
  conversationId,
  doneUpTo,
  lastPlace,
  newConversation,
  withHiddenPlaces,
} from '../conversations/index.ts';
import type { Events } from '../events.ts';
import { type MessageRecord, orderBehind, type Transaction } from '../store/index.ts';
import type { ConversationId, LocalMessage, Origin, Self } from '../types.ts';
import { type LoggedChange, loggedChange } from './changed-record.ts';
import type { Changes } from './changes.ts';
import type { Cursors } from './cursors.ts';
import { withDisappearance } from './disappearance.ts';
import { EarlyReceipts } from './early-receipts.ts';
import { mentions, withMention } from './mentions.ts';
import { conversationOfMessage, messageRecord } from './message-record.ts';
import type { MessageView } from './message-view.ts';
import { isDeletedHere, type OwnMessages } from './own-messages.ts';
import { progressOfMembers } from './peer-progress.ts';
import { emptyPlace, emptyPlacesBefore, fillPlace } from './places.ts';
import type { Arrived, Sequence } from './sequence.ts';

export interface ReceiverOptions {
  readonly sequence: Sequence;
  readonly cursors: Cursors;
  readonly view: MessageView;
  readonly events: Events;
  readonly changes: Changes;
  readonly serverClock: ServerClock;
  readonly self: () => Self | undefined;
  /** Whether the application wants to have a message of somebody else. */
  readonly wants: (message: LocalMessage) => boolean;
  readonly own: OwnMessages;
  /** Somebody changed a message that is not here. */
  readonly onMissed: (id: ConversationId, change: LoggedChange) => void;
  /** Something of the conversation is stored that the server wants to know of; `streamed`: it waits for it. */
  readonly onStored: (id: ConversationId, streamed: boolean) => void;
}

/**
 * Takes what the server says about messages into the store. Each message is stored and announced once and in
 * order, whatever comes twice, late or through history.
 */
export class Receiver {
  readonly #options: ReceiverOptions;
  #signedInAt = 0;
  readonly #early = new EarlyReceipts();

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** A session began at this time of the server. Messages from before waited for it. */
  connected(time: number): void {
    this.#signedInAt = time;
    this.#early.clear();
  }

  async message(transaction: Transaction, frame: MessageFrame): Promise<void> {
    const self = this.#options.self();
    if (self === undefined) return;
    const id = conversationOfMessage(frame, self);
    if (frame.seq === 0) {
      this.#transient(transaction, id, frame, self);
      return;
    }
    this.#options.onStored(id, true);
    await this.#arrive(transaction, id, frame.conv, { seq: frame.seq, message: frame }, self);
  }

  /** The server has stored what this device sent. */
  async sent(transaction: Transaction, frame: SentFrame): Promise<void> {
    const { own, sequence, onStored } = this.#options;
    const self = this.#options.self();
    // A send that was deleted meanwhile still takes its place.
    const id = own.conversationOf(frame.id) ?? transaction.conversationOf(frame.conv);
    if (self === undefined || id === undefined) return;
    sequence.adopt(transaction, id, frame.conv);
    await own.accept(transaction, id, frame);
    onStored(id, false);
    await this.#arrive(transaction, id, frame.conv, { seq: frame.seq, message: 'stored' }, self);
  }

  /** State of a conversation. Its messages may go on beyond those that are here: what is between is history. */
  async conversation(transaction: Transaction, frame: ConversationFrame): Promise<void> {
    const { sequence, cursors } = this.#options;
    const self = this.#options.self();
    const target = frame.gid === undefined ? { peer: frame.peer ?? '' } : { gid: frame.gid };
    const id = conversationId(target);
    const record = sequence.adopt(transaction, id, frame.conv);
    noteGroup(transaction, id, { name: frame.name, left: frame.left === true });
    const before = transaction.conversation(id) ?? record;
    const arrived = sequence.skipTo(transaction, before, frame.from);
    if (frame.hidden !== undefined) {
      const skippedTo = transaction.conversation(id) ?? before;
      transaction.putConversation(withHiddenPlaces(skippedTo, frame.hidden));
    }
    if (self !== undefined) await this.#take(transaction, id, arrived, self);
    await cursors.moveOwn(transaction, id, frame.read, this.#options.serverClock.now());
    if (frame.peerCursor !== undefined) await cursors.movePeer(transaction, id, frame.peerCursor);
    for (const told of this.#early.take(frame.conv)) {
      if (told.t === 'receipt') await this.receipt(transaction, told);
      else await this.receipts(transaction, told);
    }
  }

  async receipt(transaction: Transaction, frame: ReceiptFrame): Promise<void> {
    const { cursors } = this.#options;
    const id = transaction.conversationOf(frame.conv);
    if (id === undefined) return this.#early.keep(frame);
    const { user, delivered = 0, read = 0, ts } = frame;
    if (user === this.#options.self()?.address) await cursors.moveOwn(transaction, id, read, ts);
    // In a group every member has cursors of his own; they are not kept here.
    else if (id === conversationId({ peer: user })) {
      await cursors.movePeer(transaction, id, { delivered, deliveredAt: ts, read, readAt: ts });
    }
  }

  /** Cursors of members of a group. What the first of those has received or read for whom it is was delivered or read. */
  async receipts(transaction: Transaction, frame: ReceiptsFrame): Promise<void> {
    const id = transaction.conversationOf(frame.conv);
    if (id === undefined) return this.#early.keep(frame);
    const { members, ts } = frame;
    const told = { conversation: id, members, ts };
    transaction.afterwards(() => this.#options.events.emit('receipts', told));
    for (const progress of progressOfMembers(frame)) {
      await this.#options.cursors.movePeer(transaction, id, progress);
    }
  }

  /** Something about a group has changed. */
  group(transaction: Transaction, { t: _, ...change }: GroupNoticeFrame): void {
    const { gid, event, group, reason } = change;
    const id = conversationId({ gid });
    if (group !== undefined) {
      if (transaction.conversation(id) === undefined)
        this.#options.sequence.adopt(transaction, id, group.conv);
      noteGroup(transaction, id, { name: group.name, ...(event === 'joined' ? { left: false } : {}) });
    } else if (event === 'left' && reason !== 'denied') noteGroup(transaction, id, { left: true });
    transaction.afterwards(() => this.#options.events.emit('group', change));
  }

  /**
   * A page of the messages after place `after`, asked for because a later one has come. The server has given
   * everything before that one a place, so what the page does not begin with cannot be had.
   */
  async missing(transaction: Transaction, id: ConversationId, after: number, page: PageFrame): Promise<void> {
    const self = this.#options.self();
    if (self === undefined) return;
    for (const frame of page.messages) {
      await this.#arrive(transaction, id, frame.conv, { seq: frame.seq, message: frame }, self);
    }
    if (lastPlace(transaction.conversation(id)?.runs ?? []) === after)
      await this.skipMissing(transaction, id);
    this.#options.onStored(id, true);
  }

  /** What is missing cannot be had: goes on with what has come. */
  async skipMissing(transaction: Transaction, id: ConversationId): Promise<void> {
    const { sequence } = this.#options;
    const self = this.#options.self();
    const first = sequence.firstEarly(id);
    const record = transaction.conversation(id);
    if (self === undefined || first === undefined || record === undefined) return;
    // Nobody can read them.
    const skipped =
      record.skipped + Math.max(0, first - 1 - Math.max(lastPlace(record.runs), doneUpTo(record)));
    const arrived = sequence.skipTo(transaction, { ...record, skipped }, first - 1);
    await this.#take(transaction, id, arrived, self);
    this.#options.onStored(id, true);
  }

  #transient(transaction: Transaction, id: ConversationId, frame: MessageFrame, self: Self): void {
    const { view, events } = this.#options;
    if (frame.content === undefined) return;
    const conversation = transaction.conversation(id) ?? newConversation(id);
    const order = orderBehind(lastPlace(conversation.runs), frame.mid);
    const record = messageRecord(frame, id, order, self, true);
    if (!record.outgoing && !this.#isWanted(transaction, record)) return;
    const local = view.of(record, conversation);
    const origin = local.outgoing ? 'self' : 'realtime';
    transaction.afterwards(() => events.emit('message', local, origin));
  }

  async #arrive(
    transaction: Transaction,
    id: ConversationId,
    conv: number,
    arrived: Arrived,
    self: Self,
  ): Promise<void> {
    const { sequence } = this.#options;
    const record = sequence.adopt(transaction, id, conv);
    await this.#learnAhead(transaction, id, arrived, self);
    await this.#take(transaction, id, sequence.arrive(record, arrived), self);
  }

  /**
   * What was read from the log stands for events before it, also when it has its place here already: it came twice, or
   * its place was known by the answer to the send.
   */
  async #learnAhead(
    transaction: Transaction,
    id: ConversationId,
    { message }: Arrived,
    self: Self,
  ): Promise<void> {
    if (message === 'stored' || message.marks === undefined) return;
    const { changes } = this.#options;
    if (message.event === undefined) return changes.learnMarks(transaction, id, message.seq, message.marks);
    const change = loggedChange(message);
    const isOwn = message.from === self.address && message.dev === self.dev;
    if (isOwn && change !== undefined) await changes.apply(transaction, id, change);
  }

  /** These have their turn. */
  async #take(
    transaction: Transaction,
    id: ConversationId,
    arrived: readonly Arrived[],
    self: Self,
  ): Promise<void> {
    const { own } = this.#options;
    for (const { seq, message } of arrived) {
      if (message !== 'stored' && message.first !== undefined) emptyPlacesBefore(transaction, id, seq);
      if (message === 'stored') await own.place(transaction, id, seq);
      else await this.#store(transaction, id, message, self);
    }
  }

  async #store(transaction: Transaction, id: ConversationId, frame: MessageFrame, self: Self): Promise<void> {
    const { own, view, events, changes, serverClock, onMissed } = this.#options;
    const outgoing = frame.from === self.address;
    if (outgoing && frame.dev === self.dev) {
      // Sent from here: the answer to the send was lost, or it came before.
      const isAnswer = await own.accept(transaction, id, frame);
      const known = isAnswer || (await transaction.message(id, frame.seq));
      if (known) {
        const { seq, event, marks } = frame;
        if (event === undefined && marks !== undefined) await changes.learnMarks(transaction, id, seq, marks);
        return own.place(transaction, id, seq);
      }
    }
    if (frame.event !== undefined) {
      const change = loggedChange(frame);
      emptyPlace(transaction, id, frame.seq);
      if (change !== undefined && !(await changes.apply(transaction, id, change))) onMissed(id, change);
      return;
    }
    if (frame.gone === 'disappeared' || isDeletedHere(transaction, id, frame.seq)) {
      emptyPlace(transaction, id, frame.seq);
      return;
    }
    const inTime = !this.#expiredOnItsWay(frame.expires);
    const received: MessageRecord = messageRecord(frame, id, frame.seq, self, outgoing || inTime);
    if (!outgoing && !this.#isWanted(transaction, received)) {
      emptyPlace(transaction, id, frame.seq);
      return;
    }
    const readable = received.content !== undefined;
    fillPlace(transaction, id, frame.seq, !outgoing && readable);
    const placed = transaction.conversation(id);
    if (placed === undefined) return;
    const conversation = mentions(received, self.address) ? withMention(placed, frame.seq) : placed;
    if (conversation !== placed) transaction.putConversation(conversation);
    const record = withDisappearance(received, conversation, serverClock.now());
    transaction.putMessage(record);
    if (!outgoing && !readable) return;
    const local = view.of(record, conversation);
    const origin = this.#originOf(local.outgoing, frame.ts);
    transaction.afterwards(() => events.emit('message', local, origin));
  }

  #isWanted(transaction: Transaction, record: MessageRecord): boolean {
    const { view, wants } = this.#options;
    const conversation =
      transaction.conversation(record.conversation) ?? newConversation(record.conversation);
    return record.content === undefined || wants(view.of(record, conversation));
  }

  /**
   * What had expired before this session the server has sent on purpose: another device of the user got it in time.
   * What expires later was not delivered in time, and its sender is told so.
   */
  #expiredOnItsWay(expires: number | undefined): boolean {
    if (expires === undefined) return false;
    return expires > this.#signedInAt && expires <= this.#options.serverClock.now();
  }

  #originOf(outgoing: boolean, ts: number): Origin {
    if (outgoing) return 'self';
    return ts < this.#signedInAt ? 'pending' : 'realtime';
  }
}

/** What is known of a conversation beside its messages. */
function noteGroup(
  transaction: Transaction,
  id: ConversationId,
  change: { name?: string; left?: boolean },
): void {
  const record = transaction.conversation(id);
  if (record === undefined) return;
  const { name = record.name, left = record.left ?? false } = change;
  if (record.name !== name || (record.left ?? false) !== left)
    transaction.putConversation({ ...record, name, left });
}
