import { Client } from '@stoa/client';
import { startTestNode, type TestNode, until } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

describe('two people in the messenger', () => {
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

  async function twoPeople(alice: string, bob: string): Promise<[MessengerPage, MessengerPage]> {
    return Promise.all([
      visitors.signIn(server.url, alice, `${alice} Archer`),
      visitors.signIn(server.url, bob, `${bob} Baker`),
    ]);
  }

  /** A device without a browser. */
  async function otherDevice(address: string): Promise<Client> {
    const { token } = await server.addUser(address);
    const client = new Client({ url: server.url, token });
    await client.start();
    return client;
  }

  it('write to each other', async () => {
    const [alice, bob] = await twoPeople('alice', 'bob');
    await alice.openChat('bob');
    await alice.write('Hello Bob');
    await bob.openRow('alice Archer');
    await bob.message('Hello Bob').waitFor();
    await bob.write('Hello Alice\nhow are you?');
    await alice.message('how are you?').waitFor();
    await alice.write('Fine');
    await bob.message('Fine').waitFor();
    const texts = ['Hello Bob', 'Hello Alice\nhow are you?', 'Fine'];
    await expect.poll(() => alice.texts()).toEqual(texts);
    await expect.poll(() => bob.texts()).toEqual(texts);
  });

  it('see when a message was sent, delivered and read, which is when it was on the screen', async () => {
    const [carol, dave] = await twoPeople('carol', 'dave');
    await carol.openChat('dave');
    await carol.write('First');
    await carol.tick('First', 'delivered');
    const row = dave.row('carol Archer');
    await row.getByText('1 unread').waitFor();
    await expect.poll(() => dave.page.title()).toBe('(1) dave Baker · Stoa');

    await row.click();
    await carol.tick('First', 'read');
    await row.getByText('unread').waitFor({ state: 'hidden' });
    await dave.page.waitForFunction(() => document.title === 'dave Baker · Stoa');
  });

  it('read nothing while they look elsewhere, and find a line where the new messages begin', async () => {
    const [erin, frank] = await twoPeople('erin', 'frank');
    await erin.openChat('frank');
    await erin.write('One');
    await frank.openRow('erin Archer');
    await erin.tick('One', 'read');

    await frank.page.evaluate(leaveWindow);
    await erin.write('Two');
    await erin.write('Three');
    await frank.message('Three').waitFor();
    await erin.tick('Three', 'delivered');
    await frank.row('erin Archer').getByText('2 unread').waitFor();
    await expect.poll(() => frank.log.innerText()).toMatch(/One[\s\S]*Unread messages[\s\S]*Two[\s\S]*Three/);

    await frank.page.evaluate(returnToWindow);
    await erin.tick('Two', 'read');
    await erin.tick('Three', 'read');
    await frank.write('Four');
    await frank.log.getByText('Unread messages').waitFor({ state: 'detached' });
  });

  it('open a long chat at the first unread message, and go down from there', async () => {
    const vic = await visitors.signIn(server.url, 'vic', 'Vic');
    const uma = await otherDevice('uma');
    const statuses: string[] = [];
    uma.on('update', ({ order, status }) => {
      statuses[order] = status;
    });
    const tick = (order: number, status: string) =>
      until(
        () => statuses[order] === status,
        (look) => uma.on('update', look),
        `message ${order} to be ${status}`,
      );
    for (const text of numbered(100)) uma.send({ peer: 'vic' }, { content: { text } });
    await tick(100, 'delivered');

    await vic.openRow('uma');
    await vic.log.getByText('Unread messages').waitFor();
    await tick(1, 'read');
    expect(statuses[100]).toBe('delivered');
    await vic.page.getByRole('button', { name: /^Jump to latest/ }).click();
    await tick(100, 'read');
    await uma.stop();
  });

  it('go back to the beginning of a long chat, also with a new browser', async () => {
    const [will, xena] = await Promise.all([otherDevice('will'), otherDevice('xena')]);
    const received: string[] = [];
    xena.on('message', ({ content }) => received.push(content?.text ?? ''));
    const texts = numbered(130);
    for (const text of texts) will.send({ peer: 'xena' }, { content: { text } });
    await until(
      () => received.length === texts.length,
      (look) => xena.on('message', look),
      'all messages',
    );
    await xena.markRead({ peer: 'will' });

    const browser = await visitors.signIn(server.url, 'xena', 'Xena');
    await browser.openRow('will');
    await browser.message('Number 130.').waitFor();
    await browser.log.hover();
    for (let count = 0; (await browser.message('Number 1.').count()) === 0; ) {
      await browser.page.mouse.wheel(0, -100_000);
      await browser.page.waitForFunction((seen) => document.querySelectorAll('article').length > seen, count);
      count = await browser.log.getByRole('article').count();
    }
    await browser.page.mouse.wheel(0, -100_000);
    await browser.log.getByText('This is where your chat with will begins.').waitFor();
    await expect.poll(() => browser.texts()).toEqual(texts);
    await Promise.all([will.stop(), xena.stop()]);
  });

  it('come back to what was written while they were away', async () => {
    const gina = await visitors.signIn(server.url, 'gina', 'gina Archer');
    const hank = new MessengerPage(await visitors.visit(server.url));
    await hank.signIn('hank', 'hank Baker', true);
    await hank.page.close();
    await server.sessionsOf(1);
    await gina.openChat('hank');
    await gina.write('Are you there?');
    await gina.write('Call me');
    await gina.tick('Call me', 'sent');

    const page = await hank.page.context().newPage();
    const back = new MessengerPage(page);
    await page.goto(server.url);
    await gina.tick('Call me', 'delivered');
    await back.row('gina Archer').getByText('2 unread').waitFor();
    await back.openRow('gina Archer');
    await gina.tick('Are you there?', 'read');
    await gina.tick('Call me', 'read');
    await expect.poll(() => back.texts()).toEqual(['Are you there?', 'Call me']);
  });

  it('see each other typing, and online', async () => {
    const [ida, jack] = await twoPeople('ida', 'jack');
    await ida.openChat('jack');
    await jack.openChat('ida');
    const header = ida.page.getByRole('main').locator('header');
    await header.getByText('online').waitFor();
    await jack.composer.pressSequentially('Hm');
    await header.getByText('typing…').waitFor();
    await jack.composer.press('Enter');
    await ida.message('Hm').waitFor();
    await header.getByText('online', { exact: true }).waitFor();
    await jack.page.close();
    await header.getByText(/^last seen today/).waitFor();
  });

  it('keep what they have begun to write in each chat', async () => {
    const [kim] = await twoPeople('kim', 'leo');
    await kim.openChat('leo');
    await kim.composer.fill('Dear Leo');
    await kim.openChat('someone new');
    await expect.poll(() => kim.composer.inputValue()).toBe('');
    await expect.poll(() => kim.keeps('Dear Leo')).toBe(true);
    await kim.page.reload();
    await kim.openChat('leo');
    // It comes as soon as the browser's store is open.
    await expect.poll(() => kim.composer.inputValue()).toBe('Dear Leo');
  });

  it('learn why a message could not be sent, and can try again', async () => {
    const mia = await visitors.signIn(server.url, 'mia', 'Mia');
    await mia.openChat('nobody-yet');
    await mia.write('Hello?');
    await mia.tick('Hello?', 'failed');
    await mia.log.getByText('There is no user "nobody-yet"').waitFor();
    await server.addUser('nobody-yet');
    await mia.page.getByRole('button', { name: 'Try again' }).click();
    await mia.tick('Hello?', 'sent');
    await expect.poll(() => mia.texts()).toEqual(['Hello?']);
  });

  it('sign out, and leave nothing to who signs in next', async () => {
    const sam = new MessengerPage(await visitors.visit(server.url));
    await sam.signIn('sam', 'Sam', true);
    await server.addUser('tom');
    await sam.openChat('tom');
    await sam.write('Secret');
    await sam.tick('Secret', 'sent');
    await sam.composer.fill('Secret draft');
    const token = await sam.page.evaluate(() => JSON.parse(sessionStorage['stoa.session']).token);
    await sam.signOut();
    const kept = await sam.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(kept.filter((name) => name?.endsWith('-sam'))).toEqual([]);
    const stolen = new Client({ url: server.url, token });
    const refused = new Promise((resolve) =>
      stolen.on('status', ({ state }) => state === 'refused' && resolve(state)),
    );
    await stolen.start();
    await refused;
    await stolen.stop();
    await sam.page.reload();
    await sam.signIn('sally', 'Sally');
    await sam.openChat('tom');
    await sam.loaded();
    expect(await sam.texts()).toEqual([]);
    expect(await sam.composer.inputValue()).toBe('');
  });

  it('are apart in two tabs of one browser', async () => {
    const nora = await visitors.signIn(server.url, 'nora', 'Nora');
    const otto = new MessengerPage(await nora.page.context().newPage());
    await otto.page.goto(server.url);
    await otto.signIn('otto', 'Otto');
    await nora.openChat('otto');
    await nora.write('In the other tab?');
    await otto.openRow('Nora');
    await otto.write('Yes');
    await nora.message('Yes').waitFor();
    await nora.page.reload();
    await nora.online();
    await expect.poll(() => nora.texts()).toEqual(['In the other tab?', 'Yes']);
  });
});

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Number ${index + 1}.`);
}

/** Another window gets the focus: Chromium under test keeps it for every page, so the page is told. */
function leaveWindow(): void {
  document.hasFocus = () => false;
  window.dispatchEvent(new Event('blur'));
}

function returnToWindow(): void {
  document.hasFocus = () => true;
  window.dispatchEvent(new Event('focus'));
}
