import { Client, memoryStore } from '@stoa/client';
import { groupFlags, memberFlags } from '@stoa/protocol';
import { startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoFaults } from './support/audit.ts';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

describe('groups in the messenger', () => {
  let visitors: Visitors;
  let server: TestNode;

  beforeAll(async () => {
    server = await startTestNode();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  async function create({ page }: MessengerPage, name: string, ...members: string[]): Promise<number> {
    await page.getByRole('button', { name: 'New group' }).click();
    const dialog = page.getByRole('dialog', { name: 'New group' });
    await dialog.getByLabel('Name').fill(name);
    for (const member of members) {
      const field = dialog.getByRole('searchbox');
      await field.fill(member);
      await dialog
        .getByRole('list', { name: 'People' })
        .getByRole('button', { name: member })
        .first()
        .click();
    }
    await dialog.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.waitForURL(/#\/group\/\d+/);
    return Number(/#\/group\/(\d+)/.exec(page.url())?.[1]);
  }

  it('are made, joined with a code, written to by all, and obey a change of rights at once', async () => {
    const [alice, bob, carol, dave, erin] = await Promise.all(
      ['alice', 'bob', 'carol', 'dave', 'erin'].map((user) => visitors.signIn(server.url, user, user)),
    );
    if (!alice || !bob || !carol || !dave || !erin) throw new Error('somebody is missing');
    const gid = await create(alice, 'Hiking club', 'bob', 'carol', 'dave');
    await alice.page.getByRole('button', { name: '4 members' }).click();
    const info = alice.page.getByRole('dialog', { name: 'Hiking club' });
    await info.getByRole('button', { name: 'Invite with a code or link' }).click();
    const code = await info.getByRole('status').getByRole('strong').innerText();
    const link = await info.getByRole('status').getByRole('link').getAttribute('href');
    await alice.page.keyboard.press('Escape');

    await erin.page.getByRole('button', { name: 'New group' }).click();
    await erin.page.getByLabel('Invited? Enter the code').fill(code);
    await erin.page.getByRole('button', { name: 'Join' }).click();
    await alice.page.getByRole('button', { name: '5 members' }).waitFor();
    const frank = await visitors.signIn(server.url, 'frank', 'frank');
    const wrong = `${link?.slice(0, -1)}${link?.endsWith('1') ? '2' : '1'}`;
    await frank.page.goto(wrong);
    const invitation = frank.page.getByRole('dialog', { name: 'Invitation to a group' });
    const join = invitation.getByRole('button', { name: 'Join group' });
    await join.click();
    await invitation.getByText(/PIN is wrong/).waitFor();
    await frank.page.goto(link ?? '');
    // Another dialog: nobody is in a group by following a link alone.
    await invitation.getByText(/PIN is wrong/).waitFor({ state: 'detached' });
    await join.click();
    await frank.page.getByRole('heading', { name: 'Hiking club' }).waitFor();
    await alice.page.getByRole('button', { name: '6 members' }).waitFor();
    for (const member of [bob, carol, dave]) await member.openRow('Hiking club');

    await alice.write('Saturday, 9 o’clock?');
    for (const member of [bob, carol, dave, erin]) {
      await member.message('Saturday, 9 o’clock?').filter({ hasText: 'alice' }).waitFor();
    }
    await alice.tick('Saturday, 9 o’clock?', 'read');
    // Who leads the group may call upon everybody in it.
    await alice.write('@all bring boots');
    await bob.message('bring boots').locator('strong', { hasText: '@all' }).waitFor();
    await erin.write('@all I shall');
    await erin.tick('I shall', 'read');
    // An @ offers the members: by the keys, by touch, and not when it is put away.
    await carol.composer.pressSequentially('Ask @');
    const offered = carol.page.getByRole('listbox', { name: 'People to mention' });
    await offered.getByRole('option', { name: 'alice', selected: true }).waitFor();
    await hasNoFaults(carol.page);
    await carol.composer.press('ArrowDown');
    await offered.getByRole('option', { name: 'bob', selected: true }).waitFor();
    await carol.composer.press('Tab');
    await carol.composer.pressSequentially('or @d');
    await offered.getByRole('option', { name: 'dave' }).click();
    await carol.composer.pressSequentially('@');
    await offered.waitFor();
    await carol.composer.press('Escape');
    await offered.waitFor({ state: 'detached' });
    await expect.poll(() => carol.composer.inputValue()).toBe('Ask @bob or @dave @');
    await carol.composer.press('Enter');
    for (const name of ['@bob', '@dave'])
      await bob.message('Ask').locator('strong', { hasText: name }).waitFor();
    // In front of a word, too, Enter takes one of them and then sends.
    await carol.composer.fill(' has the map');
    await carol.composer.press('Home');
    await carol.composer.pressSequentially('@er');
    await offered.getByRole('option', { name: 'erin', selected: true }).waitFor();
    await carol.composer.press('Enter');
    await offered.waitFor({ state: 'detached' });
    await carol.composer.press('Enter');
    await bob.message('has the map').locator('strong', { hasText: '@erin' }).waitFor();

    await erin.write('I am in');
    for (const member of [alice, bob, carol, dave]) await member.message('I am in').waitFor();

    const { token } = await server.addUser('alice');
    const owner = new Client({ url: server.url, token, store: memoryStore() });
    try {
      await owner.start();
      await expect.poll(() => owner.status.state).toBe('online');
      await owner.groups.update(gid, { flags: groupFlags.sendBySelected });
      await owner.groups.updateMembers(gid, ['bob'], { permissions: memberFlags.receive | memberFlags.list });
    } finally {
      await owner.stop();
    }
    await bob.write('May I?');
    await bob.tick('May I?', 'failed');
    await carol.write('I may');
    for (const member of [alice, bob]) await member.message('I may').waitFor();
    expect(await alice.log.getByText('May I?').count()).toBe(0);
  });

  it('lose who is removed or leaves, and have names and contrast', async () => {
    const [fay, gil] = [
      await visitors.signIn(server.url, 'fay', 'Fay'),
      await visitors.signIn(server.url, 'gil', 'Gil', { colorScheme: 'dark' }),
    ];
    await create(fay, 'Two of us', 'gil');
    await fay.write('Hello');
    await gil.row('Two of us').getByText('Fay: Hello').waitFor();
    await gil.openRow('Two of us');
    await gil.message('Hello').getByText('Fay').waitFor();
    await gil.page.getByRole('button', { name: '2 members' }).click();
    await gil.page.getByRole('list', { name: 'Members' }).getByText('Fay').waitFor();
    await hasNoFaults(gil.page);
    await gil.page.keyboard.press('Escape');
    await fay.page.getByRole('button', { name: '2 members' }).click();
    await fay.page.getByRole('button', { name: 'Remove Gil' }).click();
    await gil.page.getByText('You are not in this group any more.').waitFor();
    await gil.message('Hello').waitFor();
    await fay.page.getByRole('button', { name: 'Leave group' }).click();
    await fay.page.getByRole('button', { name: 'Leave now' }).click();
    await fay.page.getByText('You are not in this group any more.').waitFor();
    await fay.page.getByRole('button', { name: 'New group' }).click();
    await fay.page.getByRole('dialog', { name: 'New group' }).waitFor();
    await hasNoFaults(fay.page);
  });
});
