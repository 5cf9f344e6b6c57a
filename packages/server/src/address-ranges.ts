import { BlockList, isIP } from 'node:net';

/** Names that stand for ranges of addresses. */
const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

/** Whether `text` names addresses: one, a range such as 10.0.0.0/8, `loopback` or `private`. */
export function isAddressRange(text: string): boolean {
  if (Object.hasOwn(namedRanges, text)) return true;
  const { address, family, prefix } = parts(text);
  const longest = family === 'ipv4' ? 32 : 128;
  return (
    isIP(address) !== 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest))
  );
}

/** A set of addresses. An IPv4 address that came in through an IPv6 socket (::ffff:10.0.0.1) counts as IPv4. */
export class AddressRanges {
  readonly #list = new BlockList();

  /** Every one must pass isAddressRange. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges.flatMap((name) => namedRanges[name] ?? [name])) {
      const { address, family, prefix } = parts(range);
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Whether the address leads to somebody else's machine in the internet: none of this machine, a private network, or a special range. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && !special.has(address);
}

function parts(range: string) {
  const [address = '', prefix] = range.split('/', 2);
  return { address, prefix, family: address.includes(':') ? 'ipv6' : 'ipv4' } as const;
}

/** Ranges of the IANA registries of special-purpose addresses, those that carry an IPv4 address inside included. */
const special = new AddressRanges([
  'loopback',
  'private',
  ...['0.0.0.0/8', '100.64.0.0/10', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::', '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['3fff::/20', '5f00::/16', 'fec0::/10', 'ff00::/8'],
]);
