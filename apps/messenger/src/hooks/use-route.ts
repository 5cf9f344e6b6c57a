import { type ConversationId, conversationId, type Target, targetOf } from '@stoa/client';
import { useSyncExternalStore } from 'react';

/** Link to a conversation: `#/chat/<address>`, `#/group/<gid>`. */
export function hrefOf(target: Target): string {
  return 'gid' in target
    ? `#/group/${target.gid}`
    : `#/chat/${encodeURIComponent(target.peer.toWellFormed())}`;
}

/** The conversation that a link names; undefined for the list of conversations. */
export function conversationOf(hash: string): ConversationId | undefined {
  const [, kind, name] = /^#\/(chat|group)\/([^/]+)$/.exec(hash) ?? [];
  if (name === undefined) return undefined;
  if (kind === 'group') return /^[0-9]+$/.test(name) ? conversationId({ gid: Number(name) }) : undefined;
  try {
    return conversationId({ peer: decodeURIComponent(name) });
  } catch {
    return undefined;
  }
}

export function useRoute(): ConversationId | undefined {
  return useSyncExternalStore(subscribe, () => conversationOf(window.location.hash));
}

export function openConversation(id: ConversationId): void {
  window.location.hash = hrefOf(targetOf(id));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
