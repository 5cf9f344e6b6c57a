import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../settings/index.ts';
import { type HttpFixture, openHttp } from './http-fixture.ts';

/** Made for this test: a certificate for localhost, its key, and the key of no certificate. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKlBzDW23oUC/5ok
tJY0HCNO9nhyvFsq+QLpaSZxZWpipqAvi7NL+Rfe73xZ+pruy4ijUs0rw8J9nZ+f
QLSijKmjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBTHCgeFDBjRCu4+yQLtb7qrPEK8KDAKBggqhkjOPQQD
AgNIADBFAiEA0e4GYgyPq2cR0fvUd7HYrGE36utmGPH1kmoaekx8kyMCID6C0QFT
quChEsej667dZeya95IXUJyW8UpPBwuh5qNh
-----END CERTIFICATE-----
`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkvpZxt+LM+v57PTU
w6/Qd34dGOIO8QXCBmH/eJRSLaOhRANCAASpQcw1tt6FAv+aJLSWNBwjTvZ4crxb
KvkC6WkmcWVqYqagL4uzS/kX3u98Wfqa7suIo1LNK8PCfZ2fn0C0ooyp
-----END PRIVATE KEY-----
`;
const otherKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJ1PrbC1IBEAWwgukW+4n1JFt3hKkXx/HMlOHnu21LP6oAoGCCqGSM49
AwEHoUQDQgAEsdca0c8PgE31tyUdKWz9FyLw83a10SZmpRLDGiqTh+AlkwnyrSZ7
3JZ2+bPPrR2PaSpFwQm7as0irS2OUER/Kw==
-----END EC PRIVATE KEY-----
`;

describe('HTTPS', () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder.path, name), text);
    return join(folder.path, name);
  };
  const env = {
    STOA_TLS_CERTIFICATE: file('certificate.pem', certificate),
    STOA_TLS_KEY: file('key.pem', key),
  };
  let fixture: HttpFixture;

  beforeAll(async () => {
    fixture = await openHttp(env);
  });
  afterAll(async () => {
    await fixture.close();
    folder.remove();
  });

  it('is spoken when certificate and key are set', async () => {
    await fixture.http.listen({ port: 0, host: '127.0.0.1' });
    const { port } = fixture.http.server.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}`;
    const { headers, body } = await get(`${url}/mesibo.js`);
    expect(body).toContain(url);
    expect(headers['strict-transport-security']).toContain('max-age=');
  });

  it.each([
    [
      'a key without a certificate',
      { STOA_TLS_KEY: env.STOA_TLS_KEY },
      /STOA_TLS_KEY is set without STOA_TLS_CERTIFICATE/,
    ],
    [
      'a file that does not exist',
      { ...env, STOA_TLS_KEY: 'gone.pem' },
      /STOA_TLS_KEY names the file gone\.pem/,
    ],
    [
      'the key of another certificate',
      { ...env, STOA_TLS_KEY: file('other.pem', otherKey) },
      /cannot be used together/,
    ],
    [
      'a file that is no PEM',
      { ...env, STOA_TLS_CERTIFICATE: file('text.pem', 'hello') },
      /cannot be used together/,
    ],
  ])('is refused at the start with %s', (_what, wrong, message) => {
    expect(() => loadSettings({ env: wrong, cwd: folder.path })).toThrow(message);
  });
});

function get(url: string): Promise<{ headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca: certificate, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data: string) => {
        body += data;
      });
      response.on('end', () => resolve({ headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}
