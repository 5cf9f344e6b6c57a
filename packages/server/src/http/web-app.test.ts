import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type HttpFixture, openHttp } from './http-fixture.ts';

describe('the web application', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  it.each(['/', '/messenger/', '/index.html'])('is at %s, fresh each time and protected', async (url) => {
    const response = await fixture.http.inject(url);
    expect(response.payload).toContain('Messenger');
    expect(response.headers['content-type']).toContain('text/html');
    expect(response.headers['cache-control']).toBe('no-cache');
    expect(response.headers['content-security-policy']).toContain("default-src 'self'");
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(['/assets/index-a1b2c3.js', '/messenger/assets/index-a1b2c3.js'])(
    'has %s, kept for ever',
    async (url) => {
      const response = await fixture.http.inject(url);
      expect(response.headers['content-type']).toContain('javascript');
      expect(response.headers['cache-control']).toContain('immutable');
    },
  );

  it('is found without the slash at the end', async () => {
    const { statusCode, headers } = await fixture.http.inject('/messenger');
    expect([statusCode, headers.location]).toEqual([302, '/messenger/']);
  });

  it.each([
    '/../stoa.db',
    '/%2e%2e/stoa.db',
    '/..%2fdata/stoa.db',
    '/assets/../../data/stoa.db',
    '/nothing',
    '/assets/',
  ])('does not serve %s', async (url) => {
    const response = await fixture.http.inject(url);
    expect([403, 404]).toContain(response.statusCode);
    expect(response.json()).toHaveProperty('error.code');
  });

  it('says what to do when it was not built', async () => {
    const unbuilt = await openHttp({}, { built: false });
    onTestFinished(unbuilt.close);
    for (const url of ['/', '/messenger/']) {
      const response = await unbuilt.http.inject(url);
      expect([response.statusCode, response.json()]).toMatchObject([
        503,
        { error: { hint: expect.stringContaining('npm run build') } },
      ]);
    }
  });
});
