import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Content,
  type MessageFrame,
  type OperationRequest,
  type OperationResponse,
  StoaError,
  unpackValue,
} from '@stoa/protocol';
import type { Conversation, CursorStore, MessageLog, StoredMessage } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { History } from '../messages/index.ts';
import { matcherOf } from './matches.ts';
import { NewestFirst, type Seen } from './newest-first.ts';

export interface SearchOptions {
  readonly log: MessageLog;
  readonly cursors: CursorStore;
  readonly directory: Directory;
  readonly history: History;
  /** Bounds of one request; beyond, the answer says where to go on. */
  readonly budget?: { readonly messages: number; readonly ms: number };
}

/** Who searches. */
interface Reader {
  readonly aid: number;
  readonly uid: number;
}

type Request = OperationRequest<'messages.search'>;

/**
 * Finds messages by their words, by reading: there is no index, which every message would have to pay for. A request
 * reads a bounded part of what the user could see, the newest first.
 */
export class Search {
  readonly #options: SearchOptions;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** @throws StoaError INVALID_DESTINATION, or BAD_FRAME for a cursor that was not given by this. */
  async find(reader: Reader, request: Request): Promise<OperationResponse<'messages.search'>> {
    const { log, budget = defaultBudget } = this.#options;
    const matches = matcherOf(request.query);
    const messages = new NewestFirst({
      log,
      conversations: await this.#conversations(reader, request),
      before: request.cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(request.cursor),
      matches: (message) => isShown(message) && matches(contentOf(message)),
    });
    const found: Seen[] = [];
    const until = performance.now() + budget.ms;
    let bytes = 0;
    let last: Seen | undefined;
    // At least one message is looked at: whoever goes on comes to an end.
    for (let looked = 0; ; looked += 1) {
      const isSpent = looked >= budget.messages || (looked > 0 && performance.now() > until);
      if (last !== undefined && (isSpent || found.length >= request.limit || bytes >= answerBytes)) {
        return { messages: await this.#frames(found, reader.uid), cursor: String(last.mid) };
      }
      const seen = await messages.next();
      if (seen === undefined) return { messages: await this.#frames(found, reader.uid) };
      last = seen;
      if (seen.matches) {
        found.push(seen);
        bytes += seen.bytes;
      }
      // Reads of the store may all be synchronous: everybody else has his turn in between.
      if (looked % messagesPerTurn === messagesPerTurn - 1) await nextTurn();
    }
  }

  async #conversations(reader: Reader, { peer, gid }: Request): Promise<AsyncIterator<Conversation>> {
    if (gid !== undefined) {
      const found = await this.#options.log.findConversation({ kind: 'group', aid: reader.aid, gid });
      const name = found && (await this.#options.history.nameFor(found, reader.uid));
      if (found === undefined || name === undefined) {
        throw new StoaError('INVALID_DESTINATION', `There is no group ${gid} in which the user may read.`);
      }
      return only([found]);
    }
    if (peer === undefined) return this.#ofUser(reader.uid);
    const person = await this.#options.directory.byAddress(reader.aid, peer);
    if (person === undefined) throw new StoaError('INVALID_DESTINATION', `There is no user "${peer}".`);
    const key = { kind: 'pair', aid: reader.aid, a: reader.uid, b: person.uid } as const;
    const found = await this.#options.log.findConversation(key);
    return only(found === undefined ? [] : [found]);
  }

  /** All that the user's devices are told of. */
  async *#ofUser(uid: number): AsyncGenerator<Conversation, undefined> {
    const { cursors, history } = this.#options;
    let before: { lastAt: number; conv: number } | undefined;
    for (;;) {
      const query = { uid, dev: 0, position: 0, limit: listingPage, ...(before && { before }) };
      const { conversations } = await cursors.changed(query);
      for (const conversation of conversations) {
        if ((await history.nameFor(conversation, uid)) !== undefined) yield conversation;
      }
      before = conversations.at(-1);
      if (before === undefined || conversations.length < listingPage) return undefined;
    }
  }

  /** What has lost its content meanwhile, or by its time, is left out, and what in a group is not for the reader. */
  async #frames(found: readonly Seen[], uid: number): Promise<MessageFrame[]> {
    const { log, history } = this.#options;
    const frames: MessageFrame[] = [];
    for (const { conversation, seq } of found) {
      const read = await log.read(conversation.conv, { after: seq - 1, limit: 1 });
      const readable = await history.readable(conversation, read, uid);
      frames.push(...(await history.frames(conversation, readable, uid)));
    }
    return frames.filter(({ content }) => content !== undefined);
  }
}

async function* only(conversations: readonly Conversation[]): AsyncGenerator<Conversation, undefined> {
  yield* conversations;
  return undefined;
}

const isShown = ({ content, special }: StoredMessage): boolean =>
  content !== null && (special === null || special.event === null);

const contentOf = ({ content }: StoredMessage): Content =>
  content === null ? {} : (unpackValue(content) as Content);

function parseCursor(cursor: string): number {
  if (/^\d{1,16}$/.test(cursor)) return Number(cursor);
  throw new StoaError('BAD_FRAME', '"cursor" is not one that the server gave.');
}

const defaultBudget = { messages: 2_000, ms: 100 };
const messagesPerTurn = 100;
const answerBytes = 256 * 1024;
const listingPage = 100;
