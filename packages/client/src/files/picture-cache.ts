/** What is used of an event in a service worker. */
interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Keeps the pictures of messages that its pages show, in a service worker, so that they show without a connection.
 * Links to a file change, so a picture is kept by the id of its file. Whoever may look into this browser can see them:
 * call `forgetPictures` when the user signs out.
 *
 * @example
 * servePictures(self, caches);
 */
export function servePictures(worker: EventTarget, caches: CacheStorage): void {
  worker.addEventListener('fetch', (event) => {
    if (!isFetch(event) || event.request.method !== 'GET' || event.request.destination !== 'image') return;
    const key = keyOf(event.request.url);
    if (key === undefined) return;
    event.respondWith(
      pictureOf(event.request.url, key, caches, (work) => event.waitUntil(work)).catch(() =>
        fetch(event.request),
      ),
    );
  });
}

/** Keeps pictures that were shown before the service worker was there to see it. Other addresses are passed over. */
export async function keepPictures(urls: readonly string[], caches: CacheStorage): Promise<void> {
  for (const url of urls) {
    const key = keyOf(url);
    if (key === undefined) continue;
    const work: Promise<unknown>[] = [];
    await pictureOf(url, key, caches, (keeping) => work.push(keeping)).catch(() => {});
    await Promise.all(work);
  }
}

/** Forgets all pictures. */
export async function forgetPictures(caches: CacheStorage): Promise<void> {
  await caches.delete(cacheName);
}

async function pictureOf(
  url: string,
  key: string,
  caches: CacheStorage,
  waitFor: (work: Promise<unknown>) => void,
): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(key);
  if (kept !== undefined) return kept;
  // Any page may read files with a link, and what cannot be read cannot be told from a failure.
  const response = await fetch(url, { mode: 'cors', credentials: 'omit' });
  const isPicture = response.headers.get('content-type')?.startsWith('image/') === true;
  if (response.status === 200 && isPicture) waitFor(keep(cache, key, response.clone()));
  return response;
}

/** A full disk is no reason not to show the picture. */
async function keep(cache: Cache, key: string, response: Response): Promise<void> {
  try {
    await cache.put(key, response);
    const keys = await cache.keys();
    for (const oldest of keys.slice(0, Math.max(0, keys.length - picturesKept))) await cache.delete(oldest);
  } catch {
    // Not kept.
  }
}

/** The same for every link to a file; undefined for what is no link to one. */
function keyOf(address: string): string | undefined {
  const { origin, pathname } = new URL(address);
  const [, id] = /\/files\/([0-9a-f]{32})\/[^/]+$/.exec(pathname) ?? [];
  return id === undefined ? undefined : `${origin}/files/${id}`;
}

function isFetch(event: Event): event is FetchEvent {
  return 'request' in event && 'respondWith' in event;
}

const cacheName = 'stoa-pictures';
const picturesKept = 500;
