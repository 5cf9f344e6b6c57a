import type { Link } from '../connection/index.ts';
import { lastPlace } from '../conversations/index.ts';
import type { LocalData } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/** Own sends move the server's idea of this device too, but nothing waits for it. */
const ownSendsPerAcknowledgement = 20;

/**
 * Tells the server what is stored: once per conversation and batch, however many messages came. Every message that
 * it streamed is acknowledged, also one that was here already, because it counts them.
 */
export class Acknowledgements {
  readonly #data: LocalData;
  readonly #link: Link;
  readonly #due = new Set<ConversationId>();
  readonly #ownSends = new Map<ConversationId, number>();

  constructor(data: LocalData, link: Link) {
    this.#data = data;
    this.#link = link;
  }

  /** Something of the conversation will be stored with the present batch. */
  note(id: ConversationId, streamed: boolean): void {
    const ownSends = streamed ? 0 : (this.#ownSends.get(id) ?? 0) + 1;
    if (streamed || ownSends >= ownSendsPerAcknowledgement) {
      this.#due.add(id);
      this.#ownSends.delete(id);
    } else this.#ownSends.set(id, ownSends);
  }

  /** The batch is stored. */
  send(): void {
    for (const id of this.#due) {
      const record = this.#data.conversation(id);
      const seq = lastPlace(record?.runs ?? []);
      if (record !== undefined && seq > 0) this.#link.send({ t: 'received', conv: record.conv, seq });
    }
    this.#due.clear();
  }

  /** The connection is gone. */
  clear(): void {
    this.#due.clear();
    this.#ownSends.clear();
  }
}
