import type { Page } from 'playwright-core';

/**
 * Resolves when no menu (no dialog) is open any more, and the focus is where it has put it. That comes a turn later, and
 * would close a menu that was opened before.
 */
export async function closed(page: Page, what: 'menu' | 'dialog'): Promise<void> {
  await page.getByRole(what).waitFor({ state: 'detached' });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
}
