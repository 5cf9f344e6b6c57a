import { launchBrowser } from '@stoa/testkit';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { MessengerPage } from './messenger-page.ts';
import { collectProblems } from './page-problems.ts';

export interface VisitOptions extends BrowserContextOptions {
  /** Messages on the console that belong to what is tested. */
  readonly expected?: readonly RegExp[];
}

/**
 * People with browsers of their own (a context each) in one Chromium. Every page is watched: `leave` fails when one
 * of them had an error.
 */
export class Visitors {
  readonly #browser: Browser;
  readonly #problems: string[] = [];

  static async launch(): Promise<Visitors> {
    return new Visitors(await launchBrowser());
  }

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  async visit(url: string, { expected = [], ...options }: VisitOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext(options);
    context.on('page', (page) => collectProblems(page, this.#problems, expected));
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(url);
    return page;
  }

  /** Opens the messenger and signs in. */
  async signIn(url: string, address: string, name: string, options?: VisitOptions): Promise<MessengerPage> {
    const messenger = new MessengerPage(await this.visit(url, options));
    await messenger.signIn(address, name);
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
}
