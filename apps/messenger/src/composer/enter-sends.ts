import type { KeyboardEvent } from 'react';

/** Whether somebody who presses this key wants to send: Enter, but not where it begins a line or ends a word. */
export function enterSends(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.shiftKey && !isTouch() && !isComposing(event);
}

/** Whether the key belongs to an input method, such as those for Japanese. Safari tells of the last one by its code alone. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}

/** Touch keyboards have no other way to begin a line, and a button that sends is at hand. */
export function isTouch(): boolean {
  return window.matchMedia('(pointer: coarse)').matches;
}
