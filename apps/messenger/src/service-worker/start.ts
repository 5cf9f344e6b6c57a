/** Starts the service worker, which keeps the page and pictures for times without a connection. */
export function startServiceWorker(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const start = async (): Promise<void> => {
    await navigator.serviceWorker.register(new URL('sw.js', document.baseURI));
    const { active } = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
    active?.postMessage({ loaded });
  };
  // A notification was clicked.
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent) => {
    const href: unknown = typeof data === 'object' && data !== null && 'open' in data ? data.open : undefined;
    if (typeof href === 'string' && href.startsWith('#/')) window.location.hash = href;
  });
  // Not before the page has what it needs itself. Without the worker everything works, but for that.
  const begin = (): void => void start().catch((error: unknown) => console.warn('No service worker:', error));
  if (document.readyState === 'complete') begin();
  else window.addEventListener('load', begin, { once: true });
}

/** Forgets the pictures of a user who has signed out. */
export function forgetPictures(): void {
  if ('serviceWorker' in navigator) navigator.serviceWorker.controller?.postMessage({ signedOut: true });
}
