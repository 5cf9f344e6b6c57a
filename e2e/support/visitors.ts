import { type BrowserOptions, launchBrowser } from '@stoa/testkit';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { MessengerPage } from './messenger-page.ts';
import { collectProblems } from './page-problems.ts';

export interface VisitOptions extends BrowserContextOptions {
  /** Messages on the console that belong to what is tested. */
  readonly expected?: readonly RegExp[];
}

/** Longer than a client waits between two attempts to connect. */
const patienceMs = 40_000;

/**
 * People with browsers of their own (a context each) in one Chromium. Every page is watched: `leave` fails when one
 * of them had an error.
 */
export class Visitors {
  readonly #browser: Browser;
  readonly #problems: string[] = [];

  static async launch(options?: BrowserOptions): Promise<Visitors> {
    return new Visitors(await launchBrowser(options));
  }

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  async visit(url: string, options?: VisitOptions): Promise<Page> {
    const page = await this.#newPage(options);
    await page.goto(url);
    return page;
  }

  /** Opens the messenger as somebody who has signed in before. */
  async signIn(url: string, address: string, name: string, options?: VisitOptions): Promise<MessengerPage> {
    const [page, session] = await Promise.all([this.#newPage(options), demoSession(url, address, name)]);
    await page.addInitScript((text) => sessionStorage.setItem('stoa.session', text), session);
    await page.goto(url);
    const messenger = new MessengerPage(page);
    await messenger.online();
    return messenger;
  }

  /** Closes all pages, after each test. */
  async leave(): Promise<void> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
    expect(this.#problems.splice(0)).toEqual([]);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #newPage({ expected = [], ...options }: VisitOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext(options);
    // Of its other pages, too, which tests open.
    context.setDefaultTimeout(patienceMs);
    context.on('page', (page) => collectProblems(page, this.#problems, expected));
    return context.newPage();
  }
}

/** What the messenger keeps in the tab of a signed-in user. */
async function demoSession(url: string, address: string, name: string): Promise<string> {
  const response = await fetch(`${url}/demo/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ address, name }),
  });
  const { token } = (await response.json()) as { token: string };
  return JSON.stringify({ address, name, token });
}
