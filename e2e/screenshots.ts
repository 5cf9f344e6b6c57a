/**
 * Takes the pictures of the README from the real thing. Run: `npm run build && node e2e/screenshots.ts`
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchBrowser, startTestNode } from '@stoa/testkit';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { CallPage } from './support/call-page.ts';
import { MessengerPage } from './support/messenger-page.ts';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));

await mkdir(folder, { recursive: true });
const server = await startTestNode();
const browser = await launchBrowser();
try {
  const wide = { viewport: { width: 1180, height: 760 }, colorScheme: 'light' } as const;
  const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', deviceScaleFactor: 2 } as const;
  const ana = await signIn(browser, 'ana', 'Ana Almeida', wide);
  const ben = await signIn(browser, 'ben', 'Ben Baker', phone);
  const others = [
    await signIn(browser, 'chiara', 'Chiara Conti', wide),
    await signIn(browser, 'dmitri', 'Dmitri Dale', wide),
    await signIn(browser, 'museum', 'City Museum', wide),
  ];
  for (const [other, text] of [
    [others[2], 'Your tickets are at the desk. We are open until five.'],
    [others[1], 'The minutes are done. Can you have a look before Thursday?'],
    [others[0], 'Thank you for the lovely evening!'],
  ] as const) {
    await other?.openChat('ana');
    await other?.write(text);
    await other?.tick(text, 'delivered');
  }
  await ana.openRow('City Museum');
  await ana.message('Your tickets').waitFor();
  await ana.write('Perfect, thank you.');

  const [, dmitri] = others;
  if (dmitri !== undefined) await missCall(new CallPage(dmitri), new CallPage(ana));

  await ana.openChat('ben');
  await ben.openChat('ana');
  const answer = 'Exactly. Shall I reserve a table for afterwards?';
  const chat: readonly (readonly [from: MessengerPage, to: MessengerPage, text: string])[] = [
    [ana, ben, 'Good morning! Are we still on for the museum today?'],
    [ben, ana, 'Yes! The exhibition about the old market halls closes at five, so let us meet at two.'],
    [ana, ben, 'Two is good. I have the tickets already.'],
    [ben, ana, 'Great.'],
    [
      ben,
      ana,
      'I am bringing the guide book: it has a chapter about how people met under the colonnades, traded, argued and told each other the news of the day.',
    ],
    [ana, ben, 'So what we do here, then!'],
    [ben, ana, answer],
    [ana, ben, 'Please do, on the terrace if there is one.'],
  ];
  for (const [from, to, text] of chat) {
    if (text === answer) await from.act('So what we do here', 'Reply');
    await from.write(text);
    await to.message(text).waitFor();
    await from.tick(text, 'read');
  }
  await ana.page.mouse.move(600, 0);
  await ben.page.mouse.move(0, 0);
  await ben.composer.pressSequentially('Done: half past ');
  await ana.page.getByRole('main').getByText('typing…').waitFor();
  await ana.message('Please do').click({ button: 'right' });
  await ana.page.getByRole('menuitem', { name: 'Reply' }).hover();
  await ana.page.screenshot({ path: `${folder}messenger-wide-light.png`, animations: 'disabled' });
  await ben.page.screenshot({ path: `${folder}messenger-phone-dark.png`, animations: 'disabled' });
} finally {
  await browser.close();
  await server.close();
}

/** Calls, and gives up at once. */
async function missCall(caller: CallPage, callee: CallPage): Promise<void> {
  await caller.call('Voice call');
  await callee.incoming.waitFor();
  await caller.press('Hang up');
  await Promise.all([caller.isDone(), callee.isDone()]);
  await callee.messenger.row('Dmitri').getByText('Missed voice call').waitFor();
  await callee.page.getByText('You missed a call.').waitFor({ state: 'detached' });
}

async function signIn(
  from: Browser,
  address: string,
  name: string,
  options: BrowserContextOptions,
): Promise<MessengerPage> {
  const context = await from.newContext(options);
  const messenger = new MessengerPage(await context.newPage());
  await messenger.page.goto(server.url);
  await messenger.signIn(address, name);
  return messenger;
}
