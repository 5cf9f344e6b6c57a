import { limits, type MessageFrame, StoaError } from '@stoa/protocol';
import type { Link } from '../connection/index.ts';
import { conversationId, isKnown, newConversation } from '../conversations/index.ts';
import { conversationOfMessage, type MessageView, messageRecord, shownMessages } from '../messages/index.ts';
import type { Requests } from '../requests/index.ts';
import {
  type ConversationRecord,
  firstOutboxOrder,
  type LocalData,
  type MessageRecord,
} from '../store/index.ts';
import type { LocalMessage, Self, Target } from '../types.ts';
import { isDeleted } from '../values/index.ts';
import { type DevicePlace, searchDevice } from './device-search.ts';
import { matcherOf } from './matches.ts';

export interface SearchOptions {
  /** Only in this conversation. */
  readonly target?: Target;
  /** From an earlier result: goes on behind it. */
  readonly cursor?: string;
  /** Messages in one result, 1 to 50; default 20. */
  readonly limit?: number;
  /** Default: on the server, which knows all of them; where that cannot be done, on this device. */
  readonly where?: 'server' | 'device';
}

export interface SearchResult {
  /** The newest first. Those that are not on this device are not stored by it. */
  readonly messages: LocalMessage[];
  /** Absent when everything was looked at. */
  readonly cursor?: string;
}

export interface SearchParts {
  readonly data: LocalData;
  readonly link: Link;
  readonly requests: Requests;
  readonly view: MessageView;
  readonly self: () => Self | undefined;
  /** Whether the application wants to see a message of somebody else. */
  readonly wants: (message: LocalMessage) => boolean;
}

/** Finds messages by their words: the server's answer as this device sees it, or what this device has. */
export class Search {
  readonly #parts: SearchParts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** Rejects with StoaError: BAD_REQUEST for a query or cursor that cannot be one, or what the server says. */
  async find(query: string, options: SearchOptions = {}): Promise<SearchResult> {
    const length = [...query].length;
    if (query.trim() === '' || length > limits.searchLength) {
      throw new StoaError('BAD_REQUEST', `A query has 1 to ${limits.searchLength} characters.`);
    }
    const cursor = options.cursor === undefined ? undefined : placeOf(options.cursor);
    if (cursor?.where === 'server') return this.#onServer(query, options, cursor.at);
    if (cursor?.where === 'device') return this.#onDevice(query, options, cursor.at);
    if (options.where === 'server') return this.#onServer(query, options, undefined);
    if (options.where === 'device' || !this.#parts.link.online)
      return this.#onDevice(query, options, undefined);
    try {
      return await this.#onServer(query, options, undefined);
    } catch (error) {
      // The connection was lost just now, or this server does not search.
      if (error instanceof StoaError && fallbackCodes.has(error.code)) {
        return this.#onDevice(query, options, undefined);
      }
      throw error;
    }
  }

  async #onServer(query: string, options: SearchOptions, at: string | undefined): Promise<SearchResult> {
    const { requests } = this.#parts;
    const { target, limit = defaultLimit } = options;
    const answer = await requests.ask('messages.search', {
      query,
      limit: Math.min(limit, limits.searchPage),
      ...target,
      ...(at === undefined ? {} : { cursor: at }),
    });
    const found = await this.asHere(answer.messages);
    // The server does not know what is still on its way to it.
    const waiting = at === undefined ? await this.#waiting(query, target) : [];
    const next = answer.cursor;
    return {
      messages: [...waiting, ...found],
      ...(next === undefined ? {} : { cursor: cursorOf({ where: 'server', at: next }) }),
    };
  }

  async #onDevice(
    query: string,
    { target, limit = defaultLimit }: SearchOptions,
    after: DevicePlace | undefined,
  ): Promise<SearchResult> {
    const { data } = this.#parts;
    const matches = matcherOf(query);
    const found = await data.read((store) =>
      searchDevice(
        store,
        this.#conversations(target).map(({ id }) => id),
        (record) => matches(this.#shown(record).content),
        { limit, after },
      ),
    );
    const last = found.at(-1);
    return {
      messages: found.map((record) => this.#shown(record)),
      ...(found.length < limit || last === undefined
        ? {}
        : { cursor: cursorOf({ where: 'device', at: { ts: last.ts, mid: last.mid } }) }),
    };
  }

  /** Messages of the server as this device has them, without those that the user has deleted. */
  async asHere(frames: readonly MessageFrame[]): Promise<LocalMessage[]> {
    const { data, self, wants } = this.#parts;
    const own = self();
    if (own === undefined) return [];
    const records = await data.read((store) =>
      Promise.all(
        frames.map(async (frame) => {
          const id = conversationOfMessage(frame, own);
          const conversation = data.conversation(id);
          if (conversation !== undefined && isDeleted(data, conversation, frame.seq)) return undefined;
          const isHere = conversation !== undefined && isKnown(conversation.runs, frame.seq);
          const record = isHere ? await store.message(id, frame.seq) : undefined;
          return record ?? messageRecord(frame, id, frame.seq, own, true);
        }),
      ),
    );
    return records
      .flatMap((record) => (record?.content === undefined ? [] : [this.#shown(record)]))
      .filter((message) => message.outgoing || wants(message));
  }

  async #waiting(query: string, target: Target | undefined): Promise<LocalMessage[]> {
    const { data } = this.#parts;
    const matches = matcherOf(query);
    const waiting = await data.read((store) =>
      Promise.all(
        this.#conversations(target).map(({ id }) =>
          shownMessages(store, id, { from: firstOutboxOrder, limit: limits.sendWindow }),
        ),
      ),
    );
    return waiting
      .flat()
      .map((record) => this.#shown(record))
      .filter(({ content }) => matches(content));
  }

  #conversations(target: Target | undefined): ConversationRecord[] {
    const all = [...this.#parts.data.conversations()];
    return target === undefined ? all : all.filter(({ id }) => id === conversationId(target));
  }

  #shown(record: MessageRecord): LocalMessage {
    const { data, view } = this.#parts;
    const { conversation: id } = record;
    return view.of(record, data.conversation(id) ?? newConversation(id));
  }
}

type Place =
  | { readonly where: 'server'; readonly at: string }
  | { readonly where: 'device'; readonly at: DevicePlace };

function cursorOf(place: Place): string {
  return JSON.stringify(place);
}

/** @throws StoaError BAD_REQUEST when it is no cursor. */
function placeOf(cursor: string): Place {
  try {
    const place: Place = JSON.parse(cursor);
    if (place.where === 'server' || place.where === 'device') return place;
  } catch {
    // Told below.
  }
  throw new StoaError('BAD_REQUEST', 'This is no cursor of a search.');
}

const defaultLimit = 20;
const fallbackCodes: ReadonlySet<string> = new Set(['UNAVAILABLE', 'UNKNOWN_OPERATION']);
