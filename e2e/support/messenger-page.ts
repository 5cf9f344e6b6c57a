import { conversationId } from '@stoa/client';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { closed } from './closed.ts';

/** How far an own message has got, as its ticks show it. */
export type Tick = 'outbox' | 'sent' | 'delivered' | 'read' | 'failed' | 'blocked';

const patienceMs = 40_000;

/** The messenger in a browser, in the words of who uses it. Whatever is asked for is waited for. */
export class MessengerPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async signIn(address: string, name: string, remember = false): Promise<void> {
    await this.page.getByLabel('Address').fill(address);
    await this.page.getByLabel('Name').fill(name);
    if (remember) await this.page.getByRole('checkbox').check();
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await this.online();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await this.page.getByRole('button', { name: 'Sign out now' }).click();
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  }

  /** The connection is up: the page says nothing about it. */
  async online(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Chats' }).waitFor();
    await this.page.locator('[data-connection="online"]').waitFor({ state: 'attached' });
  }

  async offline(): Promise<void> {
    await this.page.getByText('No connection.').waitFor();
  }

  /** Opens the chat with somebody, who may not have been written to before. */
  async openChat(address: string): Promise<void> {
    const search = this.page.getByRole('searchbox');
    await search.fill(address);
    await search.press('Enter');
    // The chat that was open before has a field to write in, too.
    await this.page
      .locator(`[data-conversation=${JSON.stringify(conversationId({ peer: address }))}]`)
      .waitFor();
    await this.composer.waitFor();
  }

  /** Opens the chat of a row in the list. */
  async openRow(name: string): Promise<void> {
    await this.row(name).click();
    await this.page
      .getByRole('navigation', { name: 'Chats' })
      .locator('a[aria-current="page"]')
      .filter({ hasText: name })
      .waitFor();
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message to/ });
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  /** The row of a chat in the list. */
  row(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Chats' }).getByRole('link').filter({ hasText: name });
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.message(text).waitFor();
  }

  message(text: string): Locator {
    return this.log.getByRole('article').filter({ hasText: text });
  }

  /** Chooses from the menu of a message. */
  async act(text: string, action: string): Promise<void> {
    await this.message(text).first().click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: action }).click();
    await closed(this.page, 'menu');
  }

  /** Resolves when the ticks of an own message show this state. */
  async tick(text: string, state: Tick): Promise<void> {
    await this.message(text).locator(`[data-status="${state}"]`).waitFor();
  }

  /** Resolves when the open chat has taken what the browser keeps of it. */
  async loaded(): Promise<void> {
    await this.page.locator('[role="log"][aria-busy="false"]').waitFor();
  }

  /** Whether the browser keeps this text in one of its databases, where it is found when the page is loaded anew. */
  keeps(text: string): Promise<boolean> {
    return this.page.evaluate(async (wanted) => {
      const answer = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await answer(indexedDB.open(name));
        const stores = [...database.objectStoreNames];
        const records = await Promise.all(
          stores.map((store) => answer<unknown[]>(database.transaction(store).objectStore(store).getAll())),
        );
        database.close();
        const kept = JSON.stringify(records, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
        if (kept.includes(wanted)) return true;
      }
      return false;
    }, text);
  }

  /** Resolves when a picture of the open chat is on the screen, with pixels. */
  async seesPicture(name: string): Promise<void> {
    const width = () =>
      this.log.getByRole('img', { name }).evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(width, { timeout: patienceMs }).toBeGreaterThan(0);
  }

  /** All messages of the open chat, in the order in which they stand there. */
  async texts(): Promise<string[]> {
    return this.log.getByRole('article').locator('[dir="auto"]').allTextContents();
  }
}
