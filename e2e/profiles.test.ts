import { backend, startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasNoFaults } from './support/audit.ts';
import { blockedAtServer } from './support/blocked-at-server.ts';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let visitors: Visitors;
let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
  visitors = await Visitors.launch();
});
afterAll(async () => {
  await visitors?.close();
  await server?.close();
});

/** Resolves when an avatar with a picture is in the row, with pixels. */
async function seeAvatar({ page }: MessengerPage, name: string): Promise<void> {
  await page.waitForFunction(
    (text) =>
      [...document.querySelectorAll('li')].some((row) => {
        const picture = row.querySelector('img');
        return row.textContent?.includes(text) && picture !== null && picture.naturalWidth > 0;
      }),
    name,
  );
}

it('a profile is set, and seen by others as far as they may', async () => {
  const [alice, bob] = await Promise.all([
    visitors.signIn(server.url, 'alice', 'Alice'),
    visitors.signIn(server.url, 'bob', 'Bob'),
  ]);
  await bob.openChat('alice');
  await bob.write('Hello');
  await alice.row('Bob').waitFor();

  await alice.page.getByRole('button', { name: 'Your profile' }).click();
  const own = alice.page.getByRole('dialog', { name: 'Your profile' });
  await own
    .locator('input[type="file"]')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: png });
  await own.getByRole('button', { name: 'Remove picture' }).waitFor();
  await own.getByLabel('Name', { exact: true }).fill('Alice Liddell');
  await own.getByLabel('Status', { exact: true }).fill('Down the rabbit-hole');
  await own.getByLabel('Who sees your status').selectOption('contacts');
  await hasNoFaults(alice.page);
  await own.getByRole('button', { name: 'Save' }).click();
  await own.waitFor({ state: 'hidden' });

  await bob.row('Alice Liddell').waitFor();
  await seeAvatar(bob, 'Alice Liddell');

  const header = bob.page.getByRole('main').locator('header');
  await header.getByText('online', { exact: true }).waitFor();
  for (const [choice, shown] of [
    ['Never: offline for everybody', /^last seen today/],
    ['While the messenger is in front', /^online$/],
  ] as const) {
    await alice.page.getByRole('button', { name: 'Your profile' }).click();
    await own.getByLabel('When you are online').selectOption(choice);
    await own.getByRole('button', { name: 'Save' }).click();
    await own.waitFor({ state: 'hidden' });
    await header.getByText(shown).waitFor();
  }

  await bob.page.getByRole('button', { name: 'Chat actions' }).click();
  await bob.page.getByRole('menuitem', { name: 'View profile' }).click();
  const seen = bob.page.getByRole('dialog', { name: 'Alice Liddell' });
  await seen.getByRole('img', { name: 'Alice Liddell' }).waitFor();
  expect(await seen.getByText('Down the rabbit-hole').count()).toBe(0);

  await alice.openRow('Bob');
  await alice.page.getByRole('button', { name: 'Chat actions' }).click();
  await alice.page.getByRole('menuitem', { name: 'View profile' }).click();
  await alice.page.getByRole('button', { name: 'Add to your contacts' }).click();
  await seen.getByText('Down the rabbit-hole').waitFor();
  await seen.getByRole('button', { name: 'Hide in groups' }).click();
  await seen.getByRole('button', { name: 'Show in groups again' }).waitFor();
  await blockedAtServer(server, 'bob', 'alice', { groups: true });
  await hasNoFaults(bob.page);
  await bob.page.keyboard.press('Escape');
  await alice.page.keyboard.press('Escape');

  await server.addUser('carol');
  const members = { m: 'alice,bob,carol' };
  const { group } = await backend(server.url, 'groupadd', { group: { name: 'Tea party', members } });
  const { gid } = group as { gid: number };
  const say = (from: string, message: string) =>
    backend(server.url, 'message', { message: { from, gid, message } });
  await say('alice', 'No room! No room!');
  await say('carol', 'There is plenty of room.');
  await bob.openRow('Tea party');
  await bob.message('There is plenty of room.').waitFor();
  expect(await bob.page.getByText('No room! No room!').count()).toBe(0);
  await bob.openRow('Alice Liddell');

  await bob.page.getByRole('button', { name: 'Chat actions' }).click();
  await bob.page.getByRole('menuitem', { name: 'Archive' }).click();
  await bob.row('Alice Liddell').waitFor({ state: 'hidden' });
  await bob.page.getByRole('button', { name: 'Archived (1)' }).click();
  await seeAvatar(bob, 'Alice Liddell');
});
