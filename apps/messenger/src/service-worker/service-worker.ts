import { forgetPictures, keepPictures, servePictures } from '@stoa/client/service-worker';
import { notify } from './notify.ts';
import { listen, type WorkerEvent, type WorkerMessageEvent, type WorkerScope } from './scope.ts';
import { keepShell, serveShell } from './shell.ts';

declare const self: WorkerScope;

// A new version takes over at once: what it keeps is good for any version of the page.
listen<WorkerEvent>(self, 'install', (event) => event.waitUntil(self.skipWaiting()));
listen<WorkerEvent>(self, 'activate', (event) => event.waitUntil(self.clients.claim()));
serveShell(self, caches);
servePictures(self, caches);
notify(self);

// Who has signed out, and what the page has loaded already, before this was here to see it.
listen<WorkerMessageEvent>(self, 'message', (event) => {
  if (isSignOut(event.data)) event.waitUntil(forgetPictures(caches));
  const urls = loadedIn(event.data);
  if (urls.length > 0)
    event.waitUntil(Promise.all([keepShell(urls, self, caches), keepPictures(urls, caches)]));
});

function loadedIn(data: unknown): string[] {
  if (typeof data !== 'object' || data === null || !('loaded' in data) || !Array.isArray(data.loaded))
    return [];
  return data.loaded.filter((url) => typeof url === 'string' && URL.canParse(url));
}

function isSignOut(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'signedOut' in data;
}
