import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { MessengerPage } from './messenger-page.ts';

const patienceMs = 40_000;
/** For which one look at what moves lasts. */
const attemptMs = 5_000;

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
    await expect.poll(played).toEqual(wanted);
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
    // For a while each time: an element that another has replaced shows nothing any more.
    const isShown = () =>
      video.evaluate(async (element: HTMLVideoElement, ms) => {
        const end = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms));
        const frame = () =>
          new Promise<boolean>((resolve) => element.requestVideoFrameCallback(() => resolve(true)));
        for (let count = 0; count < 3; count += 1) if (!(await Promise.race([frame(), end]))) return false;
        return true;
      }, attemptMs);
    await expect.poll(isShown, { timeout: patienceMs, message: `frames of "${name}"` }).toBe(true);
  }

  /** Resolves when the other side is heard: there is energy in what the page plays. */
  async hears(): Promise<void> {
    const sound = this.page.locator('audio[data-call-sound]');
    // For a while each time: the element may get another stream.
    const isHeard = () =>
      sound.evaluate(async (element: HTMLAudioElement, ms) => {
        const { srcObject: stream } = element;
        if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return false;
        const context = new AudioContext();
        const analyser = context.createAnalyser();
        context.createMediaStreamSource(stream).connect(analyser);
        const samples = new Float32Array(analyser.fftSize);
        const end = performance.now() + ms;
        let energy = 0;
        while (energy < 0.001 && performance.now() < end) {
          await new Promise(requestAnimationFrame);
          analyser.getFloatTimeDomainData(samples);
          energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
        }
        await context.close();
        return energy >= 0.001 && !element.paused && !element.muted;
      }, attemptMs);
    await expect.poll(isHeard, { timeout: patienceMs, message: 'sound of the other side' }).toBe(true);
  }
}
