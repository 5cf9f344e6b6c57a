import { type ConversationId, targetOf } from '@stoa/client';
import { type RefObject, useEffect } from 'react';
import { useAttention } from '../hooks/use-attention.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { MessageWindow } from './message-window.ts';

/**
 * Marks messages as read when somebody can have read them: the page is visible, has the focus, and the message is
 * on the screen. Elements of unread messages carry their order as `data-unread`.
 */
export function useReadReceipts(
  scroller: RefObject<HTMLElement | null>,
  id: ConversationId,
  messages: MessageWindow,
): void {
  const { client } = useWorkspace();
  const attention = useAttention();

  useEffect(() => {
    const root = scroller.current;
    if (!attention || root === null || !messages.some(({ status }) => status === 'unread')) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const shown = entries.filter(isShown).map(({ target }) => orderOf(target));
        if (shown.length === 0) return;
        // What fails here is seen again with the next message.
        client.markRead(targetOf(id), { upTo: Math.max(...shown) }).catch(() => {});
      },
      { root, threshold: [0, 0.25, 0.5, 0.75, 1] },
    );
    for (const element of root.querySelectorAll('[data-unread]')) observer.observe(element);
    return () => observer.disconnect();
  }, [client, id, attention, messages, scroller]);
}

/** More than half of it, or of what fits on the screen. */
function isShown({
  isIntersecting,
  intersectionRatio,
  intersectionRect,
  rootBounds,
}: IntersectionObserverEntry) {
  if (!isIntersecting) return false;
  return intersectionRatio >= 0.5 || intersectionRect.height >= (rootBounds?.height ?? Infinity) / 2;
}

function orderOf(element: Element): number {
  return Number(element.getAttribute('data-unread'));
}
