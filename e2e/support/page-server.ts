import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server of an application: another origin than the Stoa server, which its pages name. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the files of e2e/pages, with `{{name}}` replaced by the values in the query. */
export async function startPageServer(): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const page = await readFile(new URL(`../pages${pathname}`, import.meta.url), 'utf8');
      const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.setHeader('content-type', `${type}; charset=utf-8`);
      response.end(page.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => searchParams.get(name) ?? ''));
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
