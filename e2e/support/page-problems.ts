import type { Page } from 'playwright-core';

/** What Chromium itself reports when a server does not answer; nothing that a page could prevent. */
export const connectionFailures: readonly RegExp[] = [
  /^WebSocket connection to '\S+' failed: .*net::ERR_CONNECTION_(REFUSED|RESET)$/,
  /^Failed to load resource: net::ERR_CONNECTION_(REFUSED|RESET)$/,
];

/** Collects the errors of a page: what it logs as an error (unless it is `expected`), and what it does not catch. */
export function collectProblems(page: Page, problems: string[], expected: readonly RegExp[]): void {
  page.on('pageerror', (error) => problems.push(`${page.url()}: uncaught ${error.stack ?? error.message}`));
  page.on('console', (entry) => {
    const text = entry.text();
    if (entry.type() !== 'error' || expected.some((pattern) => pattern.test(text))) return;
    problems.push(`${page.url()}: ${text}`);
  });
}
