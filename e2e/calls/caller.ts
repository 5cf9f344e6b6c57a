import { type TestUser, within } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import type { Visitors } from '../support/visitors.ts';
import type { Harness } from './page-script.ts';
import type { CallPages } from './pages.ts';

declare global {
  /** In the page. */
  const harness: Harness;
}

export interface CallerOptions {
  readonly waiting?: boolean;
  readonly relayOnly?: boolean;
  readonly expected?: readonly RegExp[];
}

/** Somebody with a page that can call: one device of a user. */
export class Caller {
  readonly page: Page;
  readonly address: string;

  static async open(
    visitors: Visitors,
    pages: CallPages,
    server: string,
    { address, token }: TestUser,
    { waiting = false, relayOnly = false, expected = [] }: CallerOptions = {},
  ): Promise<Caller> {
    const query = new URLSearchParams({
      server,
      token,
      user: address,
      waiting: waiting ? 'yes' : 'no',
      relay: relayOnly ? 'only' : 'any',
    });
    // Chromium asks its user before a page reaches a server on the same machine.
    const permissions = ['local-network-access', 'camera', 'microphone'];
    const page = await visitors.visit(`${pages.url}/?${query}`, { permissions, expected });
    const caller = new Caller(page, address);
    await caller.online();
    return caller;
  }

  /** Another tab of the same browser, which shares its client. */
  async openTab(): Promise<Caller> {
    const page = await this.page.context().newPage();
    await page.goto(this.page.url());
    const tab = new Caller(page, this.address);
    await tab.online();
    return tab;
  }

  private constructor(page: Page, address: string) {
    this.page = page;
    this.address = address;
  }

  async online(): Promise<void> {
    await this.page.waitForFunction(() => harness.client.status.state === 'online');
  }

  async call(peer: Caller, video = false): Promise<void> {
    await this.page.evaluate(
      ([address, withVideo]) => void harness.client.calls.call(address, { video: withVideo }),
      [peer.address, video] as const,
    );
  }

  async answer(video = false): Promise<void> {
    await this.page.evaluate((withVideo) => harness.calls.at(-1)?.answer({ video: withVideo }), video);
  }

  async hangup(): Promise<void> {
    await this.page.evaluate(() => harness.calls.at(-1)?.hangup());
  }

  /** Resolves when the newest call is in this phase; ended ones are named `ended <reason>`. */
  async reaches(phase: string, timeout = patienceMs): Promise<void> {
    const wait = this.page.waitForFunction(
      (wanted) => {
        const status = harness.calls.at(-1)?.status;
        if (status === undefined) return false;
        return wanted === (status.phase === 'ended' ? `ended ${status.reason}` : status.phase);
      },
      phase,
      { timeout },
    );
    await wait.catch(async (error: unknown) => {
      throw new Error(`${this.address} did not get to "${phase}"; log: ${(await this.log()).join(', ')}`, {
        cause: error,
      });
    });
  }

  log(): Promise<string[]> {
    return this.page.evaluate(() => harness.log);
  }

  /** Resolves when the line has been logged, after the first `from` ones. */
  async logged(line: string, from = 0): Promise<void> {
    const wait = this.page.waitForFunction(
      ([wanted, begin]) => harness.log.slice(begin).some((each) => each.startsWith(wanted)),
      [line, from] as const,
    );
    await wait.catch(async (error: unknown) => {
      throw new Error(`${this.address} did not log "${line}" but ${(await this.log()).join(', ')}`, {
        cause: error,
      });
    });
  }

  /** Resolves when this many more frames have been decoded. */
  async sees(frames = 5): Promise<void> {
    const { frames: before } = await this.received();
    const seen = this.page.evaluate(
      (wanted) => harness.untilReceived((sum) => sum.frames >= wanted),
      before + frames,
    );
    await this.#gets(seen, `${frames} more frames`);
  }

  /** Nothing is left of the calls before. */
  async startOver(): Promise<void> {
    await this.page.evaluate(() => {
      for (const call of harness.client.calls.all) call.hangup();
    });
    await this.page.waitForFunction(() => harness.calls.every((call) => call.isOver));
    await this.page.evaluate(() => harness.startOver());
  }

  /** Resolves when sound has come for a second, with nothing to hear in it. */
  async hearsNothing(): Promise<void> {
    const silent = this.page.evaluate(async (energy) => {
      for (;;) {
        const before = await harness.received();
        // Of silence, fewer packets may be sent.
        await harness.untilReceived(
          ({ audioPackets, audioSeconds }) =>
            audioPackets > before.audioPackets + 1 && audioSeconds > before.audioSeconds + 1,
        );
        if ((await harness.received()).energy - before.energy < energy) return;
      }
    }, audible);
    await within(silent, `silence at ${this.address}`, patienceMs);
  }

  /** Lets time pass in the page. */
  async waits(ms: number): Promise<void> {
    await this.page.evaluate(
      (forMs) => new Promise((resolve) => setTimeout(resolve, forMs)),
      Math.max(0, ms),
    );
  }

  /** Resolves when no media comes any more. */
  async getsNothing(): Promise<void> {
    const nothing = this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const stop = harness.calls.at(-1)?.on('quality', ({ kbitIn = 0 }) => {
            if (kbitIn > 3) return;
            stop?.();
            resolve();
          });
        }),
    );
    await within(nothing, `nothing to come to ${this.address}`, patienceMs);
  }

  /** Resolves when more sound has come, with something to hear in it. */
  async hears(): Promise<void> {
    const { energy: before } = await this.received();
    const heard = this.page.evaluate(
      (wanted) => harness.untilReceived((sum) => sum.energy >= wanted),
      before + audible,
    );
    await this.#gets(heard, 'something to hear');
  }

  /** What comes otherwise, and whether the page plays it, is said when it does not. */
  async #gets(coming: Promise<void>, what: string): Promise<void> {
    await within(coming, `${what} at ${this.address}`, patienceMs).catch(async (error: unknown) => {
      const state = await this.run(async ({ received, remote, peers, log }) => ({
        ...(await received()),
        paused: remote.paused,
        connections: peers.map(({ connectionState }) => connectionState),
        log,
      }));
      throw new Error(`${this.address} did not get ${what}; ${JSON.stringify(state)}`, { cause: error });
    });
  }

  received(): ReturnType<Harness['received']> {
    return this.page.evaluate(() => harness.received());
  }

  run<T>(what: (of: Harness) => T | Promise<T>): Promise<T> {
    return this.page.evaluate(`(${what})(harness)`) as Promise<T>;
  }
}

const patienceMs = 40_000;
/** Energy of sound, as WebRTC counts it, that is surely no noise. */
const audible = 0.01;
