import type { UserValueStore } from '@stoa/storage';

/** Whom users have among their contacts: their shared values `contact:<address>`. */
export class Contacts {
  readonly #values: Pick<UserValueStore, 'get' | 'list'>;

  constructor(values: Pick<UserValueStore, 'get' | 'list'>) {
    this.#values = values;
  }

  /** Which of these addresses the user has among his contacts. */
  async among(uid: number, addresses: readonly string[]): Promise<ReadonlySet<string>> {
    if (addresses.length > fewAddresses) {
      const all = await this.#values.list({ uid, prefix, limit: readAtOnce + 1 });
      if (all.length <= readAtOnce) return new Set(all.map(({ key }) => key.slice(prefix.length)));
    }
    const found = new Set<string>();
    for (const address of addresses) {
      if ((await this.#values.get(uid, `${prefix}${address}`)) !== undefined) found.add(address);
    }
    return found;
  }
}

const prefix = 'contact:';
/** Up to here each is asked for by itself. */
const fewAddresses = 5;
const readAtOnce = 2_000;
