import { startTestNode, type TestNode } from '@stoa/testkit';
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

  it('write to each other', async () => {
    const [alice, bob] = await twoPeople('alice', 'bob');
    await alice.openChat('bob');
    await alice.write('Hello Bob');
    await bob.row('alice Archer').click();
    await bob.message('Hello Bob').waitFor();
    await bob.write('Hello Alice\nhow are you?');
    await alice.message('how are you?').waitFor();
    await alice.write('Fine');
    await bob.message('Fine').waitFor();
    const texts = ['Hello Bob', 'Hello Alice\nhow are you?', 'Fine'];
    expect(await alice.texts()).toEqual(texts);
    expect(await bob.texts()).toEqual(texts);
  });

  it('see when a message was sent, delivered and read, which is when it was on the screen', async () => {
    const [carol, dave] = await twoPeople('carol', 'dave');
    await carol.openChat('dave');
    await carol.write('First');
    await carol.tick('First', 'delivered');
    const row = dave.row('carol Archer');
    await row.getByText('1 unread').waitFor();
    expect(await dave.page.title()).toBe('(1) dave Baker · Stoa');

    await row.click();
    await carol.tick('First', 'read');
    await row.getByText('unread').waitFor({ state: 'hidden' });
    await dave.page.waitForFunction(() => document.title === 'dave Baker · Stoa');
  });

  it('read nothing while they look elsewhere, and find a line where the new messages begin', async () => {
    const [erin, frank] = await twoPeople('erin', 'frank');
    await erin.openChat('frank');
    await erin.write('One');
    await frank.row('erin Archer').click();
    await erin.tick('One', 'read');

    await frank.page.evaluate(leaveWindow);
    await erin.write('Two');
    await erin.write('Three');
    await frank.message('Three').waitFor();
    await erin.tick('Three', 'delivered');
    await frank.row('erin Archer').getByText('2 unread').waitFor();
    expect(await frank.log.getByText('Unread messages').count()).toBe(1);

    await frank.page.evaluate(returnToWindow);
    await erin.tick('Two', 'read');
    await erin.tick('Three', 'read');
    await frank.write('Four');
    await frank.log.getByText('Unread messages').waitFor({ state: 'detached' });
  });

  it('open a long chat at the first unread message, and go down from there', async () => {
    const [uma, vic] = await twoPeople('uma', 'vic');
    await uma.openChat('vic');
    for (let number = 1; number <= 60; number += 1) await uma.write(`Message ${number}.`);
    await uma.tick('Message 60.', 'delivered');

    await vic.row('uma Archer').click();
    await vic.log.getByText('Unread messages').waitFor();
    await uma.tick('Message 1.', 'read');
    await uma.tick('Message 60.', 'delivered');
    await vic.page.getByRole('button', { name: /^Jump to latest/ }).click();
    await uma.tick('Message 60.', 'read');
    expect(await vic.texts()).toHaveLength(60);
  });

  it('come back to what was written while they were away', async () => {
    const [gina, hank] = await twoPeople('gina', 'hank');
    await hank.page.evaluate(() =>
      localStorage.setItem('stoa.session', sessionStorage.getItem('stoa.session') ?? ''),
    );
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
    await back.row('gina Archer').click();
    await gina.tick('Are you there?', 'read');
    await gina.tick('Call me', 'read');
    expect(await back.texts()).toEqual(['Are you there?', 'Call me']);
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
    await header.getByText('typing…').waitFor({ state: 'detached' });
    await header.getByText('online').waitFor();
    await jack.page.close();
    await header.getByText(/^last seen today/).waitFor();
  });

  it('keep what they have begun to write in each chat', async () => {
    const [kim] = await twoPeople('kim', 'leo');
    await kim.openChat('leo');
    await kim.composer.fill('Dear Leo');
    await kim.openChat('someone new');
    expect(await kim.composer.inputValue()).toBe('');
    await kim.page.reload();
    await kim.openChat('leo');
    expect(await kim.composer.inputValue()).toBe('Dear Leo');
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
    expect(await mia.texts()).toEqual(['Hello?']);
  });

  it('are apart in two tabs of one browser', async () => {
    const nora = await visitors.signIn(server.url, 'nora', 'Nora');
    const otto = new MessengerPage(await nora.page.context().newPage());
    await otto.page.goto(server.url);
    await otto.signIn('otto', 'Otto');
    await nora.openChat('otto');
    await nora.write('In the other tab?');
    await otto.row('Nora').click();
    await otto.write('Yes');
    await nora.message('Yes').waitFor();
    await nora.page.reload();
    await nora.online();
    expect(await nora.texts()).toEqual(['In the other tab?', 'Yes']);
  });
});

/** Another window gets the focus: Chromium under test keeps it for every page, so the page is told. */
function leaveWindow(): void {
  document.hasFocus = () => false;
  window.dispatchEvent(new Event('blur'));
}

function returnToWindow(): void {
  document.hasFocus = () => true;
  window.dispatchEvent(new Event('focus'));
}
