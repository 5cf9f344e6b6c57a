import { type RefObject, useLayoutEffect } from 'react';

/** Brings the message that the user was led to into view, and gives it the focus. */
export function useScrollToFound(scroller: RefObject<HTMLElement | null>, found: number | undefined): void {
  useLayoutEffect(() => {
    if (found === undefined) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-mid="${found}"]`);
    element?.scrollIntoView({ block: 'center' });
    element?.focus({ preventScroll: true });
  }, [scroller, found]);
}
