/**
 * What crosses to the writer's thread. Appends and advances travel as rows of numbers in one typed array, and contents
 * in one buffer; both are moved, not copied. (For a thousand messages that takes a twentieth of the time of cloning a
 * thousand objects, and most of that time would be the event loop's.)
 * @module
 */

import type { EpochGuard } from '../sql/executor.ts';
import type { SqlStatement } from '../sql/sql-statement.ts';
import type { ConversationKey, CursorAdvance, NewMessage } from '../store.ts';

/** Numbers per operation; the first is its kind. */
const operationWidth = 16;

const kinds = { append: 1, advance: 2, sql: 3 } as const;
const advanceKinds = ['received', 'seen', 'read'] as const;

export interface BatchRequest {
  readonly count: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly contents: Uint8Array<ArrayBuffer>;
  /** What only few messages have; an append names its own by place. */
  readonly extras: readonly MessageExtra[];
  readonly sql: readonly SqlOperation[];
}

/** With a guard, the statements are run only if it holds. */
interface SqlOperation {
  readonly statements: readonly SqlStatement[];
  readonly guard?: EpochGuard;
}

export type MessageExtra = Pick<NewMessage, 'change' | 'age' | 'noted'>;

export type Operation =
  | { readonly kind: 'append'; readonly message: NewMessage }
  | { readonly kind: 'advance'; readonly advance: CursorAdvance }
  /** `place`: among the operations of kind sql. */
  | ({ readonly kind: 'sql'; readonly place: number } & SqlOperation);

/** Collects operations. Arguments are copied at once: the caller may reuse its buffers. */
export class BatchEncoder {
  #numbers = new Float64Array(8 * operationWidth);
  #contents = new Uint8Array(1024);
  #contentsLength = 0;
  #count = 0;
  readonly #extras: MessageExtra[] = [];
  readonly #sql: SqlOperation[] = [];

  get count(): number {
    return this.#count;
  }

  get contentBytes(): number {
    return this.#contentsLength;
  }

  append(message: NewMessage): void {
    const { conversation, content } = message;
    const at = this.#next();
    const to = this.#numbers;
    to[at] = kinds.append;
    to[at + 1] = conversation.aid;
    to[at + 2] = conversation.kind === 'pair' ? conversation.a : conversation.gid;
    to[at + 3] = conversation.kind === 'pair' ? conversation.b : Number.NaN;
    to[at + 4] = message.sender;
    to[at + 5] = message.dev;
    to[at + 6] = message.id ?? Number.NaN;
    to[at + 7] = message.ts;
    to[at + 8] = message.type;
    to[at + 9] = message.flags;
    to[at + 10] = message.localId;
    to[at + 11] = message.ref ?? Number.NaN;
    to[at + 12] = message.expiresAt;
    to[at + 13] = this.#contentsLength;
    to[at + 14] = content.length;
    const { change, age, noted } = message;
    // Left at 0 by ordinary messages.
    if (change !== undefined || age !== undefined || noted !== undefined) {
      to[at + 15] = this.#extras.push({
        ...(change && { change }),
        ...(age && { age }),
        ...(noted && { noted }),
      });
    }
    this.#addContent(content);
  }

  advance(advance: CursorAdvance): void {
    const at = this.#next();
    const to = this.#numbers;
    to[at] = kinds.advance;
    to[at + 1] = advance.conv;
    to[at + 2] = advance.uid;
    to[at + 3] = advance.dev;
    to[at + 4] = advanceKinds.indexOf(advance.kind);
    to[at + 5] = advance.seq;
    to[at + 6] = advance.now;
    if (advance.noted) to[at + 7] = 1;
  }

  /** Returns its place among the operations of kind sql. */
  sql(statements: SqlStatement[], guard?: EpochGuard): number {
    const at = this.#next();
    this.#numbers[at] = kinds.sql;
    this.#numbers[at + 1] = this.#sql.length;
    return this.#sql.push(guard === undefined ? { statements } : { statements, guard }) - 1;
  }

  finish(): { request: BatchRequest; transfer: ArrayBuffer[] } {
    const request = {
      count: this.#count,
      numbers: this.#numbers,
      contents: this.#contents,
      extras: this.#extras,
      sql: this.#sql,
    };
    return { request, transfer: [this.#numbers.buffer, this.#contents.buffer] };
  }

  #next(): number {
    const at = this.#count * operationWidth;
    if (at === this.#numbers.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#count += 1;
    return at;
  }

  #addContent(content: Uint8Array): void {
    const needed = this.#contentsLength + content.length;
    if (needed > this.#contents.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.#contents.subarray(0, this.#contentsLength));
      this.#contents = larger;
    }
    this.#contents.set(content, this.#contentsLength);
    this.#contentsLength = needed;
  }
}

export function decodeOperation(request: BatchRequest, index: number): Operation {
  const { numbers } = request;
  const at = index * operationWidth;
  // Indexes are within the array by construction, which `noUncheckedIndexedAccess` cannot know.
  const number = (field: number): number => numbers[at + field] ?? Number.NaN;
  const nullable = (field: number): number | null => {
    const value = number(field);
    return Number.isNaN(value) ? null : value;
  };
  switch (number(0)) {
    case kinds.append:
      return {
        kind: 'append',
        message: {
          conversation: conversationKey(number(1), number(2), nullable(3)),
          sender: number(4),
          dev: number(5),
          id: nullable(6),
          ts: number(7),
          type: number(8),
          flags: number(9),
          localId: number(10),
          ref: nullable(11),
          expiresAt: number(12),
          content: request.contents.subarray(number(13), number(13) + number(14)),
          ...(number(15) > 0 && request.extras[number(15) - 1]),
        },
      };
    case kinds.advance:
      return {
        kind: 'advance',
        advance: {
          conv: number(1),
          uid: number(2),
          dev: number(3),
          kind: advanceKinds[number(4)] ?? 'received',
          seq: number(5),
          now: number(6),
          ...(number(7) === 1 && { noted: true as const }),
        },
      };
    default:
      return { kind: 'sql', place: number(1), ...(request.sql[number(1)] ?? { statements: [] }) };
  }
}

const conversationKey = (aid: number, first: number, second: number | null): ConversationKey =>
  second === null ? { kind: 'group', aid, gid: first } : { kind: 'pair', aid, a: first, b: second };
