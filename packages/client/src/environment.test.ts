import { expect, it, vi } from 'vitest';
import { type EnvironmentChange, systemEnvironment } from './environment.ts';

it('tells what a browser says of network and page, until nobody listens', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const browser = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
  const changes: EnvironmentChange[] = [];
  const leave = systemEnvironment.subscribe((change) => changes.push(change));
  browser.dispatchEvent(new Event('offline'));
  browser.dispatchEvent(new Event('online'));
  page.dispatchEvent(new Event('visibilitychange'));
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(changes).toEqual(['offline', 'online', 'visible']);
  leave();
  browser.dispatchEvent(new Event('online'));
  page.dispatchEvent(new Event('visibilitychange'));
  expect(changes).toHaveLength(3);
});

it('stays silent where there is neither', () => {
  vi.stubGlobal('addEventListener', undefined);
  const leave = systemEnvironment.subscribe(() => expect.fail('a change'));
  leave();
});
