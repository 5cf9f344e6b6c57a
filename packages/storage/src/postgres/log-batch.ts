import type { Appended, CursorAdvance, CursorMoves, NewMessage } from '../store.ts';

export type Operation =
  | { readonly kind: 'append'; readonly message: NewMessage }
  | { readonly kind: 'advance'; readonly advance: CursorAdvance };

/** Operations that share a transaction. */
export class LogBatch {
  readonly operations: Operation[] = [];
  #contentBytes = 0;

  get contentBytes(): number {
    return this.#contentBytes;
  }

  /** The content is copied: the caller may reuse its buffer. */
  append(message: NewMessage): void {
    this.operations.push({ kind: 'append', message: { ...message, content: message.content.slice() } });
    this.#contentBytes += message.content.length;
  }

  advance(advance: CursorAdvance): void {
    this.operations.push({ kind: 'advance', advance });
  }
}

/** The result of an operation; a failure is one that repeating does not mend. */
export type Outcome =
  | { readonly kind: 'appended'; readonly appended: Appended }
  | { readonly kind: 'moved'; readonly moves: CursorMoves }
  | { readonly kind: 'failed'; readonly message: string };
