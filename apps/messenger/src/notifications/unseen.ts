import { type LocalConversation, type LocalMessage, targetOf } from '@stoa/client';
import { hasAttention, onAttention } from '../hooks/use-attention.ts';
import { hrefOf } from '../hooks/use-route.ts';
// Types alone: a part that the page shares with the service worker would be a file that the worker has to load.
import type { Kept, Shown } from '../service-worker/push-note.ts';
import { contentSummary } from '../ui/content-summary.ts';

/** Tabs of one user in one browser know each other by locks: they need no answer, and end with their tab. */
const lookedAt = (address: string): string => `stoa.looked-at.${address}`;
const telling = (address: string): string => `stoa.telling.${address}`;

/** Lets the other tabs know while the user works in this one. Returns what ends it. */
export function markAttention(address: string): () => void {
  const { locks } = navigator as { locks?: LockManager };
  if (locks === undefined) return () => {};
  let release: (() => void) | undefined;
  const look = (isOver = false): void => {
    const isWanted = !isOver && hasAttention();
    if (isWanted === (release !== undefined)) return;
    release?.();
    release = undefined;
    if (!isWanted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    release = resolve;
    void locks.request(lookedAt(address), { mode: 'shared' }, () => promise);
  };
  look();
  const off = onAttention(look);
  return () => {
    off();
    look(true);
  };
}

/** Shows a message that has just come as a notification, once for all tabs, unless the user works in one of them. */
export async function tellUnseen(address: string, message: LocalMessage, shown: Shown): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === lookedAt(address))) return;
  await navigator.locks.request(telling(address), async () => {
    const key = `stoa.told.${address}`;
    const told = toldIn(localStorage.getItem(key));
    if (told.includes(message.mid)) return;
    localStorage.setItem(key, JSON.stringify([...told, message.mid].slice(-toldKept)));
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.showNotification(shown.title, shown.options);
  });
}

/** As many messages as may come while another tab takes its time. */
const toldKept = 100;

function toldIn(text: string | null): readonly unknown[] {
  try {
    const told: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(told) ? told : [];
  } catch {
    // Anybody can write there, and what was written may be cut off.
    return [];
  }
}

/** A message as a notification, which looks like one that the server sends while the page is closed. */
export function shownMessage(
  message: LocalMessage,
  { name, unread }: LocalConversation,
  nameOf: (address: string) => string,
): Shown {
  const target = targetOf(message.conversation);
  const isGroup = 'gid' in target;
  const sender = nameOf(message.from);
  const words = contentSummary(message);
  return {
    title: `${(isGroup && name) || sender}${unread > 1 ? ` (${unread} new)` : ''}`,
    options: {
      tag: message.conversation,
      renotify: true,
      body: isGroup ? `${sender}: ${words}` : words,
      data: { ...target, href: hrefOf(target) } satisfies Kept,
    },
  };
}
