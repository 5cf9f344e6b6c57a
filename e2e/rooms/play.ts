import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type TestNode, testAppToken } from '@stoa/testkit';
import type { Page } from 'playwright-core';

const script = fileURLToPath(new URL('../../packages/cli/src/stoa.ts', import.meta.url));

/** Writes what the browser makes of its camera and microphone in some seconds: WebM with Opus and VP8. */
export async function film(page: Page, path: string, ms: number): Promise<void> {
  const base64 = await page.evaluate(async (lasts) => {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 320, height: 180, frameRate: 15 },
    });
    // Who comes in the middle sees something from the next key frame on.
    const often = { videoKeyFrameIntervalDuration: 500 };
    const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus', ...often });
    const whole = new Promise<Blob>((resolve) => {
      recorder.ondataavailable = ({ data }) => resolve(data);
    });
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, lasts));
    recorder.stop();
    const bytes = new Uint8Array(await (await whole).arrayBuffer());
    for (const track of stream.getTracks()) track.stop();
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
  }, ms);
  await writeFile(path, Buffer.from(base64, 'base64'));
}

/** `stoa play`, until it is stopped. */
export class Playing {
  readonly #process: ChildProcess;
  #said = '';

  constructor(node: TestNode, args: readonly string[]) {
    const env = { PATH: process.env.PATH, STOA_URL: node.url, STOA_APP_TOKEN: testAppToken };
    this.#process = spawn(process.execPath, [script, 'play', ...args], { env });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk) => {
        this.#said += chunk;
      });
    }
  }

  /** @returns all that it said, once it has ended */
  async stop(): Promise<string> {
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGINT');
    await ended;
    return this.#said;
  }
}
