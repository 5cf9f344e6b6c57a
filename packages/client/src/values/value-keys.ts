import type { MessageAge } from '@stoa/protocol';
import { conversationId, targetOf } from '../conversations/index.ts';
import type { ConversationDraft, ConversationId } from '../types.ts';

/** The shared values that clients agree on, as docs/protocol.md lists them. */
export interface KnownValues {
  /** What was typed and not sent. */
  draft: ConversationDraft;
  /** Everything up to this place of this conversation was deleted. */
  cleared: { readonly conv: number; readonly seq: number };
  /** The user wants to come back to it. */
  unread: true;
  /** When new messages of the user disappear. */
  age: MessageAge;
  /** No notifications are wanted until this time, in milliseconds since 1970; 0: for good. */
  muted: { readonly until: number };
  /** Put away, into the list of archived conversations. */
  archived: true;
  /** Kept at the top of the list. */
  favourite: true;
  /** In no list. */
  hidden: true;
}

/** Key of what the devices share about a conversation. */
export function keyOf(kind: keyof KnownValues, id: ConversationId): string {
  // The server reads this one, and names conversations as the local store does.
  if (kind === 'muted') return `muted:${id}`;
  return `${kind}:${pathOf(id)}`;
}

/** Key of a message that was deleted; its value is `{conv}`. */
export function deletedKey(id: ConversationId, seq: number): string {
  return `deleted:${pathOf(id)}/${seq}`;
}

export function blockedKey(address: string): string {
  return `blocked:${address}`;
}

export function contactKey(address: string): string {
  return `contact:${address}`;
}

/** What a key is about; undefined for keys of other clients. */
export type KeyMeaning =
  | { readonly kind: keyof KnownValues; readonly id: ConversationId }
  | { readonly kind: 'deleted'; readonly id: ConversationId; readonly seq: number }
  | { readonly kind: 'blocked'; readonly address: string }
  | { readonly kind: 'contact'; readonly address: string };

export function meaningOf(key: string): KeyMeaning | undefined {
  const colon = key.indexOf(':');
  const [kind, rest] = [key.slice(0, colon), key.slice(colon + 1)];
  switch (kind) {
    case 'blocked':
    case 'contact':
      return { kind, address: rest };
    case 'deleted': {
      const slash = rest.lastIndexOf('/');
      const [id, seq] = [idOf(rest.slice(0, slash)), Number(rest.slice(slash + 1))];
      return id === undefined || !Number.isSafeInteger(seq) ? undefined : { kind, id, seq };
    }
    case 'muted': {
      const id =
        rest.startsWith('u:') && rest !== 'u:'
          ? conversationId({ peer: rest.slice(2) })
          : groupIn(rest, 'g:');
      return id === undefined ? undefined : { kind, id };
    }
    case 'draft':
    case 'cleared':
    case 'unread':
    case 'archived':
    case 'favourite':
    case 'hidden':
    case 'age': {
      const id = idOf(rest);
      return id === undefined ? undefined : { kind, id };
    }
    default:
      return undefined;
  }
}

function pathOf(id: ConversationId): string {
  const target = targetOf(id);
  return 'gid' in target ? `group/${target.gid}` : `peer/${target.peer}`;
}

function idOf(path: string): ConversationId | undefined {
  if (path.startsWith('peer/')) return conversationId({ peer: path.slice(5) });
  return groupIn(path, 'group/');
}

function groupIn(text: string, prefix: string): ConversationId | undefined {
  const gid = text.startsWith(prefix) ? Number(text.slice(prefix.length)) : Number.NaN;
  return Number.isSafeInteger(gid) ? conversationId({ gid }) : undefined;
}
