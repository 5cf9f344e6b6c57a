import { type MediaEngine, type MediaEvent, WorkerEngine } from '@stoa/media';
import { type Conditions, ImpairedLink } from '@stoa/testkit/impairment';
import type { Page } from 'playwright-core';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
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

const streams = [
  { mid: '0', kind: 'microphone', name: 'mic' },
  { mid: '1', kind: 'camera', name: 'cam' },
] as const;

/**
 * Two who see and hear each other over the media plane, one of them in a network that is as bad as the test wants it:
 * what he gets goes through it, and what he sends.
 */
export class ImpairedCall {
  readonly engine: MediaEngine;
  readonly events: MediaEvent[] = [];
  readonly #visitors: Visitors;
  readonly #pages: CallPages;
  readonly #people = new Map<string, Participant>();
  #room = 'room';

  static async launch(): Promise<ImpairedCall> {
    const [visitors, pages] = await Promise.all([
      Visitors.launch(),
      startCallPages(new URL('page-script.ts', import.meta.url)),
    ]);
    return new ImpairedCall(visitors, pages);
  }

  private constructor(visitors: Visitors, pages: CallPages) {
    this.engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
    this.#visitors = visitors;
    this.#pages = pages;
    this.engine.onEvent((event) => this.#on(event));
  }

  /** Begins anew: `good` and `bad` are in a room, and both see something. */
  async begin(publishing: Publishing): Promise<void> {
    this.events.length = 0;
    this.#room = `room-${Date.now()}`;
    await this.engine.createRoom(this.#room);
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

  /** The codec of the sound that somebody sends, and the layers of his camera that come. */
  async published(name: 'good' | 'bad') {
    const { participants } = await this.engine.statistics(this.#room);
    const of = participants.find(({ participant }) => participant === name)?.publishing?.streams ?? [];
    return of.flatMap(({ layers }) => layers);
  }

  /** The layer of the other's camera that somebody is sent now. */
  async layer(name: 'good' | 'bad'): Promise<string | undefined> {
    const { participants } = await this.engine.statistics(this.#room);
    const of = participants.find(({ participant }) => participant === name)?.viewing?.slots ?? [];
    return of.find(({ stream, mid }) => stream !== null && mid.startsWith('v'))?.rid ?? undefined;
  }

  evaluate<T>(name: 'good' | 'bad', run: () => T | Promise<T>): Promise<T> {
    return this.#participant(name).page.evaluate(run);
  }

  /** Ends the call, so that another may begin. */
  async end(): Promise<void> {
    await this.engine.closeRoom(this.#room);
    await this.#visitors.leave();
    for (const { links } of this.#people.values()) for (const link of links) link.close();
    this.#people.clear();
  }

  async close(): Promise<void> {
    await Promise.all([this.#visitors.close(), this.#pages.close(), this.engine.close()]);
  }

  async #publish(name: string, publishing: Publishing): Promise<void> {
    const page = await this.#visitors.visit(this.#pages.url, {
      permissions: ['camera', 'microphone', 'local-network-access'],
    });
    const seed = name.length;
    const links = await Promise.all([ImpairedLink.open(seed), ImpairedLink.open(seed + 10)]);
    this.#people.set(name, { name, page, links });
    await this.engine.permit(this.#room, name, ['microphone', 'camera']);
    const offer = await page.evaluate((wanted) => networkPage.offer(wanted), publishing);
    const published = await this.engine.publish(this.#room, name, { sdp: ImpairedLink.hide(offer), streams });
    await page.evaluate((sdp) => networkPage.accept(sdp), links[0].through(published.sdp));
  }

  async #view(name: string, of: string): Promise<void> {
    const { page, links } = this.#participant(name);
    await this.engine.watch(this.#room, name, [
      { stream: `${of}/mic` },
      { stream: `${of}/cam`, height: 1080 },
    ]);
    const { version, sdp } = await this.engine.view(this.#room, name);
    const through = links[1]?.through(sdp) ?? sdp;
    const answer = await page.evaluate((offer) => networkPage.answer(offer), through);
    await this.engine.answer(this.#room, name, { version, sdp: ImpairedLink.hide(answer) });
    await page.evaluate(() => networkPage.watch());
  }

  #on(event: MediaEvent): void {
    this.events.push(event);
    if (event.type !== 'encodings') return;
    const page = this.#people.get(event.participant)?.page;
    const { encodings } = event;
    // Whoever leaves takes his page with him.
    page?.evaluate((wishes) => networkPage.encode(wishes), encodings).catch(() => {});
  }

  #participant(name: string): Participant {
    const found = this.#people.get(name);
    if (found === undefined) throw new Error(`${name} is not in the call.`);
    return found;
  }
}
