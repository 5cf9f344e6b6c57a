import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Visitors } from './support/visitors.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('links in the messenger', () => {
  let server: TestNode;
  let visitors: Visitors;
  let site: Server;
  let link: string;
  /** By user agent. */
  const asked: string[] = [];

  beforeAll(async () => {
    site = createServer(({ url, headers }, response) => {
      asked.push(`${url} ${headers['user-agent']}`);
      if (url === '/a.png') response.setHeader('content-type', 'image/png').end(png);
      else {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(
          '<title>Café</title><meta property="og:image" content="/a.png"><script>alert(1)</script>',
        );
      }
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { port } = site.address() as AddressInfo;
    link = `http://127.0.0.1:${port}/page`;
    const linkReach = { lookup: async () => [], mayReach: (_: string, to: number) => to === port };
    server = await startTestNode({ linkReach });
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
    site?.close();
    site?.closeAllConnections();
  });

  it('the preview of a link goes with the message, can be left out, and makes nobody load anything', async () => {
    const [alice, bob] = await Promise.all([
      visitors.signIn(server.url, 'alice', 'Alice'),
      visitors.signIn(server.url, 'bob', 'Bob'),
    ]);
    await alice.openChat('bob');
    const preview = alice.page.getByRole('region', { name: 'Preview of the link' });
    await alice.composer.fill(`See ${link}`);
    await preview.getByText('Café').waitFor();
    await alice.composer.press('Enter');
    await preview.waitFor({ state: 'hidden' });
    await bob.openRow('Alice');
    const card = bob.message('See').getByRole('link', { name: /Café/ });
    expect(await card.getAttribute('href')).toBe(link);
    expect(await card.locator('img').getAttribute('src')).toMatch(/^data:image\/jpeg/);

    await alice.composer.fill(`Again ${link}`);
    await preview.getByRole('button', { name: 'Send without the preview' }).click();
    await preview.waitFor({ state: 'hidden' });
    await alice.composer.press('Enter');
    await bob.message('Again').waitFor();
    expect(await bob.message('Again').getByText('Café').count()).toBe(0);
    expect(asked.map((each) => each.split(' ')[0])).toEqual(['/page', '/a.png']);
    expect(asked.every((each) => each.includes('Stoa link preview'))).toBe(true);
  });
});
