import { type Browser, chromium } from 'playwright-core';

/**
 * Chromium has the list of the address bar ready in every window, as two web pages of its own: they take as much of a
 * processor as the messenger does. Nor has it to keep a process for the page that may come next.
 *
 * The others are those that Playwright disables. The last list counts, which is this one.
 */
const disabledFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

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
  `--disable-features=${disabledFeatures.join(',')}`,
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
