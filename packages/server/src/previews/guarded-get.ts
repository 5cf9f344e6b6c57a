import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { headerList } from '../header-list.ts';

/** Where a server may go on behalf of a stranger. */
export interface Reach {
  /** All addresses of a host name; rejects when there are none. */
  lookup(hostname: string): Promise<readonly string[]>;
  mayReach(address: string, port: number): boolean;
}

export interface GetOptions {
  readonly reach: Reach;
  /** The answer is cut off there. */
  readonly mostBytes: number;
  /** Of the answer, without parameters and in small letters; anything else is refused before it is read. */
  readonly accepts: (contentType: string) => boolean;
  readonly signal: AbortSignal;
}

export interface GuardedAnswer {
  /** Where it was in the end, after redirects. */
  readonly url: URL;
  readonly contentType: string;
  /** As the header says, if it does. */
  readonly charset: string | undefined;
  readonly body: Uint8Array;
  /** The body goes on. */
  readonly isCut: boolean;
}

const mostRedirects = 4;
const redirects = new Set([301, 302, 303, 307, 308]);
const headers = {
  'user-agent': 'Mozilla/5.0 (compatible; Stoa link preview)',
  accept: 'text/html,application/xhtml+xml,image/*;q=0.8',
  'accept-encoding': 'identity',
};

/**
 * Gets what is at an address that a stranger has named. A host name is resolved once, every address that it has must be
 * allowed, and the connection goes to one of these very addresses: a name that changes its answer in between gains
 * nothing. Every redirect is checked in the same way. No cookies, no credentials, bounded in size; the signal bounds the time.
 *
 * Rejects with an Error for whatever is not a good answer of the accepted type.
 */
export async function guardedGet(address: URL, options: GetOptions): Promise<GuardedAnswer> {
  let url = address;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const response = await getOnce(url, options);
    const { statusCode = 0, headers: said } = response;
    if (!redirects.has(statusCode)) return read(url, response, options);
    response.destroy();
    const next = URL.parse(said.location ?? '', url);
    if (next === null) throw new Error('A redirect leads nowhere.');
    if (url.protocol === 'https:' && next.protocol === 'http:') throw new Error('A redirect gives up TLS.');
    url = next;
  }
  throw new Error('There are too many redirects.');
}

async function getOnce(url: URL, { reach, signal }: GetOptions): Promise<IncomingMessage> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`${url.protocol} is not HTTP.`);
  if (url.username !== '' || url.password !== '') throw new Error('The address has a user name.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const addresses = isIP(host) === 0 ? await abortable(reach.lookup(host), signal) : [host];
  if (addresses.length === 0) throw new Error(`The host ${host} has no address.`);
  const refused = addresses.find((each) => isIP(each) === 0 || !reach.mayReach(each, port));
  if (refused !== undefined) throw new Error(`The server does not go to ${refused}, port ${port}.`);

  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const getting = request(url, {
      headers,
      signal,
      // No connection is shared: what was checked is what is connected to.
      agent: false,
      lookup: those(addresses),
    });
    getting.on('error', reject);
    getting.on('response', resolve);
    getting.end();
  });
}

/** Finds these addresses, whatever is asked; the connection takes the first that answers. */
function those(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, { all }, callback) => {
    const [{ address, family } = { address: '', family: 0 }] = found;
    if (all === true) callback(null, found);
    else callback(null, address, family);
  };
}

async function read(
  url: URL,
  response: IncomingMessage,
  { accepts, mostBytes }: GetOptions,
): Promise<GuardedAnswer> {
  // Also when the rest is not read: the other side may cut it off.
  response.on('error', () => {});
  try {
    const { statusCode = 0, headers: said } = response;
    if (statusCode !== 200) throw new Error(`The answer is ${statusCode}.`);
    const [type = '', ...parameters] = headerList(said['content-type']?.toLowerCase(), ';');
    if (!accepts(type)) throw new Error(`The content is ${type === '' ? 'of no type' : type}.`);
    const encoding = said['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new Error(`The content is encoded as ${encoding}.`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) break;
    }
    const charset = parameters.map((each) => /^charset="?([\w-]+)"?$/.exec(each)?.[1]).find(Boolean);
    const body = Buffer.concat(chunks).subarray(0, mostBytes);
    return { url, contentType: type, charset, body, isCut: bytes > mostBytes };
  } finally {
    response.destroy();
  }
}

function abortable<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
