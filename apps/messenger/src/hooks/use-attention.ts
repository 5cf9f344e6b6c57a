import { useSyncExternalStore } from 'react';

/** Whether the user can see the page now and is working in it. */
export function hasAttention(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

export function useAttention(): boolean {
  return useSyncExternalStore(onAttention, hasAttention);
}

/** Calls the listener when that may have changed, until the returned function is called. */
export function onAttention(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
  };
}
