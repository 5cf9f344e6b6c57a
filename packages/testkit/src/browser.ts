import { type Browser, chromium } from 'playwright-core';

/** Flags for a browser in a container without network: nothing calls home, fake devices for calls. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
];

export interface BrowserOptions {
  /** Fake cameras; 1 by default. */
  readonly cameras?: number;
}

/** A headless Chromium, from CHROMIUM_PATH (set by the test runner's setup) or its usual place. */
export function launchBrowser({ cameras = 1 }: BrowserOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [...flags, `--use-fake-device-for-media-stream=device-count=${cameras}`],
  });
}
