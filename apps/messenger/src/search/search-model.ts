import type { Client, LocalMessage, Target } from '@stoa/client';
import { limits } from '@stoa/protocol';
import { Live } from '../hooks/live.ts';
import { searchOn } from './search-on.ts';

export interface SearchState {
  readonly messages: readonly LocalMessage[];
  readonly state: 'idle' | 'searching' | 'found' | 'failed';
  /** Where there is more of these words. */
  readonly cursor?: string | undefined;
}

/** How long typing must pause. */
const pauseMs = 250;
const idle: SearchState = { messages: [], state: 'idle' };

/** Messages that contain some words, in one chat or in all. */
export class SearchModel extends Live<SearchState> {
  readonly #client: Pick<Client, 'search'>;
  readonly #target: Target | undefined;
  #words = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows when something else is looked for. */
  #wanted = 0;

  constructor(client: Pick<Client, 'search'>, target?: Target) {
    super(idle);
    this.#client = client;
    this.#target = target;
  }

  /** Looks for these words once they are typed. What was found before is there until then. */
  find(words: string): void {
    this.stop();
    this.#words = words;
    if (words.length < 2 || words.length > limits.searchLength) {
      this.set(idle);
      return;
    }
    this.set({ messages: this.get().messages, state: 'searching' });
    this.#timer = setTimeout(() => void this.#look([]), pauseMs);
  }

  /** Goes on where the last answer ended; where it was refused, tries it again. */
  async more(): Promise<void> {
    const { state, messages, cursor } = this.get();
    if (state === 'failed' || (state === 'found' && cursor !== undefined)) {
      await this.#look(messages, cursor);
    }
  }

  /** Nothing of what is asked now is wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#wanted += 1;
  }

  async #look(before: readonly LocalMessage[], cursor?: string): Promise<void> {
    const wanted = this.#wanted;
    const isWanted = (): boolean => wanted === this.#wanted;
    this.set({ ...this.get(), state: 'searching' });
    const place = {
      ...(this.#target === undefined ? {} : { target: this.#target }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    try {
      const found = await searchOn((options) => this.#client.search(this.#words, options), place, isWanted);
      if (!isWanted()) return;
      this.set({ messages: [...before, ...found.messages], state: 'found', cursor: found.cursor });
    } catch {
      if (isWanted()) this.set({ messages: before, state: 'failed', cursor });
    }
  }
}
