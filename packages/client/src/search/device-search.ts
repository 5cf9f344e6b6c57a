import { shownMessages } from '../messages/index.ts';
import type { LocalStore, MessageRecord } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/** Where a search on this device goes on: behind the message with this time and id. */
export interface DevicePlace {
  readonly ts: number;
  readonly mid: number;
}

/**
 * Messages in the store that match, the newest first, from several conversations together. Looks at no more than it
 * must to find `limit` of them.
 */
export async function searchDevice(
  store: LocalStore,
  conversations: readonly ConversationId[],
  matches: (message: MessageRecord) => boolean,
  { limit, after }: { readonly limit: number; readonly after?: DevicePlace | undefined },
): Promise<MessageRecord[]> {
  const sources = conversations.map((id) => new Source(store, id, matches, after));
  const found: MessageRecord[] = [];
  await Promise.all(sources.map((source) => source.advance()));
  while (found.length < limit) {
    const [next] = sources
      .filter(({ head }) => head !== undefined)
      .sort((a, b) => newestFirst(a.head, b.head));
    if (next?.head === undefined) break;
    found.push(next.head);
    await next.advance();
  }
  return found;
}

/** The matching messages of one conversation, one after the other. */
class Source {
  /** Undefined when there is no other. */
  head: MessageRecord | undefined;
  readonly #store: LocalStore;
  readonly #id: ConversationId;
  readonly #matches: (message: MessageRecord) => boolean;
  readonly #after: DevicePlace | undefined;
  #page: MessageRecord[] = [];
  #before: number | undefined;
  #isAtEnd = false;

  constructor(
    store: LocalStore,
    id: ConversationId,
    matches: (message: MessageRecord) => boolean,
    after: DevicePlace | undefined,
  ) {
    this.#store = store;
    this.#id = id;
    this.#matches = matches;
    this.#after = after;
  }

  async advance(): Promise<void> {
    this.head = undefined;
    while (this.head === undefined) {
      if (this.#page.length === 0) {
        if (this.#isAtEnd) return;
        await this.#read();
        continue;
      }
      const message = this.#page.shift();
      const isBehind = this.#after === undefined || newestFirst(this.#after, message) < 0;
      if (message !== undefined && isBehind && this.#matches(message)) this.head = message;
    }
  }

  async #read(): Promise<void> {
    const before = this.#before === undefined ? {} : { before: this.#before };
    this.#page = await shownMessages(this.#store, this.#id, { ...before, limit: pageSize });
    this.#before = this.#page.at(-1)?.order;
    this.#isAtEnd = this.#page.length < pageSize;
  }
}

function newestFirst(a: DevicePlace | undefined, b: DevicePlace | undefined): number {
  const [one, two] = [a ?? { ts: 0, mid: 0 }, b ?? { ts: 0, mid: 0 }];
  return two.ts - one.ts || two.mid - one.mid;
}

const pageSize = 200;
