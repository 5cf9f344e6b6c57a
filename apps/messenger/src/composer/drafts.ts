import type { ConversationId } from '@stoa/client';
import { Live } from '../hooks/live.ts';

type Texts = ReadonlyMap<ConversationId, string>;

/** What the user has written in each chat and not sent yet. Kept in the browser, for each user apart. */
export class Drafts extends Live<Texts> {
  readonly #key: string;

  constructor(address: string) {
    const key = `stoa.drafts.${address}`;
    super(read(key));
    this.#key = key;
  }

  write(id: ConversationId, text: string): void {
    const texts = new Map(this.get());
    if (text === '') texts.delete(id);
    else texts.set(id, text);
    this.set(texts);
    try {
      localStorage.setItem(this.#key, JSON.stringify([...texts]));
    } catch {
      // The storage is full or switched off: the draft lives as long as the tab.
    }
  }
}

function read(key: string): Texts {
  try {
    return new Map(JSON.parse(localStorage.getItem(key) ?? '[]'));
  } catch {
    return new Map();
  }
}
