import type { ClientEvents, LocalMessage } from '../types.ts';
import type { Knowledge, Told, ToldEvent } from './tab-messages.ts';

/** What the application of this tab has been told so far. */
export class KnowledgeOfTab {
  #conversations = new Map<string, Told>();
  #waiting = new Map<number, LocalMessage>();

  /** Begins with what can be read at this moment. */
  reset({ conversations, waiting }: Knowledge): void {
    this.#conversations = new Map(conversations.map((told) => [told.id, told]));
    this.#waiting = new Map(waiting.map((message) => [message.id, message]));
  }

  learn({ name, args }: ToldEvent, told: Told | undefined): void {
    if (told !== undefined) this.#conversations.set(told.id, this.#withBeyond(told));
    if (name !== 'message' && name !== 'update') return;
    const [is, before] = args as ClientEvents['update'];
    if (name === 'update') this.#waiting.delete(before.id);
    if (is.status === 'outbox') this.#waiting.set(is.id, is);
    const known = this.#conversations.get(is.conversation);
    if (known === undefined || is.seq <= known.last || known.beyond?.includes(is.seq)) return;
    this.#conversations.set(known.id, { ...known, beyond: [...(known.beyond ?? []), is.seq] });
  }

  export(): Knowledge {
    return { conversations: [...this.#conversations.values()], waiting: [...this.#waiting.values()] };
  }

  #withBeyond(told: Told): Told {
    const beyond = this.#conversations.get(told.id)?.beyond?.filter((seq) => seq > told.last) ?? [];
    return beyond.length === 0 ? told : { ...told, beyond };
  }
}
