import { listen, type WorkerFetchEvent, type WorkerScope } from './scope.ts';

const cacheName = 'stoa-shell';

/**
 * Keeps the page and its parts, so that it opens without a connection. The page itself comes from the server whenever
 * that answers; its parts have a hash of their content in their names, so that the kept ones are right.
 */
export function serveShell(scope: WorkerScope, caches: CacheStorage): void {
  listen<WorkerFetchEvent>(scope, 'fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || !isPart(scope, url)) return;
    const isPage = request.mode === 'navigate';
    if (isPage && url.pathname !== new URL(scope.registration.scope).pathname) return;
    event.respondWith(isPage ? pageOf(request, scope, caches) : partOf(request, caches));
  });
}

/** Keeps the page and those of the addresses that are parts of it, and forgets parts of older versions. */
export async function keepShell(
  urls: readonly string[],
  scope: WorkerScope,
  caches: CacheStorage,
): Promise<void> {
  const cache = await caches.open(cacheName);
  const parts = urls.filter((url) => isPart(scope, new URL(url)) && url.includes('/assets/'));
  for (const part of parts) if ((await cache.match(part)) === undefined) await cache.add(part);
  await cache.add(scope.registration.scope);
  const keys = await cache.keys();
  const older = keys.filter(({ url }) => url.includes('/assets/') && !parts.includes(url));
  for (const key of older.slice(0, Math.max(0, older.length - olderKept))) await cache.delete(key);
}

async function pageOf(request: Request, scope: WorkerScope, caches: CacheStorage): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(scope.registration.scope);
    if (kept === undefined) throw error;
    return kept;
  }
}

async function partOf(request: Request, caches: CacheStorage): Promise<Response> {
  return (await caches.match(request.url)) ?? fetch(request);
}

/** The page, its icon or something of its folder of assets. */
function isPart(scope: WorkerScope, { origin, pathname }: URL): boolean {
  const own = new URL(scope.registration.scope);
  if (origin !== own.origin || !pathname.startsWith(own.pathname)) return false;
  const rest = pathname.slice(own.pathname.length);
  return rest === '' || /^(assets\/)?[\w.-]+$/.test(rest);
}

/** Parts of older versions that another tab may still load. */
const olderKept = 40;
