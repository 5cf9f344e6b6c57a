import { isIP, isIPv4 } from 'node:net';
import { AddressRanges } from '../address-ranges.ts';

/** What of a request tells where it came from. An IncomingMessage is one. */
export interface Origin {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: {
    readonly 'x-forwarded-for'?: string | string[] | undefined;
    readonly forwarded?: string | undefined;
  };
}

/** Where a request came from, as far as it can be trusted. */
export interface ClientAddress {
  /** The address of the client itself; of the nearest untrusted proxy when there is one. */
  readonly address: string;
  /** What limits count by: the IPv4 address, or the /64 network of an IPv6 address, which is one customer's. */
  readonly key: string;
  /** The client runs on this very machine, and no proxy speaks for somebody else. */
  readonly local: boolean;
  /** Local, or in a private network, and no untrusted proxy in between. */
  readonly private: boolean;
}

const loopback = new AddressRanges(['loopback']);
const privateNetworks = new AddressRanges(['loopback', 'private']);

/**
 * Finds out where requests come from. `X-Forwarded-For` is believed only as far as trusted proxies wrote it: read
 * from its end, the first address that is no trusted proxy is the client.
 */
export class ClientAddresses {
  readonly #trusted: AddressRanges;

  constructor(trustedProxies: readonly string[]) {
    this.#trusted = new AddressRanges(trustedProxies);
  }

  isTrustedProxy(address: string): boolean {
    return this.#trusted.has(address);
  }

  of({ socket, headers }: Origin): ClientAddress {
    const { 'x-forwarded-for': forwardedFor, forwarded } = headers;
    let address = plainAddress(socket.remoteAddress ?? '');
    const hops = forwardedFor === undefined ? [] : String(forwardedFor).split(',');
    const spokenFor = forwardedFor !== undefined || forwarded !== undefined;
    // Who is behind a proxy that says it in another way, or in words that are no address, may be anybody.
    let isKnown = !spokenFor || (forwardedFor !== undefined && this.#trusted.has(address));
    while (hops.length > 0 && this.#trusted.has(address)) {
      const before = hopAddress(hops.pop() ?? '');
      isKnown &&= before !== undefined;
      if (before === undefined) break;
      address = plainAddress(before);
    }
    return {
      address,
      key: limitKey(address),
      local: isKnown && loopback.has(address),
      private: isKnown && privateNetworks.has(address),
    };
  }
}

/** Some proxies add the port, and brackets to an IPv6 address. Undefined for what is no address. */
function hopAddress(hop: string): string | undefined {
  const text = hop.trim();
  const written = /^(?<v4>[\d.]+):\d{1,5}$|^\[(?<v6>[^\]]+)\](?::\d{1,5})?$/.exec(text)?.groups;
  const address = written?.v4 ?? written?.v6 ?? text;
  return isIP(address) === 0 ? undefined : address;
}

function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

function limitKey(address: string): string {
  if (isIPv4(address)) return address;
  if (isIP(address) === 0) return 'unknown';
  // Four groups of sixteen bits are the network; `::` stands for as many zero groups as are missing.
  const [head = '', tail] = address.split('%', 1).join('').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  const groups = [...front, ...zeros, ...back].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
