import { type Kept, type PushNote, shownOf } from './push-note.ts';
import { listen, type WorkerClickEvent, type WorkerPushEvent, type WorkerScope } from './scope.ts';

/** Shows what the server sends while the page is closed, and does what the buttons of a notification say. */
export function notify(scope: WorkerScope): void {
  listen<WorkerPushEvent>(scope, 'push', (event) => {
    const note = event.data?.json() as PushNote | undefined;
    if (note !== undefined) event.waitUntil(show(scope, note));
  });
  listen<WorkerClickEvent>(scope, 'notificationclick', (event) => {
    const { notification, action, reply } = event;
    const kept = notification.data as Kept;
    notification.close();
    const { ticket } = kept;
    if (ticket === undefined || (action !== 'read' && !(action === 'reply' && reply))) {
      event.waitUntil(open(scope, kept));
    } else {
      event.waitUntil(
        act(scope, notification.title, kept, { ticket, action, ...(reply ? { text: reply } : {}) }),
      );
    }
  });
}

async function show(scope: WorkerScope, note: PushNote): Promise<void> {
  const { title, options } = shownOf(note);
  await scope.registration.showNotification(title, options);
  if (note.type === 'message') await scope.navigator.setAppBadge?.(note.badge).catch(() => {});
}

/** With the ticket that came with the notification, which is good for this conversation alone. */
async function act(scope: WorkerScope, title: string, kept: Kept, body: object): Promise<void> {
  const answer = await fetch(new URL('/push/actions', scope.registration.scope), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  if (answer?.ok === true) return;
  const { ticket: _, ...data } = kept;
  const text = 'text' in body ? `Not sent: ${body.text}` : 'Could not be marked as read';
  await scope.registration.showNotification(title, { body: text, data });
}

/** Brings a page of the messenger to the front, or opens one. */
async function open(scope: WorkerScope, { href }: Kept): Promise<void> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const [page] = pages.filter(
    ({ url }) => new URL(url).pathname === new URL(scope.registration.scope).pathname,
  );
  if (page === undefined) {
    await scope.clients.openWindow(new URL(href, scope.registration.scope).href);
    return;
  }
  page.postMessage({ open: href });
  await page.focus();
}
