import type { Marks, MessageEvent } from '@stoa/protocol';
import type { Events } from '../events.ts';
import type { ConversationRecord, MessageRecord, Transaction } from '../store/index.ts';
import type { ConversationId, LocalMessage } from '../types.ts';
import { changedRecord, type LoggedChange, recordWithMarks } from './changed-record.ts';
import { isMarkEvent, newReactions, sameMarks } from './marks.ts';
import { withoutMention } from './mentions.ts';
import type { MessageView } from './message-view.ts';
import { needsReading } from './unread.ts';

export interface ChangesOptions {
  readonly view: MessageView;
  readonly events: Events;
  /** Whether the application lets the sender change a message that it has. */
  readonly accepts: (message: LocalMessage, event: MessageEvent) => boolean;
  /** The newest message of the conversation looks different, which lists show. */
  readonly onListed: (conversation: ConversationRecord) => void;
}

/** Carries out changes of messages (edits, recalls), and tells of what looks different by it. */
export class Changes {
  readonly #options: ChangesOptions;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /**
   * A change has its place in the log. When its message is not here, nothing happens but `settle`.
   *
   * @param settle called just before the application is told
   * @returns whether the message is here
   */
  async apply(
    transaction: Transaction,
    id: ConversationId,
    change: LoggedChange,
    settle: () => void = () => {},
  ): Promise<boolean> {
    const before = await transaction.message(id, change.target);
    const after = before === undefined ? undefined : this.#changed(transaction, before, change);
    if (before !== undefined && after !== undefined && after !== before) replace(transaction, before, after);
    this.#tell(transaction, id, before, after, settle);
    return before !== undefined;
  }

  /** The server has told all that is on the message at a place, which stands for events that it told not by themselves. */
  async learnMarks(transaction: Transaction, id: ConversationId, seq: number, marks: Marks): Promise<void> {
    const before = await transaction.message(id, seq);
    const after = before === undefined ? undefined : recordWithMarks(before, marks);
    if (after !== undefined && after !== before) transaction.putMessage(after);
    this.#tell(transaction, id, before, after, () => {});
  }

  #changed(transaction: Transaction, before: MessageRecord, change: LoggedChange): MessageRecord {
    const { view, accepts } = this.#options;
    const conversation = transaction.conversation(before.conversation);
    const after = changedRecord(before, change, conversation?.runs);
    if (after === before || before.outgoing || conversation === undefined) return after;
    if (isMarkEvent(change.event)) return after;
    return accepts(view.of(before, conversation), change.event) ? after : before;
  }

  /** What is shown of the message at a place depends on more than its record, and `act` changes that. */
  async repaint(transaction: Transaction, id: ConversationId, seq: number, act: () => void): Promise<void> {
    const record = await transaction.message(id, seq);
    this.#tell(transaction, id, record, record, act);
  }

  #tell(
    transaction: Transaction,
    id: ConversationId,
    before: MessageRecord | undefined,
    after: MessageRecord | undefined,
    act: () => void,
  ): void {
    const { view, events, onListed } = this.#options;
    const conversation = transaction.conversation(id);
    transaction.afterwards(() => {
      if (before === undefined || after === undefined || conversation === undefined) {
        act();
        return;
      }
      const was = view.of(before, conversation);
      act();
      const is = view.of(after, conversation);
      if (!looksDifferent(was, is)) return;
      events.emit('update', is, was);
      if (is.outgoing && before !== after) {
        for (const reaction of newReactions(was, is, is.from)) events.emit('reaction', is, reaction);
      }
      if (before === after && conversation.latest?.order === after.order) onListed(conversation);
    });
  }
}

/** Puts a changed message in its place; when it is gone, nobody needs to read it any more. */
function replace(transaction: Transaction, before: MessageRecord, after: MessageRecord): void {
  const record = transaction.conversation(after.conversation);
  const needsNoMore = needsReading(before) && !needsReading(after);
  if (record !== undefined && needsNoMore && after.seq > record.read) {
    transaction.putConversation({ ...record, skipped: record.skipped + 1 });
  }
  const now = transaction.conversation(after.conversation);
  if (now !== undefined && after.content === undefined) {
    const without = withoutMention(now, after.seq);
    if (without !== now) transaction.putConversation(without);
  }
  transaction.putMessage(after);
}

function looksDifferent(a: LocalMessage, b: LocalMessage): boolean {
  return (
    a.content !== b.content ||
    a.gone !== b.gone ||
    a.edited !== b.edited ||
    a.changing !== b.changing ||
    !sameMarks(a, b) ||
    a.status !== b.status
  );
}
