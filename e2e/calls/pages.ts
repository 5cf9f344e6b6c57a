import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** A web server with the page of the tests of calls. */
export interface CallPages {
  readonly url: string;
  close(): Promise<void>;
}

export async function startCallPages(
  script = new URL('page-script.ts', import.meta.url),
): Promise<CallPages> {
  const bundle = await rolldown({ input: fileURLToPath(script), platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const [{ code }] = output;
  const server = createServer((request, response) => {
    const isScript = request.url?.startsWith('/script.js') === true;
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isScript ? code : page);
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

const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Calls</title><link rel="icon" href="data:," /></head>
  <body><script type="module" src="/script.js"></script></body>
</html>
`;
