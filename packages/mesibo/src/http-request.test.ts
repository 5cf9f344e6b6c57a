import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MesiboHttpRequest } from './http-request.ts';

const server = createServer(async (request, response) => {
  response.statusCode = request.url === '/refused' ? 403 : 200;
  response.end(
    JSON.stringify({
      method: request.method,
      type: request.headers['content-type'],
      body: await bodyOf(request),
    }),
  );
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function send(request: MesiboHttpRequest): Promise<[unknown, string]> {
  return new Promise((resolve) => request.send('mine', (cbdata, text) => resolve([cbdata, text])));
}

describe('MesiboHttpRequest', () => {
  it('posts an object as JSON and hands back the text', async () => {
    const request = new MesiboHttpRequest();
    request.setUrl(url);
    request.setPostData({ op: 'login', phone: '18005551234' }, true);
    const [cbdata, text] = await send(request);
    expect(cbdata).toBe('mine');
    expect(JSON.parse(text)).toEqual({
      method: 'POST',
      type: 'application/json',
      body: '{"op":"login","phone":"18005551234"}',
    });
  });

  it('posts an object as form fields when JSON is not asked for', async () => {
    const request = new MesiboHttpRequest();
    request.setUrl(url);
    request.setPostData({ op: 'login', name: 'a b' });
    const [, text] = await send(request);
    expect(JSON.parse(text)).toMatchObject({
      type: 'application/x-www-form-urlencoded',
      body: 'op=login&name=a+b',
    });
  });

  it('hands back the text of a refusal too', async () => {
    const request = new MesiboHttpRequest();
    request.setUrl(`${url}/refused`);
    const [, text] = await send(request);
    expect(JSON.parse(text)).toMatchObject({ method: 'GET' });
  });

  it('leaves to the console what the callback throws', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const request = new MesiboHttpRequest();
    request.setUrl(url);
    request.send(null, () => {
      throw new Error('a bug of the application');
    });
    await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(1), { timeout: 20_000 });
    error.mockRestore();
  });

  it('hands back JSON with an error when there is no response at all', async () => {
    const request = new MesiboHttpRequest();
    request.setUrl('http://127.0.0.1:1/');
    const [, text] = await send(request);
    expect(JSON.parse(text)).toEqual({ result: false, error: 'NETWORKERROR' });
  });
});
