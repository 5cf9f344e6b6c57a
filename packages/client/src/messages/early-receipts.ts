import type { ReceiptFrame, ReceiptsFrame } from '@stoa/protocol';

/** A receipt of one person, or the receipts of members of a group. */
export type ToldReceipt = ReceiptFrame | ReceiptsFrame;

/**
 * Receipts of conversations that this connection has yet to tell of: what is told while the server reads a
 * conversation can be newer than what it then says of it. What is too much is dropped; the next connection tells it.
 */
export class EarlyReceipts {
  #byConversation = new Map<number, readonly ToldReceipt[]>();

  clear(): void {
    this.#byConversation = new Map();
  }

  keep(frame: ToldReceipt): void {
    const kept = this.#byConversation.get(frame.conv) ?? [];
    if (kept.length >= perConversation || this.#byConversation.size >= conversations) return;
    this.#byConversation.set(frame.conv, [...kept, frame]);
  }

  /** Those of the conversation with this number at the server, as they came; they are not kept any longer. */
  take(conv: number): readonly ToldReceipt[] {
    const kept = this.#byConversation.get(conv) ?? [];
    this.#byConversation.delete(conv);
    return kept;
  }
}

const perConversation = 50;
const conversations = 1_000;
