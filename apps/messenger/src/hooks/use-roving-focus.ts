import { type FocusEvent, type KeyboardEvent, useState } from 'react';

export interface RovingFocus {
  /** Props of the element that holds the items. Each item carries its key as `data-roving`. */
  readonly list: {
    onKeyDown(event: KeyboardEvent<HTMLElement>): void;
    onFocus(event: FocusEvent<HTMLElement>): void;
  };
  tabIndex(key: string): 0 | -1;
}

/**
 * Makes a list one stop of the Tab key: arrow keys, Home and End move inside it.
 *
 * @param fallback key of the item that Tab reaches while none has been visited.
 */
export function useRovingFocus(keys: readonly string[], fallback: string | undefined): RovingFocus {
  const [visited, setVisited] = useState<string>();
  const current = visited !== undefined && keys.includes(visited) ? visited : fallback;

  return {
    list: {
      onKeyDown(event) {
        const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-roving]')];
        const index = items.indexOf(event.target as HTMLElement);
        const next = items[nextIndex(event.key, index, items.length)];
        if (index < 0 || next === undefined) return;
        event.preventDefault();
        next.focus();
      },
      onFocus({ target }) {
        const { roving } = target.dataset;
        if (roving !== undefined) setVisited(roving);
      },
    },
    tabIndex: (key) => (key === current ? 0 : -1),
  };
}

function nextIndex(key: string, index: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, count - 1);
    case 'ArrowUp':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}
