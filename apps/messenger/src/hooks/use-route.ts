import { type ConversationId, conversationId, type Target, targetOf } from '@stoa/client';
import { useMemo, useSyncExternalStore } from 'react';

/** What a link leads to. */
export interface Route {
  readonly id: ConversationId;
  /** The server's id of a message in it. */
  readonly mid?: number;
}

/** Link to a conversation: `#/chat/<address>`, `#/group/<gid>`; with `mid` to a message in it: `…/<mid>`. */
export function hrefOf(target: Target, mid?: number): string {
  const name =
    'gid' in target ? `#/group/${target.gid}` : `#/chat/${encodeURIComponent(target.peer.toWellFormed())}`;
  return mid === undefined ? name : `${name}/${mid}`;
}

/** Undefined for the list of conversations. */
export function routeOf(hash: string): Route | undefined {
  const [, kind, name, mid] = /^#\/(chat|group)\/([^/]+)(?:\/([0-9]{1,16}))?$/.exec(hash) ?? [];
  const id = name === undefined ? undefined : idOf(kind, name);
  if (id === undefined) return undefined;
  return mid === undefined ? { id } : { id, mid: Number(mid) };
}

function idOf(kind: string | undefined, name: string): ConversationId | undefined {
  if (kind === 'group') return /^[0-9]+$/.test(name) ? conversationId({ gid: Number(name) }) : undefined;
  try {
    return conversationId({ peer: decodeURIComponent(name) });
  } catch {
    return undefined;
  }
}

export function useRoute(): Route | undefined {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => routeOf(hash), [hash]);
}

export function openConversation(id: ConversationId): void {
  window.location.hash = hrefOf(targetOf(id));
}

export function openMessage(id: ConversationId, mid: number): void {
  window.location.hash = hrefOf(targetOf(id), mid);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
