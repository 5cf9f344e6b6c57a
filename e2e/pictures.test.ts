import { startTestNode, type TestNode } from '@stoa/testkit';
import { startS3 } from '@stoa/testkit/s3';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('files in the messenger', () => {
  let server: TestNode;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await startTestNode();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  const attach = async ({ page }: MessengerPage, name: string, mimeType: string, buffer: Buffer) => {
    await page.locator('input[type="file"]').setInputFiles({ name, mimeType, buffer });
  };

  it('a picture goes from one page to another, and is there after both were loaded anew', async () => {
    const [alice, bob] = await Promise.all([
      visitors.signIn(server.url, 'alice', 'Alice'),
      visitors.signIn(server.url, 'bob', 'Bob'),
    ]);
    await alice.openChat('bob');
    await attach(alice, 'dot.png', 'image/png', png);
    await alice.seesPicture('dot.png');
    await bob.row('Alice').getByText('Picture: dot.png').waitFor();
    await bob.openRow('Alice');
    await bob.seesPicture('dot.png');

    // What was dropped or pasted by accident is not sent.
    const offer = (type: 'drop' | 'paste') =>
      alice.composer.evaluate((field, type) => {
        const data = new DataTransfer();
        data.items.add(new File(['bread'], 'list.txt', { type: 'text/plain' }));
        const options = { bubbles: true, cancelable: true };
        field.dispatchEvent(
          type === 'drop'
            ? new DragEvent(type, { ...options, dataTransfer: data })
            : new ClipboardEvent(type, { ...options, clipboardData: data }),
        );
      }, type);
    const dialog = alice.page.getByRole('dialog', { name: 'Send this file?' });
    await offer('drop');
    await dialog.getByText('list.txt').waitFor();
    await alice.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await offer('paste');
    await dialog.getByLabel('Text').fill('What we need');
    await alice.page.keyboard.press('Enter');
    await bob.message('What we need').getByText('list.txt').waitFor();
    expect(await bob.log.getByText('list.txt').count()).toBe(1);
    await Promise.all([alice, bob].map(({ page }) => page.reload()));
    await Promise.all([alice, bob].map((each) => each.seesPicture('dot.png')));
    await bob.page.getByRole('button', { name: 'Open picture dot.png' }).click();
    const viewer = bob.page.getByRole('dialog', { name: 'dot.png' });
    await viewer.getByRole('img', { name: 'dot.png' }).waitFor();
    await bob.page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'hidden' });
  });

  it('pictures show from what the browser keeps, on pages that are loaded anew without the network', async () => {
    const expected = [/net::ERR_INTERNET_DISCONNECTED/, /Failed to (fetch|load)/];
    const [alice, bob] = await Promise.all([
      visitors.signIn(server.url, 'erin', 'Erin', { expected }),
      visitors.signIn(server.url, 'frank', 'Frank', { expected }),
    ]);
    await Promise.all([alice, bob].map(({ page }) => page.evaluate(() => navigator.serviceWorker.ready)));
    await alice.openChat('frank');
    await attach(alice, 'far.png', 'image/png', png);
    await alice.seesPicture('far.png');
    await bob.openRow('Erin');
    await bob.seesPicture('far.png');
    await Promise.all([alice, bob].map((each) => keptBy(each)));
    for (const { page } of [alice, bob]) {
      await page.context().setOffline(true);
      await page.reload();
    }
    await Promise.all([alice, bob].map((each) => each.seesPicture('far.png')));
    // Also when their links have run out: without the network there are no others.
    await alice.page.clock.setFixedTime(Date.now() + 60 * 24 * 3600 * 1000);
    await alice.page.reload();
    await alice.seesPicture('far.png');
    expect(await alice.log.getByRole('img', { name: 'far.png' }).getAttribute('src')).toMatch(/^http/);
    // With another link to the same file, too: links change.
    await bob.page.evaluate(async () => {
      const shown = document.querySelector<HTMLImageElement>('img[alt="far.png"]');
      const image = new Image();
      image.src = `${shown?.src.split('?')[0]}?expires=1&signature=another`;
      await image.decode();
    });
  });

  it('a picture that a node sends browsers to the bucket for is shown, and kept', async () => {
    const s3 = await startS3();
    onTestFinished(() => s3.close());
    const apart = await startTestNode({ env: { STOA_FILES: `${s3.address()}&downloads=bucket` } });
    onTestFinished(() => apart.close());
    const ivan = await visitors.signIn(apart.url, 'ivan', 'Ivan');
    await ivan.page.evaluate(() => navigator.serviceWorker.ready);
    await ivan.page.reload();
    await ivan.openChat('judy');
    await attach(ivan, 'far.png', 'image/png', png);
    await ivan.seesPicture('far.png');
    await keptBy(ivan);
  });

  it('a file goes on after the page was loaded anew, and can be paused and given up', async () => {
    const expected = [/net::ERR_FAILED/, /Failed to load/];
    const [alice, bob] = await Promise.all([
      visitors.signIn(server.url, 'grace', 'Grace', { expected }),
      visitors.signIn(server.url, 'heidi', 'Heidi'),
    ]);
    await alice.openChat('heidi');
    const { page } = alice;
    const pieces = /\/files\/uploads\/\w+$/;
    await page.context().route(pieces, (route) => route.abort());
    await attach(alice, 'kept.txt', 'text/plain', Buffer.from('kept'));
    await page.getByRole('button', { name: 'Pause: kept.txt' }).click();
    await attach(alice, 'other.txt', 'text/plain', Buffer.from('other'));
    await page.getByRole('button', { name: 'Cancel: other.txt' }).click();
    await page.getByRole('progressbar', { name: 'Sending other.txt' }).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Go on: kept.txt' }).waitFor();
    expect([await alice.keeps('"paused":true'), await alice.keeps('other.txt')]).toEqual([true, false]);
    await page.reload();
    await page.getByRole('progressbar', { name: 'Sending kept.txt' }).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(1);
    await page.context().unroute(pieces);
    await page.getByRole('button', { name: 'Go on: kept.txt' }).click();
    await bob.row('Grace').getByText('File: kept.txt').waitFor();
    await page.getByRole('progressbar').waitFor({ state: 'hidden' });
  });

  /** Resolves when the service worker has the page, its script and a picture. */
  const keptBy = async ({ page }: MessengerPage) => {
    const isKept = () =>
      page.evaluate(async () => {
        const names = await caches.keys();
        const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        const paths = kept.flat().map(({ url }) => new URL(url).pathname);
        return [/^\/$/, /\.js$/, /\/files\//].every((part) => paths.some((path) => part.test(path)));
      });
    await expect.poll(isKept, { timeout: 20_000 }).toBe(true);
  };

  it.each([
    ['html', '<!doctype html><script>localStorage.setItem("hacked", "1")</script>'],
    [
      'svg',
      '<svg xmlns="http://www.w3.org/2000/svg"><script>localStorage.setItem("hacked", "1")</script></svg>',
    ],
  ])('scripts in .%s do not run when it is opened', async (ending, content) => {
    const carol = await visitors.signIn(server.url, 'carol', 'Carol');
    await carol.openChat('dave');
    await attach(carol, `evil.${ending}`, `text/${ending}`, Buffer.from(content));
    const link = carol.log.getByRole('link', { name: `File: evil.${ending}` });
    const href = await link.getAttribute('href');
    const opened = await carol.page.context().newPage();
    const download = opened.waitForEvent('download');
    // A download ends the navigation.
    await opened.goto(href ?? '').catch(() => {});
    expect((await download).suggestedFilename()).toBe(`evil.${ending}`);
    expect(await carol.page.evaluate(() => localStorage.getItem('hacked'))).toBeNull();
  });
});
