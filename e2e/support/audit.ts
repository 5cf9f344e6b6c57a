import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Waits until nothing is wrong with a page for people who cannot see it well or use no mouse. What a colour passes through
 * on its way to another is no fault; one that stays is.
 */
export async function hasNoFaults(page: Page, where = 'faults'): Promise<void> {
  await expect.poll(() => audit(page), { message: where }).toEqual([]);
}

/** What is wrong with a page at this moment. */
function audit(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const visible = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });
    const all = (selector: string): HTMLElement[] =>
      [...document.querySelectorAll<HTMLElement>(selector)].filter(visible);
    const label = (element: Element): string => element.outerHTML.slice(0, 120);
    return [...names(), ...structure(), ...targets(), ...contrasts()];

    function names(): string[] {
      const controls = all('button, a[href], input, textarea, [role="log"], nav, section[aria-labelledby]');
      return controls
        .filter((element) => nameOf(element) === '')
        .map((element) => `no name: ${label(element)}`);
    }

    function nameOf(element: HTMLElement): string {
      const by = (element.getAttribute('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id));
      const field =
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : undefined;
      const texts = [element.getAttribute('aria-label'), ...by.map((other) => other?.textContent)];
      const own =
        field === undefined
          ? element.textContent
          : [...(field.labels ?? [])].map((l) => l.textContent).join('');
      return [...texts, own].join('').trim();
    }

    function structure(): string[] {
      const problems: string[] = [];
      if (document.documentElement.lang === '') problems.push('the page has no language');
      if (all('main').length !== 1) problems.push(`${all('main').length} main landmarks`);
      if (all('h1').length > 1) problems.push('more than one h1');
      for (const image of all('img:not([alt])')) problems.push(`no alternative text: ${label(image)}`);
      for (const icon of all('svg:not([aria-hidden]):not([aria-label])'))
        problems.push(`bare icon: ${label(icon)}`);
      const ids = all('[id]').map(({ id }) => id);
      if (new Set(ids).size !== ids.length) problems.push(`repeated id: ${ids}`);
      return problems;
    }

    /** Links inside of text are exempt (WCAG 2.5.8). */
    function targets(): string[] {
      return all('button, input, textarea, li > a, header a')
        .filter((element) => getComputedStyle(element).display !== 'inline')
        .filter((element) => {
          const { width, height } = (element.closest('label') ?? element).getBoundingClientRect();
          return width < 24 || height < 24;
        })
        .map((element) => `smaller than 24 px: ${label(element)}`);
    }

    function contrasts(): string[] {
      const problems: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const element = node.parentElement;
        if (element === null || node.textContent?.trim() === '' || !visible(element)) continue;
        if (element.closest(':disabled, [aria-hidden="true"], script, style, title') !== null) continue;
        const ratio = contrast(colorOf(getComputedStyle(element).color), backgroundOf(element));
        if (ratio < 4.5) problems.push(`contrast ${ratio.toFixed(2)}: ${label(element)}`);
      }
      return problems;
    }

    function backgroundOf(element: Element): number[] {
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const [red = 0, green = 0, blue = 0, alpha = 1] = colorOf(getComputedStyle(at).backgroundColor);
        if (alpha === 1) return [red, green, blue];
      }
      return [255, 255, 255];
    }

    function colorOf(color: string): number[] {
      return (color.match(/[\d.]+/g) ?? []).map(Number);
    }

    function contrast(a: number[], b: number[]): number {
      const [light = 1, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (light + 0.05) / (dark + 0.05);
    }

    function luminance(color: number[]): number {
      const [red = 0, green = 0, blue = 0] = color.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }
  });
}
