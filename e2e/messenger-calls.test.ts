import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasNoFaults } from './support/audit.ts';
import { blockedAtServer } from './support/blocked-at-server.ts';
import { CallPage } from './support/call-page.ts';
import { closed } from './support/closed.ts';
import { Visitors } from './support/visitors.ts';

declare global {
  interface Window {
    shownNotifications: Set<string>;
  }
}

describe('calls in the messenger', () => {
  let server: TestNode;
  let visitors: Visitors;
  let alice: CallPage;
  let bob: CallPage;
  let carol: CallPage;

  beforeAll(async () => {
    server = await startTestNode();
    visitors = await Visitors.launch();
    [alice, bob, carol] = await Promise.all([open('alice'), open('bob'), open('carol')]);
    for (const [one, other] of [
      [alice, 'bob'],
      [bob, 'alice'],
      [carol, 'alice'],
    ] as const) {
      await one.messenger.openChat(other);
    }
  });
  beforeEach(() => Promise.all([alice, bob, carol].map((each) => each.endAll())));
  afterAll(async () => {
    await visitors?.leave();
    await visitors?.close();
    await server?.close();
  });

  async function open(address: string, { url } = server): Promise<CallPage> {
    const name = `${address.charAt(0).toUpperCase()}${address.slice(1)}`;
    return new CallPage(await visitors.signIn(url, address, name));
  }

  async function connect(caller: CallPage, callee: CallPage, kind: 'Voice call' | 'Video call') {
    await caller.call(kind);
    await callee.answer();
    await Promise.all([caller.reaches('connected'), callee.reaches('connected')]);
  }

  it('let two people talk, and leave an entry in the chat of both', async () => {
    await alice.call('Voice call');
    await alice.reaches('ringing');
    await bob.incoming.getByText('Incoming voice call').waitFor();
    await expect.poll(() => bob.page.title()).toBe('Alice is calling · Stoa');
    await bob.answer();
    await Promise.all([alice.reaches('connected'), bob.reaches('connected')]);
    await Promise.all([alice.hears(), bob.hears()]);
    // A busy page may not show every second.
    await bob.screen
      .getByRole('timer')
      .getByText(/^0:(0[2-9]|[1-5]\d)$/)
      .waitFor();
    await expect.poll(() => bob.page.title()).not.toContain('calling');
    await alice.press('Hang up');
    await bob.says('Call ended');
    await Promise.all([alice.isDone(), bob.isDone()]);
    for (const [one, again, other] of [
      [alice, 'Call again', 'Bob'],
      [bob, 'Call back', 'Alice'],
    ] as const) {
      const entry = one.messenger.message('Voice call, ');
      await entry.getByText(/Voice call, \d+ s/).waitFor();
      await entry.getByRole('button', { name: again }).waitFor();
      await one.messenger
        .row(other)
        .getByText(/Voice call, \d+ s/)
        .waitFor();
    }
  });

  it('show each other, and see who is muted, without camera or on hold; nothing of it is kept', async () => {
    await connect(alice, bob, 'Video call');
    await Promise.all([alice.sees('Video of Bob'), bob.sees('Video of Alice')]);
    await Promise.all([alice.sees('Your video'), bob.sees('Your video')]);

    await bob.press('Mute');
    await alice.screen.getByText('muted', { exact: true }).waitFor();
    await bob.press('Mute');
    await alice.screen.getByText('muted', { exact: true }).waitFor({ state: 'detached' });
    await bob.press('Camera');
    await alice.page.locator('video[aria-label="Video of Bob"]').waitFor({ state: 'detached' });
    await bob.press('Camera');
    await alice.sees('Video of Bob');
    await alice.press('Hold');
    await bob.says('Alice has put the call on hold.');
    await alice.says('You have put the call on hold.');
    await alice.press('Hold');
    await bob.sees('Video of Alice');
    await alice.press('Share screen');
    await bob.sees('Screen of Alice');
    await alice.press('Share screen');
    await bob.sees('Video of Alice');

    await bob.press('Make the call small');
    await bob.messenger.write('We can write, too');
    await alice.press('Hang up');
    await bob.says('Call ended');
    await alice.isDone();
    await expect.poll(() => leftBehind(alice.page)).toEqual([]);
  });

  it('are answered without video, and with another microphone', async () => {
    await alice.call('Video call');
    await bob.answer('Answer without video');
    await bob.sees('Video of Alice');
    await expect.poll(() => bob.isPressed('Camera')).toBe(false);
    await alice.page.locator('[data-stage="person"]').waitFor();
    await alice.press('Devices');
    await alice.page.getByRole('menuitemradio', { name: 'Fake Audio Input 2' }).click();
    await closed(alice.page, 'menu');
    await alice.press('Devices');
    await alice.page.getByRole('menuitemradio', { name: 'Fake Audio Input 2', checked: true }).waitFor();
    await alice.page.keyboard.press('Escape');
    await bob.hears();
  });

  it('are declined, and taken back', async () => {
    await alice.call('Video call');
    await bob.incoming.getByRole('button', { name: 'Decline' }).click();
    await alice.says('Bob declined the call.');
    await alice.messenger.message('Video call, declined').waitFor();
    await bob.messenger.message('Declined video call').waitFor();

    await alice.press('Call again');
    await bob.incoming.waitFor();
    await alice.press('Hang up');
    await Promise.all([alice.isDone(), bob.isDone()]);
    await bob.messenger.message('Missed video call').getByRole('button', { name: 'Call back' }).click();
    await alice.incoming.waitFor();
  });

  it('end when nobody answers', async () => {
    // Where it rings so shortly, a busy page is not quick enough to answer.
    const hasty = await startTestNode({ env: { STOA_CALL_RING_SECONDS: '5' } });
    try {
      const [gina, hank] = await Promise.all([open('gina', hasty), open('hank', hasty)]);
      await hank.messenger.openChat('gina');
      await hank.call('Video call');
      await Promise.all([
        hank.says('Gina did not answer.'),
        gina.page.getByText('You missed a call.').waitFor(),
      ]);
      await gina.isDone();
      await hank.messenger.message('Video call, no answer').waitFor();
      await gina.messenger.row('Hank').getByText('Missed video call').waitFor();
      for (const { page } of [gina, hank]) await page.context().close();
    } finally {
      await hasty.close();
    }
  });

  it('wait while there is one, are declined, or take its place', async () => {
    await connect(alice, bob, 'Voice call');
    await carol.call('Video call');
    await carol.says('Alice is in another call, and sees that you are calling.');
    await alice.incoming.getByText('Answering ends the call that you are in.').waitFor();
    await alice.incoming.getByRole('button', { name: 'Decline' }).click();
    await carol.says('Alice declined the call.');
    await alice.reaches('connected');

    await carol.press('Call again');
    await alice.answer('End and answer');
    await bob.says('Call ended');
    await Promise.all([alice.sees('Video of Carol'), carol.sees('Video of Alice')]);
  });

  it('ring on every device and tab, until one of them answers', async () => {
    const second = await open('bob');
    const tab = await second.openTab();
    await alice.call('Voice call');
    await Promise.all([bob, second, tab].map((each) => each.incoming.waitFor()));
    // Of the tabs of a browser, one makes the sound.
    await tab.tones({ held: ['stoa.tone.ring'], pending: ['stoa.tone.ring'] });
    await tab.answer();
    await Promise.all(
      [bob, second].map((each) => each.page.getByText('The call was answered elsewhere.').waitFor()),
    );
    await Promise.all([bob, second].map((each) => each.isDone()));
    await tab.tones({ held: [], pending: [] });
    await Promise.all([alice.hears(), tab.hears()]);
    await tab.press('Hang up');
    await alice.says('Call ended');
    await second.page.context().close();
  });

  it('come back when the page is loaded anew, muted and without camera if they were', async () => {
    await connect(alice, bob, 'Video call');
    await alice.sees('Video of Bob');
    await alice.press('Mute');
    await alice.press('Camera');
    await bob.page.locator('video[aria-label="Video of Alice"]').waitFor({ state: 'detached' });
    await alice.page.reload();
    await alice.reaches('connected');
    await Promise.all([alice.sees('Video of Bob'), alice.hears()]);
    await expect.poll(() => alice.isPressed('Mute')).toBe(true);
    await expect.poll(() => alice.isPressed('Camera')).toBe(false);
    await bob.screen.getByText('muted', { exact: true }).waitFor();
    await alice.press('Mute');
    await bob.hears();
  });

  it('do not reach who has blocked the caller, and tell of somebody who is away', async () => {
    await server.addUser('frank');
    await carol.messenger.page.getByRole('button', { name: 'Chat actions' }).click();
    await carol.page.getByRole('menuitem', { name: 'Block' }).click();
    await carol.page.getByRole('button', { name: 'Voice call', disabled: true }).waitFor();
    await blockedAtServer(server, 'carol', 'alice', { messages: true });
    await alice.messenger.openChat('carol');
    await alice.call('Voice call');
    await alice.says('Carol does not take calls from you.');
    await alice.press('Close');
    await carol.page.getByRole('button', { name: 'Unblock' }).click();
    await alice.messenger.openChat('frank');
    await alice.call('Voice call');
    await alice.says('Calling… frank seems to be away.');
    await alice.press('Hang up');
    await alice.messenger.openChat('bob');
  });

  it('are shown by the system while the page is hidden, if the user has allowed it', async () => {
    const { page } = alice;
    await page.context().grantPermissions(['notifications']);
    // A headless browser hides no page, and shows no notifications.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
      const shown = new Set<string>();
      class FakeNotification extends EventTarget {
        static readonly permission = 'granted';
        readonly #text: string;
        constructor(title: string, { body = '' }: NotificationOptions = {}) {
          super();
          this.#text = `${title}: ${body}`;
          shown.add(this.#text);
        }
        close(): void {
          shown.delete(this.#text);
        }
      }
      Object.assign(window, { shownNotifications: shown, Notification: FakeNotification });
    });
    await bob.call('Voice call');
    await page.waitForFunction(() => window.shownNotifications.has('Bob: Incoming voice call'));
    await bob.press('Hang up');
    await page.waitForFunction(() => window.shownNotifications.size === 0);
    // Where a page may show nothing itself, as on Android, its service worker does.
    await page.evaluate(() => {
      class NoNotification {
        static readonly permission = 'granted';
        constructor() {
          throw new TypeError('Illegal constructor');
        }
      }
      const { prototype } = ServiceWorkerRegistration;
      prototype.showNotification = async (title, options) => {
        window.shownNotifications.add(`${title}: ${options?.body}`);
      };
      prototype.getNotifications = async () =>
        [...window.shownNotifications].map((text) =>
          Object.assign(new EventTarget() as Notification, {
            close: () => window.shownNotifications.delete(text),
          }),
        );
      Object.assign(window, { Notification: NoNotification });
    });
    await bob.call('Voice call');
    await page.waitForFunction(() => window.shownNotifications.has('Bob: Incoming voice call'));
    await bob.press('Hang up');
    await page.waitForFunction(() => window.shownNotifications.size === 0);
    await page.evaluate(() => Reflect.deleteProperty(document, 'visibilityState'));
  });

  it('say what to do when the microphone may not be used, or there is none', async () => {
    const dora = await open('dora');
    await dora.messenger.openChat('bob');
    // The fake devices are allowed without a question.
    await dora.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
    });
    await dora.call('Voice call');
    await dora.says('The call could not begin.');
    await dora.screen.getByRole('alert').getByText('Allow the page to use the microphone').waitFor();
    await dora.press('Close');
    await dora.page.evaluate(() => {
      navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    });
    const button = dora.page.getByRole('button', { name: 'Voice call', disabled: true });
    await button.dispatchEvent('click');
    await dora.page.getByRole('alert').getByText('There is no microphone.').waitFor();
    await dora.page.context().close();
  });

  it.each(['light', 'dark'] as const)(
    'have names and contrast, and are not ended by accident (%s)',
    async (colorScheme) => {
      await alice.page.emulateMedia({ colorScheme });
      const { page } = alice;
      await bob.call('Video call');
      await alice.incoming.waitFor();
      await hasNoFaults(page);
      // Whoever was writing answers nothing.
      for (const key of ['Enter', ' ']) await page.keyboard.press(key);
      await alice.tones({ held: ['stoa.tone.ring'], pending: [] });
      await page.keyboard.press('Escape');
      await alice.tones({ held: [], pending: [] });
      await alice.incoming.waitFor();
      await bob.reaches('ringing');
      await page.keyboard.press('Tab');
      await focus(page).toBe('Decline');
      await page.keyboard.press('Tab');
      await focus(page).toBe('Answer');
      await page.keyboard.press('Enter');
      await alice.reaches('connected');
      await focus(page).toBe('Call with Bob');
      // What it covers cannot be reached.
      await page.keyboard.press('Shift+Tab');
      await focus(page).not.toBe('Message to Bob');
      await alice.screen.focus();
      await page.keyboard.press('m');
      await bob.screen.getByText('muted', { exact: true }).waitFor();
      await hasNoFaults(page);
      await page.keyboard.press('Escape');
      await page.locator('[data-size="small"]').waitFor();
      await focus(page).toBe('Message to Bob');
      await hasNoFaults(page);
      await bob.reaches('connected');
      await bob.press('Hang up');
      await alice.says('Call ended');
    },
  );
});

/** What has the focus, once the page has put it where it belongs. */
const focus = (page: Page) => expect.poll(() => focused(page));

/** What a screen reader would say of the element that has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
  });
}

/** Pictures and sound of a call that a page still has or keeps. */
function leftBehind(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found = [...document.querySelectorAll('video, audio, canvas')].map((element) => element.tagName);
    // What the page itself is made of is kept on purpose.
    found.push(...(await caches.keys()).filter((name) => name !== 'stoa-shell'));
    const folder = await navigator.storage.getDirectory();
    for await (const name of folder.keys()) found.push(name);
    return found;
  });
}
