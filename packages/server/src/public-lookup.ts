import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { isPublicAddress } from './address-ranges.ts';

/**
 * Makes a function that finds all addresses of a name that a stranger has chosen; it rejects when there are none, or no
 * answer in four times `timeout`. The name servers are asked by this process itself: the look-ups of the operating system
 * take one of very few threads each for as long as they last, so that some names whose servers never answer would hold up
 * all others.
 *
 * @param servers instead of those of the machine
 * @param timeout milliseconds for the first answer of a name server; it is asked twice, and has more time then
 * @param now milliseconds, of a clock that nobody sets
 */
export function addressLookup(
  servers?: readonly string[],
  timeout = 1_500,
  now = (): number => performance.now(),
): (hostname: string) => Promise<readonly string[]> {
  /** Knows the name servers that the machine had when it was made, which may have others by now. */
  let last: { readonly resolver: Resolver; readonly madeAt: number } | undefined;
  const recentResolver = (): Resolver => {
    if (last !== undefined && now() - last.madeAt < renewMs) return last.resolver;
    const resolver = new Resolver({ timeout, tries: 2 });
    if (servers !== undefined) resolver.setServers(servers);
    last = { resolver, madeAt: now() };
    return resolver;
  };
  return async (hostname) => {
    if (/(^|\.)localhost\.?$/i.test(hostname)) return ['127.0.0.1', '::1'];
    const resolver = recentResolver();
    const [v4, v6]: [string[], string[]] = [[], []];
    const answers = [
      resolver.resolve4(hostname).then((addresses) => v4.push(...addresses)),
      resolver.resolve6(hostname).then((addresses) => v6.push(...addresses)),
    ];
    const answered = new AbortController();
    // Of several name servers that do not answer, each takes its time.
    const over = setTimeout(4 * timeout, undefined, { ref: false, signal: answered.signal }).catch(() => {});
    await Promise.race([Promise.allSettled(answers), over]);
    answered.abort();
    const found = [...v4, ...v6];
    if (found.length > 0) return found;
    throw new Error(`The host ${hostname} was not found.`);
  };
}

const renewMs = 10_000;

/** Of the name servers of this machine. */
export const addressesOf = addressLookup();

/**
 * Looks a host name up for a connection, and finds public addresses only. What is asked and what is connected to is the
 * same answer, so that a name that changes its mind gains nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  const answer = (addresses: readonly string[]): void => {
    const found = addresses
      .filter((address) => isPublicAddress(address))
      .map((address) => ({ address, family: isIP(address) }))
      .filter(({ family }) => typeof options.family !== 'number' || [0, family].includes(options.family));
    const [first] = found;
    if (first === undefined) callback(new Error(`The host ${hostname} has no public address.`), '', 0);
    else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  };
  addressesOf(hostname).then(answer, (error: Error) => callback(error, '', 0));
};
