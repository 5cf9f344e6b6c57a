/** - `online`, `offline`: the network came or went. - `visible`: the user looks at the page again. */
export type EnvironmentChange = 'online' | 'offline' | 'visible';

/** What the client is told about the machine that it runs on. */
export interface Environment {
  /** Calls `listener` at every change until the returned function is called. */
  subscribe(listener: (change: EnvironmentChange) => void): () => void;
}

/** The browser's network and visibility events. Where there are none (Node, workers without them) it stays silent. */
export const systemEnvironment: Environment = {
  subscribe(listener) {
    if (typeof globalThis.addEventListener !== 'function') return () => {};
    const page = typeof document === 'undefined' ? undefined : document;
    const online = () => listener('online');
    const offline = () => listener('offline');
    const visibility = () => {
      if (page?.visibilityState === 'visible') listener('visible');
    };
    globalThis.addEventListener('online', online);
    globalThis.addEventListener('offline', offline);
    page?.addEventListener('visibilitychange', visibility);
    return () => {
      globalThis.removeEventListener('online', online);
      globalThis.removeEventListener('offline', offline);
      page?.removeEventListener('visibilitychange', visibility);
    };
  },
};
