import { startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoFaults } from './support/audit.ts';
import { blockedAtServer } from './support/blocked-at-server.ts';
import { closed } from './support/closed.ts';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

describe('what can be done with messages in the messenger', () => {
  let server: TestNode;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await startTestNode();
    await server.addUser('nora');
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  /** Two people with their chat open. */
  async function chat(one: string, other: string): Promise<[MessengerPage, MessengerPage]> {
    const [first, second] = await Promise.all([
      visitors.signIn(server.url, one, `${one} Archer`),
      visitors.signIn(server.url, other, `${other} Baker`),
    ]);
    await first.openChat(other);
    await second.openChat(one);
    return [first, second];
  }

  it('edits, and shows so on both sides', async () => {
    const [alice, bob] = await chat('alice', 'bob');
    await alice.write('Helo');
    await bob.message('Helo').waitFor();
    await alice.tick('Helo', 'read');
    await alice.composer.press('ArrowUp');
    await alice.page.getByText('Edit message').waitFor();
    await alice.composer.fill('never mind');
    await alice.composer.press('Escape');
    await expect.poll(() => alice.composer.inputValue()).toBe('');

    await alice.act('Helo', 'Edit');
    await alice.composer.fill('Hello');
    await alice.composer.press('Enter');
    for (const one of [alice, bob]) {
      await one.message('Hello').getByText('edited').waitFor();
      await expect.poll(() => one.texts()).toEqual(['Hello']);
    }
    await bob.row('alice Archer').getByText('Hello').waitFor();
  });

  it('reacts, and shows on both sides how many did and who', async () => {
    const [rosa, sam] = await chat('rosa', 'sam');
    await rosa.write('We have won!');
    await sam.act('We have won!', 'React with 👍');
    const reaction = (page: MessengerPage, name: string) => page.page.getByRole('button', { name });
    await reaction(rosa, '👍 1: sam').click();
    await reaction(sam, '👍 2: You, rosa').click();
    await reaction(rosa, '👍 1: You').click();
    await reaction(sam, '👍').waitFor({ state: 'detached' });
  });

  it('pins for both, and asks in polls', async () => {
    const [tina, uwe] = await chat('tina', 'uwe');
    await tina.write('The address is 1 High Street');
    await uwe.act('The address', 'Pin');
    const pinned = (one: MessengerPage) =>
      one.page.getByRole('list', { name: 'Pinned messages' }).getByRole('button', { name: 'The address' });
    await pinned(tina).click();
    await pinned(uwe).waitFor();

    await tina.page.getByRole('button', { name: 'Chat actions' }).click();
    await tina.page.getByRole('menuitem', { name: 'New poll' }).click();
    await tina.page.getByLabel('Question').fill('Lunch?');
    await tina.page.getByLabel('Options').fill('Pizza\nSoup');
    await tina.page.getByRole('button', { name: 'Ask' }).click();
    const option = (one: MessengerPage, text: string) =>
      one.page.getByRole('group', { name: 'Lunch?' }).locator('label', { hasText: text });
    await option(uwe, 'Soup').click();
    await option(tina, 'Soup').getByText('1').waitFor();
    await tina.act('Lunch?', 'Close the poll');
    await uwe.page.getByText('This poll is closed.').waitFor();

    await tina.act('The address', 'Unpin');
    await pinned(uwe).waitFor({ state: 'detached' });
  });

  it('answers, leads to what was answered, and forwards', async () => {
    const [carol, dave] = await chat('carol', 'dave');
    await carol.write('When shall we meet?');
    for (const count of [1, 2, 3]) await carol.write(`By the way (${count})${'\nand so on'.repeat(20)}`);
    // What comes moves the others.
    await dave.message('By the way (3)').waitFor();
    await dave.act('When shall we meet?', 'Reply');
    await dave.page.getByText('Reply to carol Archer').waitFor();
    await dave.write('At eight');
    // The answers stand together beside the chat, and are counted on what they answer.
    await carol.page.getByRole('button', { name: '1 reply' }).click();
    const thread = (one: MessengerPage) => one.page.getByRole('complementary', { name: 'Thread' });
    await thread(carol).getByText('At eight').waitFor();
    const reply = thread(carol).getByRole('textbox', { name: 'Reply in the thread' });
    await expect.poll(() => reply.evaluate((field) => field === document.activeElement)).toBe(true);
    await reply.fill('Make it nine');
    await reply.press('Enter');
    await thread(carol).getByText('2 replies').waitFor();
    await dave
      .message('Make it nine')
      .getByRole('button', { name: /^In reply to/ })
      .waitFor();
    await dave.act('When shall we meet?', 'Open thread');
    await thread(dave).getByRole('article').filter({ hasText: 'Make it nine' }).waitFor();
    await hasNoFaults(dave.page);
    for (const one of [carol, dave]) {
      await thread(one).press('Escape');
      await thread(one).waitFor({ state: 'detached' });
    }
    const quote = carol.message('At eight').getByRole('button', { name: /^In reply to You/ });
    await quote.click();
    await carol.page.locator('[data-found="true"]').filter({ hasText: 'When shall we meet?' }).waitFor();

    await carol.act('At eight', 'Forward');
    await carol.page.getByRole('searchbox', { name: /^Search chats and people/ }).fill('dave');
    await carol.page.getByRole('dialog').getByRole('button', { name: 'dave Baker' }).click();
    await dave.message('Forwarded').filter({ hasText: 'At eight' }).waitFor();
  });

  it('deletes for everybody, and for oneself on all devices', async () => {
    const [erin, frank] = await chat('erin', 'frank');
    const other = await visitors.signIn(server.url, 'erin', 'erin Archer');
    await other.openChat('frank');
    await erin.write('Oops');
    await erin.write('Mine');
    await other.message('Mine').waitFor();
    await erin.act('Oops', 'Delete');
    await erin.page.getByRole('button', { name: 'Delete for everyone' }).click();
    await frank.message('This message was deleted').waitFor();
    await other.message('You deleted this message').waitFor();

    await erin.act('Mine', 'Delete');
    await erin.page.getByRole('button', { name: 'Delete for me' }).click();
    await other.message('Mine').waitFor({ state: 'detached' });
    await frank.message('Mine').waitFor();
    for (const one of [erin, other])
      await expect.poll(() => one.texts()).toEqual(['You deleted this message']);
  });

  it('keeps what was typed, on all devices', async () => {
    const [gina] = await chat('gina', 'hugo');
    const other = await visitors.signIn(server.url, 'gina', 'gina Archer');
    await gina.composer.fill('About tonight');
    await other.row('hugo').getByText('About tonight').waitFor();
    await other.openChat('hugo');
    await expect.poll(() => other.composer.inputValue()).toBe('About tonight');
    await other.composer.press('Enter');
    await gina.message('About tonight').waitFor();
    await gina.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
  });

  it('blocks somebody, and lets him in again', async () => {
    const [ivan, judy] = await chat('ivan', 'judy');
    await judy.write('Hello');
    await ivan.message('Hello').waitFor();
    await ivan.page.getByRole('button', { name: 'Chat actions' }).click();
    await ivan.page.getByRole('menuitem', { name: 'Block' }).click();
    await ivan.page.getByText('You have blocked judy Baker.').waitFor();
    await hasNoFaults(ivan.page);
    await blockedAtServer(server, 'ivan', 'judy', { messages: true });
    await judy.write('Are you there?');
    await judy.tick('Are you there?', 'blocked');
    await ivan.page.getByRole('button', { name: 'Unblock' }).click();
    await ivan.composer.waitFor();
    // She may be quicker than the word that he lets her in, and is refused once more then.
    const again = judy.page.getByRole('button', { name: 'Try again' });
    const arrives = async (): Promise<boolean> => {
      // It may be gone again by then.
      if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => {});
      return ivan.message('Are you there?').isVisible();
    };
    await expect.poll(arrives, { timeout: 40_000, interval: 200 }).toBe(true);

    // What the browser cannot keep is said, and does not hold.
    await ivan.page.getByRole('button', { name: 'Chat actions' }).click();
    await ivan.page.getByRole('menuitem', { name: 'Block' }).click();
    await ivan.page.getByText('You have blocked judy Baker.').waitFor();
    await ivan.page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (...asked) {
        if (asked[1] === 'readwrite') throw new Error('The disk is full.');
        return transaction.apply(this, asked);
      };
    });
    await ivan.page.getByRole('button', { name: 'Chat actions' }).click();
    await ivan.page.getByRole('menuitem', { name: 'Archive' }).click();
    const refused = ivan.page.getByRole('alert').getByText('The local store does not take changes.');
    await refused.waitFor();
    await ivan.page.getByRole('button', { name: 'Unblock' }).click();
    await expect.poll(() => refused.count()).toBe(2);
    expect(await ivan.page.getByText('You have blocked judy Baker.').isVisible()).toBe(true);
  });

  it('finds messages of all chats, and leads to them', async () => {
    const [kate, liam] = await chat('kate', 'liam');
    await kate.write('The invoice is on your desk');
    await liam.message('invoice').waitFor();
    await liam.page.goto(`${server.url}/messenger/#/`);
    await liam.page.getByRole('searchbox').fill('INVOICE');
    await liam.page.getByRole('button', { name: /The invoice is on your desk/ }).click();
    await liam.page.locator('[data-found="true"]').filter({ hasText: 'invoice' }).waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'has names and contrast in menus and dialogs (%s)',
    async (colorScheme) => {
      const mona = await visitors.signIn(server.url, `mona-${colorScheme}`, 'Mona', { colorScheme });
      await visitors.signIn(server.url, `nora-${colorScheme}`, 'Nora');
      await mona.openChat(`nora-${colorScheme}`);
      await mona.write('A note');
      await mona.tick('A note', 'delivered');
      const { page } = mona;
      // Without a mouse: Enter on the message opens its menu, Escape gives the focus back.
      await mona.message('A note').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
      await hasNoFaults(page);
      await page.keyboard.press('Escape');
      await closed(page, 'menu');
      await mona.act('A note', 'Delete');
      await page.getByRole('dialog').waitFor();
      await hasNoFaults(page);
      await page.keyboard.press('Escape');
      await closed(page, 'dialog');
      for (const dialog of ['Search messages', 'Disappearing messages', 'Clear this chat']) {
        await page.getByRole('button', { name: 'Chat actions' }).click();
        await page.getByRole('menuitem', { name: dialog }).click();
        await page.getByRole('dialog').waitFor();
        await hasNoFaults(page, dialog);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
        await expect.poll(focused).toBe('Chat actions');
      }
    },
  );
});
