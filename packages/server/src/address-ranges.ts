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

function parts(range: string) {
  const [address = '', prefix] = range.split('/', 2);
  return { address, prefix, family: address.includes(':') ? 'ipv6' : 'ipv4' } as const;
}
