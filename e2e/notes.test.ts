import { Client } from '@stoa/client';
import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const permissions = ['microphone', 'camera'];
/** Of a note that is being recorded: a busy page may not show every second. */
const atLeastASecond = /^0:(0[1-9]|[1-5]\d)$/;

describe('notes and cards in the messenger', () => {
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

  const voice = ({ log }: MessengerPage) =>
    log.getByRole('region', { name: /^Voice note, 0:(0[1-9]|[1-5]\d)/ });
  const film = ({ log }: MessengerPage) => log.locator('video');

  async function record({ page }: MessengerPage, kind: 'voice' | 'video'): Promise<void> {
    await page.getByRole('button', { name: `Record a ${kind} note` }).click();
    const recording = page.getByRole('region', { name: 'Recording' });
    await recording.getByText(atLeastASecond).waitFor();
    await recording.getByRole('button', { name: 'Send the note' }).click();
    await recording.waitFor({ state: 'hidden' });
  }

  /** Resolves when it has got on a little. */
  async function plays(media: Locator): Promise<void> {
    const position = () => media.evaluate((element: HTMLMediaElement) => element.currentTime);
    await expect.poll(position, { timeout: 40_000 }).toBeGreaterThan(0.1);
  }

  async function seesAndHearsAll(person: MessengerPage): Promise<void> {
    await person.seesPicture('dot.png');
    await voice(person).getByRole('button', { name: 'Play the voice note' }).click();
    await plays(voice(person).locator('audio'));
    await film(person).evaluate((element: HTMLVideoElement) => {
      element.muted = true;
      return element.play();
    });
    await plays(film(person));
  }

  it('a picture, a voice note and a video note go from one page to another, and play after both were loaded anew', async () => {
    const [alice, bob] = await Promise.all([
      visitors.signIn(server.url, 'alice', 'Alice', { permissions }),
      visitors.signIn(server.url, 'bob', 'Bob'),
    ]);
    await alice.openChat('bob');
    await alice.page
      .locator('input[type="file"]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: png });
    await record(alice, 'voice');
    await voice(alice).waitFor();
    await record(alice, 'video');
    await bob
      .row('Alice')
      .getByText(/^Video note, 0:/)
      .waitFor();
    await bob.openRow('Alice');
    await seesAndHearsAll(bob);
    // The first frame, and how loud it was, came with the messages.
    expect(await film(bob).getAttribute('poster')).toMatch(/^data:image\/jpeg/);
    expect(await voice(bob).locator('i').count()).toBeGreaterThan(10);
    await Promise.all([alice, bob].map(({ page }) => page.reload()));
    await Promise.all([alice, bob].map(seesAndHearsAll));
    const speed = voice(bob).getByRole('button', { name: /^Speed/ });
    await speed.click();
    const rate = () =>
      voice(bob)
        .locator('audio')
        .evaluate((audio: HTMLAudioElement) => audio.playbackRate);
    await expect.poll(rate).toBe(1.5);
  });

  it('a note is sent when the button is let go, and given up by moving to the left', async () => {
    const carol = await visitors.signIn(server.url, 'carol', 'Carol', { permissions });
    await carol.openChat('dave');
    const { page } = carol;
    const button = page.getByRole('button', { name: 'Record a voice note' });
    const recording = page.getByRole('region', { name: 'Recording' });
    const hold = async () => {
      const { x = 0, y = 0 } = (await button.boundingBox()) ?? {};
      await page.mouse.move(x + 20, y + 20);
      await page.mouse.down();
      await recording.getByText(atLeastASecond).waitFor();
      return { x: x + 20, y: y + 20 };
    };
    const { x, y } = await hold();
    await page.mouse.move(x - 120, y);
    await recording.waitFor({ state: 'hidden' });
    await page.mouse.up();
    await hold();
    await page.mouse.up();
    await voice(carol).waitFor();
    expect(await voice(carol).count()).toBe(1);
    // By keyboard, and discarded.
    await button.press('Enter');
    await recording.getByRole('button', { name: 'Discard the note' }).click();
    await carol.composer.waitFor();
  });

  it('sends where the user is, and whom he knows', async () => {
    const heidi = await visitors.signIn(server.url, 'heidi', 'Heidi', {
      permissions: ['geolocation'],
      geolocation: { latitude: 46.948, longitude: 7.4474 },
    });
    await heidi.openChat('ivan');
    const attach = async (what: string) => {
      await heidi.page.getByRole('button', { name: 'Attach' }).click();
      await heidi.page.getByRole('menuitem', { name: what }).click();
    };
    await attach('My location');
    await heidi.log.getByRole('link', { name: 'Location: 46.94800, 7.44740' }).waitFor();
    await attach('Contacts');
    const dialog = heidi.page.getByRole('dialog', { name: 'Send contacts' });
    await dialog.getByRole('searchbox').fill('judy');
    await dialog.getByRole('searchbox').press('Enter');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await heidi.log.getByRole('region', { name: 'Contact judy' }).waitFor();
  });

  it('places and people are shown as cards with links', async () => {
    const erin = await visitors.signIn(server.url, 'erin', 'Erin');
    const { token } = await server.addUser('frank');
    const frank = new Client({ url: server.url, token });
    await frank.start();
    const contacts = [
      { name: 'Grace', address: 'grace', phones: ['+41 44 000 00 00'], emails: ['g@example.com'] },
    ];
    await frank.send({ peer: 'erin' }, { content: { contacts } }).sent;
    await frank.send({ peer: 'erin' }, { content: { latitude: 47.3769, longitude: 8.5417 } }).sent;
    await frank.stop();
    await erin.openRow('frank');
    const place = erin.log.getByRole('link', { name: 'Location: 47.37690, 8.54170' });
    expect(await place.getAttribute('href')).toBe('geo:47.3769,8.5417');
    const card = erin.log.getByRole('region', { name: 'Contact Grace' });
    const links = () =>
      card.getByRole('link').evaluateAll((all) => all.map((each) => each.getAttribute('href')));
    await expect.poll(links).toEqual(['#/chat/grace', 'tel:+41440000000', 'mailto:g@example.com']);
  });
});
