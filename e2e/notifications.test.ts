import { PushService, startTestNode, type TestNode } from '@stoa/testkit';
import type { CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

/**
 * A headless Chromium has no push service: what the server sends to one of ours is handed to the service worker, which
 * takes it as it would take that of a real one.
 */
describe('notifications of the messenger', () => {
  let server: TestNode;
  let visitors: Visitors;
  let service: PushService;

  beforeAll(async () => {
    server = await startTestNode({ env: { STOA_PUSH_PRIVATE_ADDRESSES: 'yes' } });
    visitors = await Visitors.launch();
    service = new PushService();
    await service.open();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    service?.close();
    await visitors?.close();
    await server?.close();
  });

  /**
   * Counts what the worker has shown. Nobody asks for the notifications before one is: Chromium then takes one that is
   * kept and not yet on the screen for one that the user has closed, and forgets it.
   */
  const countShown = (worker: Worker) =>
    worker.evaluate(() => {
      const registration: ServiceWorkerRegistration = Reflect.get(globalThis, 'registration');
      const show = registration.showNotification.bind(registration);
      Reflect.set(globalThis, 'shownCount', 0);
      registration.showNotification = async (...notification) => {
        await show(...notification);
        Reflect.set(globalThis, 'shownCount', Reflect.get(globalThis, 'shownCount') + 1);
      };
    });
  const shownCount = (worker: Worker) => worker.evaluate((): number => Reflect.get(globalThis, 'shownCount'));

  /** The next note to the browser, handed to its service worker; resolves when that has shown it. */
  async function deliver(session: CDPSession, registrationId: string, worker: Worker): Promise<void> {
    await expect.poll(() => service.pushed.length, { timeout: 30_000 }).toBeGreaterThan(0);
    const data = JSON.stringify(service.pushed.shift()?.data);
    const before = await shownCount(worker);
    await session.send('ServiceWorker.deliverPushMessage', { origin: server.url, registrationId, data });
    await expect.poll(() => shownCount(worker), patience).toBe(before + 1);
  }

  const shownBy = (worker: Worker) =>
    worker.evaluate(async () => {
      const registration: ServiceWorkerRegistration = Reflect.get(globalThis, 'registration');
      const shown = await registration.getNotifications();
      if (shown[0] !== undefined) Reflect.set(globalThis, 'lastSeen', shown[0]);
      return shown.map(({ title, body }) => ({ title, body }));
    });

  /**
   * As if the user had used a button of the notification, or the notification itself: the one that was seen last, since
   * without a screen Chromium may have forgotten it meanwhile.
   */
  const click = (worker: Worker, action: string, reply?: string) =>
    worker.evaluate(
      ({ action, reply }) => {
        const Click: new (type: string, init: object) => Event = Reflect.get(globalThis, 'NotificationEvent');
        const notification: Notification = Reflect.get(globalThis, 'lastSeen');
        globalThis.dispatchEvent(new Click('notificationclick', { notification, action, reply }));
      },
      { action, reply },
    );

  async function turnOn({ page }: MessengerPage): Promise<void> {
    await page.context().grantPermissions(['notifications']);
    await page.addInitScript(standIn, service.subscription);
    await page.evaluate(standIn, service.subscription);
    await page.getByRole('button', { name: 'Notifications' }).click();
    const dialog = page.getByRole('dialog', { name: 'Notifications' });
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.getByRole('button', { name: 'Turn off' }).waitFor();
    await page.keyboard.press('Escape');
  }

  it('come while the page is closed, are answered there, and go when they are read', async () => {
    const [alice, bob] = await Promise.all([
      visitors.signIn(server.url, 'alice', 'Alice'),
      // Of the page that stands in for others.
      visitors.signIn(server.url, 'bob', 'Bob', { expected: [/status of 404/] }),
    ]);
    const context = bob.page.context();
    const session = await context.newCDPSession(bob.page);
    let registrationId = '';
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations.at(-1)?.registrationId ?? registrationId;
    });
    await session.send('ServiceWorker.enable');
    await turnOn(bob);
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    await countShown(worker);

    // Not the messenger, but the same browser and origin.
    await bob.page.goto(`${server.url}/healthz`);
    await alice.openChat('bob');
    await alice.write('Where are you?');
    await deliver(session, registrationId, worker);
    await expect.poll(() => shownBy(worker), patience).toEqual([{ title: 'Alice', body: 'Where are you?' }]);
    await click(worker, 'reply', 'On my way');
    await alice.message('On my way').waitFor();
    await alice.tick('Where are you?', 'read');
    await expect.poll(() => shownBy(worker), patience).toEqual([]);

    await alice.write('Bring bread');
    await deliver(session, registrationId, worker);
    await expect.poll(() => shownBy(worker), patience).toHaveLength(1);
    await bob.page.goto(server.url);
    await bob.online();
    await bob.openRow('Alice');
    await bob.message('Bring bread').waitFor();
    await expect.poll(() => shownBy(worker), patience).toEqual([]);

    await bob.page.goto(`${server.url}/healthz`);
    await alice.write('And butter');
    await deliver(session, registrationId, worker);
    await expect.poll(() => shownBy(worker), patience).toHaveLength(1);
    await bob.page.goto(server.url);
    await bob.online();
    await click(worker, '');
    await bob.message('And butter').waitFor();

    // Two tabs are open, and bob looks at neither: they tell by themselves, and once.
    const saved = await bob.page.evaluate(() => sessionStorage.getItem('stoa.session'));
    const second = await context.newPage();
    await second.addInitScript((text) => sessionStorage.setItem('stoa.session', text ?? ''), saved);
    await second.addInitScript(standIn, service.subscription);
    await second.goto(server.url);
    await second.locator('[data-connection="online"]').waitFor({ state: 'attached' });
    const tabs = [bob.page, second];
    for (const tab of tabs) await watchTold(tab);
    await alice.write('Are you back?');
    await alice.tick('Are you back?', 'read');
    for (const tab of tabs) await lookAway(tab);
    await expect.poll(() => isLookedAt(second), patience).toBe(false);
    await alice.write('Guess who called');
    await expect.poll(() => toldBy(tabs), patience).toEqual(['Alice: Guess who called']);
  });
});

/** A push service for a page of a browser that has none. */
function standIn(subscription: PushService['subscription']): void {
  const { endpoint, ...keys } = subscription;
  const made = { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => true };
  Object.assign(PushManager.prototype, {
    subscribe: async () => made,
    getSubscription: async () => made,
  });
}

/** Notes what a page shows by itself. */
const watchTold = (page: Page) =>
  page.evaluate(() => {
    const told: string[] = [];
    const { prototype } = ServiceWorkerRegistration;
    const show = prototype.showNotification;
    prototype.showNotification = async function (title, options) {
      await show.call(this, title, options);
      told.push(`${title}: ${options?.body}`);
    };
    Object.assign(window, { told });
  });

async function toldBy(pages: readonly Page[]): Promise<string[]> {
  const told = await Promise.all(
    pages.map((page) => page.evaluate((): string[] => Reflect.get(window, 'told'))),
  );
  return told.flat().sort();
}

/** The user turns away from a page. */
const lookAway = (page: Page) =>
  page.evaluate(() => {
    document.hasFocus = () => false;
    window.dispatchEvent(new Event('blur'));
  });

/** Whether the tabs of the browser say that the user looks at one of them. */
const isLookedAt = (page: Page) =>
  page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.some(({ name }) => name?.startsWith('stoa.looked-at.'));
  });

/** A busy machine takes its time; what never comes fails all the same. */
const patience = { timeout: 20_000 };
