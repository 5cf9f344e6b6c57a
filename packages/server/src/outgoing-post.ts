import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { publicLookup } from './public-lookup.ts';

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** Whether addresses that are not public are spoken to. */
  readonly privateAddresses: boolean;
}

export interface PostAnswer {
  readonly status: number;
  /** Seconds to wait, when the answer says so. */
  readonly retryAfter: number | undefined;
}

/**
 * Posts to an address that a stranger has named. One that is written as a number was checked before; names are looked up here. Follows nothing, reads no body, and ends
 * in time whatever the other side does. Rejects when there is no answer.
 */
export function post(
  url: URL,
  { headers, body, signal, privateAddresses }: PostOptions,
): Promise<PostAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sending = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      signal,
      // A connection that somebody else has opened to a host of this name may lead anywhere.
      agent: false,
      ...(privateAddresses ? {} : { lookup: publicLookup }),
    });
    sending.on('error', reject);
    sending.on('response', (response) => {
      const retryAfter = Number(response.headers['retry-after'] ?? Number.NaN);
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : undefined,
      });
      response.on('error', () => {});
      response.destroy();
    });
    sending.end(body);
  });
}
