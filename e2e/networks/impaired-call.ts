import { type Conditions, ImpairedLink } from '@stoa/testkit/impairment';
import type { Page } from 'playwright-core';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import type { CallPlane } from './call-plane.ts';
import type { NetworkPage, Publishing, Sample } from './page-script.ts';

declare global {
  /** In the page. */
  const networkPage: NetworkPage;
}

interface Participant {
  readonly name: string;
  readonly page: Page;
  readonly links: readonly ImpairedLink[];
}

/**
 * Two who see and hear each other over a media plane, one of them in a network that is as bad as the test wants it:
 * what he gets goes through it, and what he sends.
 */
export class ImpairedCall {
  readonly #plane: CallPlane;
  readonly #visitors: Visitors;
  readonly #pages: CallPages;
  readonly #people = new Map<string, Participant>();

  static async launch(plane: CallPlane): Promise<ImpairedCall> {
    const [visitors, pages] = await Promise.all([
      Visitors.launch(),
      startCallPages(new URL('page-script.ts', import.meta.url)),
    ]);
    return new ImpairedCall(plane, visitors, pages);
  }

  private constructor(plane: CallPlane, visitors: Visitors, pages: CallPages) {
    this.#plane = plane;
    this.#visitors = visitors;
    this.#pages = pages;
  }

  /** Begins anew: `good` and `bad` are in a room, and both see something. */
  async begin(publishing: Publishing): Promise<void> {
    await this.#plane.begin((name, encodings) => {
      // Whoever leaves takes his page with him.
      const { page } = this.#participant(name);
      page.evaluate((wishes) => networkPage.encode(wishes), encodings).catch(() => {});
    });
    for (const name of ['good', 'bad']) await this.#publish(name, publishing);
    await this.#view('good', 'bad');
    await this.#view('bad', 'good');
    for (const name of ['good', 'bad'] as const) {
      await this.until(name, (samples) => (samples.at(-1)?.frames ?? 0) > 5);
    }
  }

  /** Makes the network of `bad` what is said, from now on. */
  set(conditions: Conditions): void {
    for (const link of this.#participant('bad').links) link.set(conditions);
  }

  /** What somebody has got of the other, every fifth of a second since he joined. */
  samples(name: 'good' | 'bad'): Promise<readonly Sample[]> {
    return this.#participant(name).page.evaluate(() => networkPage.samples());
  }

  /** Resolves with the samples when they are as they should be. */
  async until(
    name: 'good' | 'bad',
    are: (samples: readonly Sample[]) => boolean,
    patienceMs = 40_000,
  ): Promise<readonly Sample[]> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const samples = await this.samples(name);
      if (are(samples)) return samples;
      if (Date.now() > end) {
        throw new Error(`${name} has got nothing like it: ${JSON.stringify(samples.slice(-10))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** The layer of the other's camera that somebody is sent now. */
  layer(name: 'good' | 'bad'): Promise<string | undefined> {
    return this.#plane.layer(name);
  }

  evaluate<T>(name: 'good' | 'bad', run: () => T | Promise<T>): Promise<T> {
    return this.#participant(name).page.evaluate(run);
  }

  /** Ends the call, so that another may begin. */
  async end(): Promise<void> {
    await this.#plane.end();
    await this.#visitors.leave();
    for (const { links } of this.#people.values()) for (const link of links) link.close();
    this.#people.clear();
  }

  async close(): Promise<void> {
    await Promise.all([this.#visitors.close(), this.#pages.close(), this.#plane.close()]);
  }

  async #publish(name: string, publishing: Publishing): Promise<void> {
    const page = await this.#visitors.visit(this.#pages.url, {
      permissions: ['camera', 'microphone', 'local-network-access'],
    });
    const seed = name.length;
    const links = await Promise.all([ImpairedLink.open(seed), ImpairedLink.open(seed + 10)]);
    this.#people.set(name, { name, page, links });
    const offer = await page.evaluate((wanted) => networkPage.offer(wanted), publishing);
    const answer = await this.#plane.publish(name, ImpairedLink.hide(offer));
    await page.evaluate((sdp) => networkPage.accept(sdp), links[0].through(answer));
  }

  async #view(name: string, of: string): Promise<void> {
    const { page, links } = this.#participant(name);
    const sdp = await this.#plane.view(name, of);
    const through = links[1]?.through(sdp) ?? sdp;
    const answer = await page.evaluate((offer) => networkPage.answer(offer), through);
    await this.#plane.answer(name, ImpairedLink.hide(answer));
    await page.evaluate((offer) => networkPage.watch(offer), through);
  }

  #participant(name: string): Participant {
    const found = this.#people.get(name);
    if (found === undefined) throw new Error(`${name} is not in the call.`);
    return found;
  }
}
