import type { Client, ConversationId, LocalConversation } from '@stoa/client';
import { Live } from '../hooks/live.ts';

/** All conversations, the one with the newest message first; undefined until they have been read from the store. */
export class ConversationList extends Live<readonly LocalConversation[] | undefined> {
  readonly #client: Client;
  readonly #byId = new Map<ConversationId, LocalConversation>();
  readonly #off: () => void;
  #loaded = false;

  constructor(client: Client) {
    super(undefined);
    this.#client = client;
    this.#off = client.on('conversation', (conversation) => {
      this.#byId.set(conversation.id, conversation);
      this.#publish();
    });
  }

  async load(): Promise<void> {
    for (const conversation of await this.#client.conversations()) {
      if (!this.#byId.has(conversation.id)) this.#byId.set(conversation.id, conversation);
    }
    this.#loaded = true;
    this.#publish();
  }

  close(): void {
    this.#off();
  }

  #publish(): void {
    if (this.#loaded) this.set([...this.#byId.values()].sort((a, b) => newest(b) - newest(a)));
  }
}

function newest({ latest }: LocalConversation): number {
  return latest?.ts ?? 0;
}
