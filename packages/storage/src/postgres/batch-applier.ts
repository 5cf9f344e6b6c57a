import type { ConversationKey, NewMessage } from '../store.ts';
import type { Connection } from './connections.ts';
import { ConversationIds, createConversations } from './conversation-ids.ts';
import type { Operation, Outcome } from './log-batch.ts';
import { type Found, LogChanges, sendName } from './log-changes.ts';
import {
  findAging,
  findMembers,
  findReaders,
  findSends,
  findTakers,
  lockConversations,
  takeMessageIds,
} from './log-lookups.ts';
import { changeStatements } from './log-statements.ts';
import { ConflictError } from './postgres-errors.ts';
import { type Finish, transaction } from './transaction.ts';

/**
 * Carries out batches: one transaction and one sync each, in three round trips however many operations there are.
 *
 * Other nodes write at the same time. Whatever a batch changes belongs to conversations, and those are locked first;
 * what is read after that is true until the commit. So places have no gaps, and a send that another node has just
 * committed is found. (The same send into two conversations at once, which no lock sees, is stopped by the unique index;
 * the batch is run again, and finds it.)
 */
export class BatchApplier {
  readonly #ids = new ConversationIds();

  /** The outcome of each operation, in order. Rejects when none of them was carried out. */
  apply(connection: Connection, operations: readonly Operation[]): Promise<Outcome[]> {
    return transaction(connection, 'read committed', () => this.#work(connection, operations));
  }

  async #work(connection: Connection, operations: readonly Operation[]): Promise<Finish<Outcome[]>> {
    const messages: NewMessage[] = [];
    const members: { uid: number; conv: number }[] = [];
    for (const operation of operations) {
      if (operation.kind === 'append') messages.push(operation.message);
      else members.push(operation.advance);
    }
    await this.#findConversations(connection, messages);
    const heads = await this.#lock(connection, messages, members);
    const [sends, found, aging, takers, readers, mids] = await Promise.all([
      findSends(connection, messages.filter(isIdentified)),
      findMembers(connection, members),
      findAging(connection, new Set(members.map(({ conv }) => conv))),
      messages.length === 0 ? new Map<number, number[]>() : findTakers(connection, heads.values()),
      findReaders(connection, this.#changesInTurn(messages, heads)),
      takeMessageIds(connection, messages.length),
    ]);
    const changes = new LogChanges({ heads, members: found, aging, takers, readers, sends, mids });
    const outcomes = operations.map((operation) => this.#carryOut(operation, changes));
    return { statements: changeStatements(changes), result: () => outcomes };
  }

  #carryOut(operation: Operation, changes: LogChanges): Outcome {
    if (operation.kind === 'advance') return { kind: 'moved', moves: changes.advance(operation.advance) };
    const { message } = operation;
    const appended = changes.append(message, this.#ids.get(message.conversation));
    if (appended !== undefined) return { kind: 'appended', appended };
    return { kind: 'failed', message: 'there is no such app or user' };
  }

  #changesInTurn(messages: readonly NewMessage[], heads: Found['heads']) {
    return messages.flatMap(({ conversation, change }) => {
      const head = change && heads.get(this.#ids.get(conversation) ?? 0);
      if (head?.turns === undefined || change === undefined) return [];
      return [{ conv: head.conv, gid: head.turns.gid, target: change.target }];
    });
  }

  async #lock(
    connection: Connection,
    messages: readonly NewMessage[],
    members: readonly { readonly conv: number }[],
  ): Promise<Found['heads']> {
    const keys = new Map<number, ConversationKey>();
    for (const { conversation } of messages) {
      const conv = this.#ids.get(conversation);
      if (conv !== undefined) keys.set(conv, conversation);
    }
    const heads = await lockConversations(
      connection,
      new Set([...keys.keys(), ...members.map(({ conv }) => conv)]),
    );
    // Removed with its app, or never committed: what is to be done must be found out anew.
    const gone = [...keys].filter(([conv]) => !heads.has(conv));
    for (const [, key] of gone) this.#ids.forget(key);
    if (gone.length > 0) throw new ConflictError('A conversation was removed.');
    return heads;
  }

  /** Makes those that are missing, but not for a send that was appended elsewhere before. */
  async #findConversations(connection: Connection, messages: readonly NewMessage[]): Promise<void> {
    const isUnknown = ({ conversation }: NewMessage) => this.#ids.get(conversation) === undefined;
    const unknown = messages.filter(isUnknown);
    if (unknown.length === 0) return;
    await this.#ids.find(connection, unknown.map(toKey));
    const missing = new Set(unknown.filter(isUnknown));
    if (missing.size === 0) return;
    const sends = new Set((await findSends(connection, messages.filter(isIdentified))).keys());
    const needed: NewMessage[] = [];
    for (const message of messages) {
      const name = sendName(message);
      if (name !== undefined && sends.has(name)) continue;
      if (name !== undefined) sends.add(name);
      if (missing.has(message)) needed.push(message);
    }
    if (needed.length === 0) return;
    await createConversations(connection, needed.map(toKey));
    await this.#ids.find(connection, needed.map(toKey));
  }
}

const toKey = ({ conversation }: NewMessage): ConversationKey => conversation;
const isIdentified = ({ id }: NewMessage): boolean => id !== null;
