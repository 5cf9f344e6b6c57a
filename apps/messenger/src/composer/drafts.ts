import type { Client, ConversationDraft, ConversationId, LocalConversation } from '@stoa/client';
import { targetOf } from '@stoa/client';
import { Live } from '../hooks/live.ts';

type Written = ReadonlyMap<ConversationId, ConversationDraft>;

/** What the user has written in each chat and not sent yet, on whichever of his devices. */
export class Drafts extends Live<Written> {
  readonly #client: Client;
  readonly #off: () => void;
  /** Changes that the client has not stored yet: what it tells meanwhile is older. */
  readonly #storing = new Map<ConversationId, number>();

  constructor(client: Client) {
    super(new Map());
    this.#client = client;
    this.#off = client.on('conversation', (conversation) => this.#take(conversation));
  }

  async load(): Promise<void> {
    for (const conversation of await this.#client.conversations()) this.#take(conversation);
  }

  close(): void {
    this.#off();
  }

  /** @param ref mid of the message that is answered */
  write(id: ConversationId, text: string, ref?: number): void {
    const draft = { text, ...(ref === undefined ? {} : { ref }) };
    this.#put(id, draft);
    this.#storing.set(id, (this.#storing.get(id) ?? 0) + 1);
    const stored = (): void => void this.#storing.set(id, (this.#storing.get(id) ?? 1) - 1);
    // Without a store the draft lives as long as the tab.
    this.#client.setDraft(targetOf(id), draft).then(stored, stored);
  }

  #take({ id, draft = { text: '' } }: LocalConversation): void {
    if ((this.#storing.get(id) ?? 0) === 0) this.#put(id, draft);
  }

  #put(id: ConversationId, draft: ConversationDraft): void {
    const before = this.get().get(id);
    const isEmpty = draft.text === '' && draft.ref === undefined;
    if (isEmpty ? before === undefined : before?.text === draft.text && before.ref === draft.ref) return;
    const written = new Map(this.get());
    if (isEmpty) written.delete(id);
    else written.set(id, draft);
    this.set(written);
  }
}
