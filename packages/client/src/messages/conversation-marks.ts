import { conversationId, newConversation } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { ConversationRecord, LocalData, Transaction } from '../store/index.ts';
import type { BlockedParts, Target } from '../types.ts';
import {
  blockedKey,
  contactKey,
  isBlocked,
  type KnownValues,
  keyOf,
  meaningOf,
  type SharedValues,
} from '../values/index.ts';

export interface ConversationMarksOptions {
  readonly data: LocalData;
  readonly values: SharedValues;
  readonly events: Events;
  /** The conversation looks different. */
  readonly onLooks: (conversation: ConversationRecord) => void;
}

/** What the user's devices share about conversations: drafts, marks, who is blocked. */
export class ConversationMarks {
  readonly #options: ConversationMarksOptions;

  constructor(options: ConversationMarksOptions) {
    this.#options = options;
  }

  set<Kind extends keyof KnownValues>(
    kind: Kind,
    target: Target,
    value: KnownValues[Kind] | undefined,
  ): Promise<void> {
    const { data, values } = this.#options;
    const key = keyOf(kind, conversationId(target));
    // Typing changes a draft at every key.
    const delayMs = kind === 'draft' && value !== undefined ? draftDelayMs : 0;
    return data.transact((transaction) => values.set(transaction, key, value, delayMs));
  }

  /** @param value undefined: nothing of him is kept from the user any more */
  block(address: string, value: BlockedParts | undefined): Promise<void> {
    const { data, values } = this.#options;
    return data.transact((transaction) => values.set(transaction, blockedKey(address), value));
  }

  /** `levels`: access levels that the contact has from now on; absent: those that he has. */
  setContact(address: string, isContact: boolean, levels?: readonly number[]): Promise<void> {
    const { data, values } = this.#options;
    return data.transact((transaction) => {
      const known = Object(transaction.value(contactKey(address))?.value) as object;
      const value = isContact ? { ...known, ...(levels !== undefined && { levels }) } : undefined;
      return values.set(transaction, contactKey(address), value);
    });
  }

  /** A shared value is another one. */
  changed(transaction: Transaction, key: string, value: unknown): void {
    const meaning = meaningOf(key);
    if (meaning === undefined || meaning.kind === 'deleted' || meaning.kind === 'cleared') return;
    const { data, events, onLooks } = this.#options;
    if (meaning.kind === 'contact') {
      transaction.afterwards(() => events.emit('contact', meaning.address, value !== undefined));
      return;
    }
    const id = meaning.kind === 'blocked' ? conversationId({ peer: meaning.address }) : meaning.id;
    const isNew = transaction.conversation(id) === undefined;
    if (isNew && isArrangement(meaning.kind) && value !== undefined) {
      transaction.putConversation(newConversation(id));
    }
    transaction.afterwards(() => {
      if (meaning.kind === 'blocked')
        events.emit('blocked', meaning.address, isBlocked(data, meaning.address));
      const record = data.conversation(id);
      // A new one is told of anyway.
      if (record !== undefined && !isNew) onLooks(record);
    });
  }
}

/** What is told of a conversation that has no messages yet. */
function isArrangement(kind: string): boolean {
  return ['draft', 'muted', 'archived', 'favourite', 'hidden'].includes(kind);
}

/** How long the other devices may wait for what is being typed. */
const draftDelayMs = 1_000;
