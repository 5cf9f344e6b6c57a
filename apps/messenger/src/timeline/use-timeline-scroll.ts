import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { messageKey } from './message-window.ts';
import type { TimelineState } from './timeline-model.ts';

/** Nearer to the end than this (in px) counts as being there. */
const endMargin = 48;
/** Room above the line "unread messages" when a timeline opens at it. */
const dividerMargin = 72;

/**
 * Keeps the scroll position where the reader expects it: a timeline opens at the first unread message or at the
 * end, stays at the end while messages come, stays on the same message while older ones are put above it.
 */
export function useTimelineScroll(
  scroller: RefObject<HTMLElement | null>,
  { ready, messages }: TimelineState,
) {
  const [atEnd, setAtEnd] = useState(true);
  const pinned = useRef(true);
  const before = useRef<{ height: number; first: string; last: string }>(undefined);

  useLayoutEffect(() => {
    const element = scroller.current;
    const [first] = messages;
    const last = messages.at(-1);
    if (element === null || !ready || first === undefined || last === undefined) return;
    const now = { height: element.scrollHeight, first: messageKey(first), last: messageKey(last) };
    // Written here just now: the writer wants to see it.
    const wrote = last.id !== 0 && before.current?.last !== now.last;
    if (before.current === undefined) openAt(element);
    else if (pinned.current || wrote) toEnd(element);
    else if (before.current.first !== now.first) element.scrollTop += now.height - before.current.height;
    before.current = now;
    pinned.current = isAtEnd(element);
    setAtEnd(pinned.current);
  }, [scroller, ready, messages]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onScroll = (): void => {
      pinned.current = isAtEnd(element);
      setAtEnd(pinned.current);
    };
    // The composer grows, the keyboard opens, the window gets another width.
    const resized = new ResizeObserver(() => {
      if (pinned.current) toEnd(element);
    });
    resized.observe(element);
    if (element.firstElementChild !== null) resized.observe(element.firstElementChild);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);

  return { atEnd, toEnd: () => scroller.current !== null && toEnd(scroller.current) };
}

function openAt(element: HTMLElement): void {
  const divider = element.querySelector<HTMLElement>('[data-divider]');
  if (divider === null) toEnd(element);
  else element.scrollTop = divider.offsetTop - dividerMargin;
}

function toEnd(element: HTMLElement): void {
  element.scrollTop = element.scrollHeight;
}

function isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight < endMargin;
}
