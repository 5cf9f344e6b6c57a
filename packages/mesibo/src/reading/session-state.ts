import { type Client, conversationId, type LocalMessage, type Target } from '@stoa/client';
import type { Context } from '../context.ts';
import { isGone, messageStatus } from '../messages/message-status.ts';
import {
  allTargets,
  Filtered,
  Merged,
  type MessageSource,
  NewestFirst,
  OldestFirst,
  pageSize,
} from './message-source.ts';
import type { MesiboReadSession } from './read-session.ts';

/** Called once for every batch with the number of messages (the v1 form). */
export type OnRead = (this: MesiboReadSession, count: number) => unknown;

/** Who gets what a session reads: an object's Mesibo_onMessage, message by message; a function; or nobody. */
export type SessionListener = object | OnRead | null | undefined;

type BatchSource = Pick<MessageSource, 'next'>;

export interface SessionState {
  readonly id: number;
  readonly context: Context;
  /** Undefined: all conversations. */
  readonly target: Target | undefined;
  readonly listener: SessionListener;
  isSummary: boolean;
  sendsReceipts: boolean;
  isOldestFirst: boolean;
  withFilesOnly: boolean;
  withoutMessages: boolean;
  /** The server's id of the message whose answers are read; undefined: all messages. */
  thread: number | undefined;
  withoutAnswers: boolean;
  /** MESIBO_MSGSTATUS_* of the records of calls that are read; undefined: all. */
  calls: ReadonlySet<number> | undefined;
  query: string;
  /** How far the server has been searched. */
  searchCursor: string | undefined;
  isSearchedThrough: boolean;
  isActive: boolean;
  source: BatchSource | undefined;
  /** Batches are read one after the other. */
  work: Promise<unknown>;
  /** The newest received message that was delivered, by conversation, and how far its reading was reported. */
  readonly shown: Map<string, { target: Target; seq: number; reported: number }>;
}

/** Whether a stored message is of those that the session reads. */
export function isWanted(state: SessionState, message: LocalMessage): boolean {
  if (isGone(message)) return false;
  const isCall = message.content?.call !== undefined;
  if (isCall ? state.calls?.has(messageStatus(message)) === false : state.withoutMessages) return false;
  if (state.target !== undefined && message.conversation !== conversationId(state.target)) return false;
  const { content } = message;
  if (state.thread !== undefined && message.ref !== state.thread) return false;
  if (state.withoutAnswers && state.thread === undefined && message.ref !== undefined) return false;
  if (state.withFilesOnly && content?.file === undefined) return false;
  return state.query === '' || contains(content, state.query);
}

/** Reads what the session is to read, from the beginning. */
export async function sourceOf(state: SessionState, client: Client): Promise<BatchSource> {
  const isSelective =
    state.query !== '' || state.withFilesOnly || state.withoutMessages || state.thread !== undefined;
  const targets = state.target === undefined ? await allTargets(client) : [state.target];
  const sources = targets.map((target) => {
    const stored = state.isOldestFirst ? new OldestFirst(client, target) : new NewestFirst(client, target);
    return new Filtered(stored, (message) => isWanted(state, message), isSelective ? pageSize : 1);
  });
  const [only] = sources;
  return only !== undefined && sources.length === 1
    ? only
    : new Merged(sources, state.isOldestFirst ? 1 : -1);
}

/** Every word of the query, in any case: as the server searches. */
function contains(content: LocalMessage['content'], query: string): boolean {
  const { text, title, subtitle, footer, file } = content ?? {};
  const all = [text, title, subtitle, footer, file?.name].join('\n').toLowerCase();
  return query.split(/\s+/).every((word) => all.includes(word));
}
