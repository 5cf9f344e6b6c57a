/**
 * Whether somebody looks at the page. A read receipt must tell the truth: a message in a hidden tab, or behind
 * another window, has not been read. Where there is no page (Node, workers), reading is what the program does.
 */
export interface Attention {
  isThere(): boolean;
  /** Calls `listener` whenever attention comes back, until the returned function is called. */
  onReturn(listener: () => void): () => void;
}

export const pageAttention: Attention = {
  isThere: () =>
    typeof document === 'undefined' || (document.visibilityState === 'visible' && document.hasFocus()),
  onReturn(listener) {
    if (typeof document === 'undefined') return () => {};
    const check = () => {
      if (pageAttention.isThere()) listener();
    };
    document.addEventListener('visibilitychange', check);
    globalThis.addEventListener('focus', check);
    return () => {
      document.removeEventListener('visibilitychange', check);
      globalThis.removeEventListener('focus', check);
    };
  },
};
