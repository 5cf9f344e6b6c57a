import { within } from '@stoa/testkit';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { MessengerPage } from './messenger-page.ts';

const patienceMs = 40_000;

/** What somebody sees and does of calls in the messenger. */
export class CallPage {
  readonly messenger: MessengerPage;

  constructor(messenger: MessengerPage) {
    this.messenger = messenger;
  }

  get page(): Page {
    return this.messenger.page;
  }

  /** The call that the user is in. */
  get screen(): Locator {
    return this.page.getByRole('region', { name: /^Call with / });
  }

  /** Who is calling. */
  get incoming(): Locator {
    return this.page.getByRole('alertdialog');
  }

  /** From the head of the open chat. */
  async call(kind: 'Voice call' | 'Video call'): Promise<void> {
    await this.page.getByRole('main').getByRole('button', { name: kind, exact: true }).click();
    await this.screen.waitFor();
  }

  async answer(button = 'Answer'): Promise<void> {
    await this.incoming.getByRole('button', { name: button, exact: true }).click();
  }

  async press(button: string): Promise<void> {
    await this.screen.getByRole('button', { name: button, exact: true }).click();
  }

  async isPressed(button: string): Promise<boolean> {
    const control = this.screen.getByRole('button', { name: button, exact: true });
    return (await control.getAttribute('aria-pressed')) === 'true';
  }

  /** Another tab of the same browser and user. */
  async openTab(): Promise<CallPage> {
    const session = await this.page.evaluate(() => sessionStorage.getItem('stoa.session') ?? '');
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(patienceMs);
    await page.addInitScript((text) => sessionStorage.setItem('stoa.session', text), session);
    await page.goto(this.page.url());
    const messenger = new MessengerPage(page);
    await messenger.online();
    return new CallPage(messenger);
  }

  /** Which tones this browser plays, and which tabs would if that one was gone. */
  async tones(wanted: { held: string[]; pending: string[] }): Promise<void> {
    const played = () =>
      this.page.evaluate(async () => {
        const { held = [], pending = [] } = await navigator.locks.query();
        const names = (locks: LockInfo[]) =>
          locks.map(({ name = '' }) => name).filter((name) => name.startsWith('stoa.tone.'));
        return { held: names(held), pending: names(pending) };
      });
    await expect.poll(played, { timeout: 20_000 }).toEqual(wanted);
  }

  /** Leaves the call and puts away what is left of one. */
  async endAll(): Promise<void> {
    // In the page, because the other side may do the same at this moment, so that the button is gone.
    await this.page.waitForFunction(() => {
      const shown = document.querySelectorAll('section[data-phase], [role="alertdialog"]');
      const names = ['Hang up', 'Close', 'Decline'];
      const buttons = [...shown].flatMap((element) => [...element.querySelectorAll('button')]);
      buttons.find(({ ariaLabel, textContent }) => names.includes(ariaLabel ?? textContent ?? ''))?.click();
      return shown.length === 0;
    });
  }

  /** The call is in this phase. */
  async reaches(phase: string): Promise<void> {
    await this.page.locator(`section[data-phase="${phase}"]`).waitFor();
  }

  /** The call says this. */
  async says(text: string | RegExp): Promise<void> {
    await this.screen.getByRole('status').getByText(text).first().waitFor({ state: 'attached' });
  }

  /** Nothing of a call is shown. */
  async isDone(): Promise<void> {
    await this.screen.waitFor({ state: 'detached' });
    await this.incoming.waitFor({ state: 'detached' });
  }

  /** Resolves when some more frames of the other side's video were shown. */
  async sees(name: string): Promise<void> {
    const video = this.page.locator(`video[aria-label="${name}"]`);
    await video.waitFor();
    const frames = video.evaluate(async (element: HTMLVideoElement) => {
      for (let count = 0; count < 3; count += 1) {
        await new Promise((resolve) => element.requestVideoFrameCallback(resolve));
      }
    });
    await within(frames, `frames of "${name}"`, patienceMs);
  }

  /** Resolves when the other side is heard: there is energy in what the page plays. */
  async hears(): Promise<void> {
    const heard = this.page.locator('audio[data-call-sound]').evaluate(async (element: HTMLAudioElement) => {
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      while (!(element.srcObject instanceof MediaStream) || element.srcObject.getAudioTracks().length === 0) {
        await new Promise(requestAnimationFrame);
      }
      context.createMediaStreamSource(element.srcObject).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      let energy = 0;
      while (energy < 0.001) {
        await new Promise(requestAnimationFrame);
        analyser.getFloatTimeDomainData(samples);
        energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
      }
      await context.close();
      return !element.paused && !element.muted;
    });
    if (!(await within(heard, 'sound of the other side', patienceMs))) throw new Error('It is not played.');
  }
}
